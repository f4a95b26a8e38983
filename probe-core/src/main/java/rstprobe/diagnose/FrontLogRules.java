package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;
import static rstprobe.diagnose.ServerLogRules.IP;
import static rstprobe.diagnose.ServerLogRules.rule;

import java.util.List;

/// The forms of log line with which programs that stand in front of an SSH server name a cause: HAProxy,
/// nginx, sslh, xinetd.
final class FrontLogRules {
    /// HAProxy begins a line about a connection with the client's address and port, then the time, then the
    /// frontend, then the backend and server (HAProxy configuration manual, 8.2.2).
    private static final String HAPROXY_CLIENT = "^(?:::ffff:)?" + IP + ":(?<port>\\d{1,5}) \\[[^\\]]*] \\S+ ";

    private FrontLogRules() {}

    static final List<ServerLogRule> ALL = List.of(
            rule(
                    "log-haproxy-no-server",
                    "haproxy",
                    HAPROXY_CLIENT + "\\S+/\\S+ [-\\d/+]+ \\+?\\d+ S[CP] ",
                    Cause.NO_HEALTHY_BACKEND,
                    PROXY,
                    30,
                    "HAProxy had no server for the connection, or was refused by it"),
            rule(
                    "log-haproxy-denied",
                    "haproxy",
                    HAPROXY_CLIENT + "\\S+/\\S+ [-\\d/+]+ \\+?\\d+ P[RC] ",
                    Cause.NO_HEALTHY_BACKEND,
                    PROXY,
                    28,
                    "a rule of HAProxy's rejected the connection"),
            rule(
                    "log-haproxy-header",
                    "haproxy",
                    HAPROXY_CLIENT.strip() + "(?: |:).*(?:PROXY protocol header|PROXY signature)",
                    Cause.PROXY_PROTOCOL_MISMATCH,
                    PROXY,
                    28,
                    "HAProxy waited for a PROXY line that the client does not send"),
            rule(
                    "log-haproxy-down",
                    "haproxy",
                    "^(?:backend|proxy) \\S+ has no server available!",
                    Cause.NO_HEALTHY_BACKEND,
                    PROXY,
                    15,
                    "HAProxy had found its last server down"),
            rule(
                    "log-nginx-refused",
                    "nginx",
                    "connect\\(\\) failed \\(\\d+: [^)]*\\) while connecting to upstream, client: " + IP + ",",
                    Cause.NO_HEALTHY_BACKEND,
                    PROXY,
                    28,
                    "nginx passed the connection on, and its server refused"),
            rule(
                    "log-sslh-refused",
                    "sslh\\S*",
                    "(?:forward to|connect).*(?:failed|Connection refused)",
                    Cause.NO_HEALTHY_BACKEND,
                    PROXY,
                    15,
                    "sslh passed a connection on, and its server refused"),
            rule(
                    "log-xinetd-closed",
                    "xinetd",
                    "Deactivating service \\S*ssh\\S* due to excessive incoming connections",
                    Cause.CONNECTION_LIMIT,
                    SERVER_PROCESS,
                    25,
                    "xinetd closed the port for a time, since connections came too fast"));
}
