package rstprobe.lab;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// Networks in which another program than OpenSSH's server has the port: something that is no SSH server, or that
/// stands in front of one.
final class FrontLabs {

    private static final String PROCESS = "server-process";
    private static final String PROXY = "proxy";
    private static final String CLOSED = "closed-without-reason";
    private static final String ABORTED = "aborted-without-reason";
    private static final int SERVER_HOP = 3;
    private static final int BROKEN = 10;
    private static final int IN_BETWEEN = 11;
    private static final int NO_SSH = 15;
    private static final int PORT = Topology.PORT;
    private static final Truth FINE = Truth.healthy("Nothing is wrong: the handshake must reach user authentication.");

    private FrontLabs() {}

    static List<Scenario> all() {
        return Stream.of(noSsh(), multiplexers(), balancers())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> noSsh() {
        return List.of(
                Scenario.ofCause(
                        "nginx-http",
                        "B15",
                        "nginx serves web pages on the port",
                        notSsh("not-ssh", "Silent until we speak; then an HTTP error page."),
                        Services.alone(nginx(NGINX + """
                                        http {
                                          access_log off;
                                          server { listen 22; listen [::]:22; return 200 "hello"; }
                                        }
                                        """), service(2, "/usr/sbin/nginx"))),
                Scenario.ofCause(
                        "openssl-tls",
                        "B15",
                        "OpenSSL's test server waits for TLS on the port",
                        notSsh("not-ssh", "Silent until we speak; then a TLS alert or a bare end.")
                                .or(CLOSED, PROCESS, BROKEN)
                                .or(ABORTED, PROCESS, BROKEN)
                                .orUndetermined(),
                        Services.alone(
                                Map.of(),
                                service(1, "/usr/bin/openssl", "s_server", "-accept", "" + PORT, "-nocert", "-www"))),
                Scenario.ofCause(
                        "smtp-server",
                        "B15",
                        "a mail server greets on the port",
                        notSsh("not-ssh", "It greets with \"220 \" before we speak."),
                        Services.alone(
                                Map.of(),
                                service(
                                        1,
                                        "/usr/bin/msmtpd",
                                        "--interface=::",
                                        "--port=" + PORT,
                                        "--command=/usr/bin/true"))),
                Scenario.ofCause(
                        "tarpit",
                        "B21",
                        "endlessh sends a line of nonsense every second, and never the end of its banner",
                        notSsh("tarpit", "Line after line, none of which begins with \"SSH-\"."),
                        Services.alone(Map.of(), service(1, "/usr/bin/endlessh", "-p", "" + PORT, "-d", "1000"))));
    }

    private static Truth notSsh(String cause, String detail) {
        return Truth.fault(cause, PROCESS, "identification", NO_SSH, detail);
    }

    private static List<Scenario> multiplexers() {
        return List.of(
                Scenario.ofCause(
                        "sslh",
                        "B16",
                        "sslh tells SSH from TLS on one port, and waits two seconds for a silent client",
                        FINE,
                        Services.inFront(Map.of(), sslh(Services.BEHIND))),
                Scenario.ofCause(
                        "sslh-without-server",
                        "B16",
                        "the same, and the SSH server behind it is down",
                        Truth.fault(
                                        "multiplexer",
                                        PROXY,
                                        "identification",
                                        NO_SSH,
                                        "It closes at once where we speak, and after its two seconds where we do not.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .or("no-healthy-backend", PROXY, IN_BETWEEN)
                                .or(CLOSED, PROCESS, BROKEN)
                                .or(ABORTED, PROCESS, BROKEN)
                                .orUndetermined()
                                .toldOnServerAs("multiplexer", "no-healthy-backend"),
                        Services.alone(Map.of(), sslh(Services.BEHIND))));
    }

    private static Service sslh(int behind) {
        return service(
                2,
                "/usr/sbin/sslh",
                "--foreground",
                "--user",
                "sslh",
                "--listen",
                Topology.SERVER4 + ":" + PORT,
                "--listen",
                "[" + Topology.SERVER6 + "]:" + PORT,
                "--ssh",
                "127.0.0.1:" + behind,
                "--timeout",
                "2");
    }

    private static List<Scenario> balancers() {
        return List.of(
                Scenario.ofCause(
                        "haproxy",
                        "",
                        "HAProxy in front of a real SSH server",
                        FINE,
                        Services.inFront(haproxy("", "server s1 127.0.0.1:2222"), HAPROXY)),
                balancer(
                        "haproxy-no-server",
                        "HAProxy knows no server at all",
                        Services.alone(haproxy("", ""), HAPROXY)),
                balancer(
                        "haproxy-server-down",
                        "HAProxy has found its only server down",
                        Services.alone(haproxy("", "server s1 127.0.0.1:2222 check inter 100ms fall 1"), HAPROXY)),
                balancer(
                        "haproxy-server-refuses",
                        "HAProxy is refused by its only server, and tries three times more",
                        Services.alone(haproxy("", "server s1 127.0.0.1:2222"), HAPROXY)),
                balancer(
                        "haproxy-rejects",
                        "HAProxy rejects our address before anything else",
                        Services.inFront(
                                haproxy("tcp-request connection reject", "server s1 127.0.0.1:2222"), HAPROXY)),
                inspecting(Services.inFront(
                        haproxy(
                                "tcp-request inspect-delay 2s\n  tcp-request content accept if"
                                        + " { req.ssl_hello_type 1 }\n  tcp-request content reject",
                                "server s1 127.0.0.1:2222"),
                        HAPROXY)),
                mismatch(
                        "haproxy-expects-proxy",
                        "HAProxy waits for a PROXY line that nobody sends",
                        Services.inFront(
                                Map.of(
                                        HAPROXY_SETTINGS,
                                        haproxy("", "server s1 127.0.0.1:2222")
                                                .get(HAPROXY_SETTINGS)
                                                .replace("v4v6", "v4v6 accept-proxy")),
                                HAPROXY)),
                mismatch(
                        "haproxy-sends-proxy",
                        "HAProxy sends a PROXY line to an sshd that knows none",
                        Services.inFront(haproxy("", "server s1 127.0.0.1:2222 send-proxy"), HAPROXY)),
                balancer(
                        "socat-without-server",
                        "a port is forwarded to where nothing listens",
                        Services.alone(
                                Map.of(),
                                service(
                                        1,
                                        "/usr/bin/socat",
                                        "TCP6-LISTEN:22,ipv6only=0,fork,reuseaddr",
                                        "TCP4:127.0.0.1:2222"))),
                balancer(
                        "nginx-without-server",
                        "nginx forwards to a server that refuses",
                        Services.alone(nginx("""
                                        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                                        """ + NGINX + """
                                        stream {
                                          server { listen 22; listen [::]:22; proxy_pass 127.0.0.1:2222; }
                                        }
                                        """), service(2, "/usr/sbin/nginx"))));
    }

    private static final String NGINX = """
            daemon off;
            master_process off;
            pid /run/nginx.pid;
            error_log /var/log/nginx/error.log;
            events {}
            """;
    /// It makes its log itself, where there is a folder for it.
    private static Map<String, String> nginx(String settings) {
        return Map.of("/etc/nginx/nginx.conf", settings, "/var/log/nginx/.made", "");
    }

    private static final String HAPROXY_SETTINGS = "/etc/haproxy/haproxy.cfg";
    private static final Service HAPROXY = service(1, "/usr/sbin/haproxy", "-db", "-f", HAPROXY_SETTINGS);

    private static Map<String, String> haproxy(String rules, String servers) {
        return Map.of(HAPROXY_SETTINGS, """
                global
                  log 127.0.0.1:514 local0
                defaults
                  mode tcp
                  log global
                  option tcplog
                  timeout connect 4s
                  timeout client 10s
                  timeout server 60s
                frontend ssh
                  bind :::22 v4v6
                  %s
                  default_backend servers
                backend servers
                  %s
                """.formatted(rules, servers));
    }

    private static Scenario balancer(String name, String story, Server server) {
        return Scenario.ofCause(name, name.startsWith("socat") ? "B18" : "B17", story, noBackend(), server);
    }

    /// It closes at once where we speak and after its delay where we do not, which is what a multiplexer without a
    /// server does.
    private static Scenario inspecting(Server server) {
        return Scenario.ofCause(
                "haproxy-inspects",
                "B17",
                "HAProxy passes on TLS alone",
                noBackend().or("multiplexer", PROXY, NO_SSH),
                server);
    }

    private static Truth noBackend() {
        return Truth.fault(
                        "no-healthy-backend",
                        PROXY,
                        "identification",
                        IN_BETWEEN,
                        "It accepts and closes without a byte. Whatever has the port may do that, so who it is stays"
                                + " open to one who sees this port alone.")
                .between(SERVER_HOP, SERVER_HOP)
                .or(CLOSED, PROCESS, BROKEN)
                .or(ABORTED, PROCESS, BROKEN)
                .orUndetermined()
                .toldOnServerAs("no-healthy-backend");
    }

    private static Scenario mismatch(String name, String story, Server server) {
        Truth truth = Truth.fault(
                        "proxy-protocol-mismatch",
                        PROXY,
                        "identification",
                        IN_BETWEEN,
                        "Sent to sshd, the line draws \"Invalid SSH identification string.\" though ours is good;"
                                + " expected from us, its absence ends the connection.")
                .between(SERVER_HOP, SERVER_HOP)
                .or(CLOSED, PROCESS, BROKEN)
                .or(ABORTED, PROCESS, BROKEN)
                .orUndetermined()
                .toldOnServerAs("proxy-protocol-mismatch");
        return Scenario.ofCause(name, name.contains("expects") ? "B17 B20" : "B20", story, truth, server);
    }

    /// A program on the port.
    ///
    /// @param sockets how many it listens on
    static Service service(int sockets, String... command) {
        return new Service(List.of(command), PORT, sockets);
    }
}
