package rstprobe.lab;

import java.util.List;
import java.util.Map;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Service;

/// Networks in which dropbear or xinetd has the port, and allows only so many connections.
final class LimitLabs {

    private static final String PROCESS = "server-process";
    private static final int SERVER_HOP = 3;
    private static final int BROKEN = 10;
    private static final int REFUSED = 13;
    private static final int PORT = Topology.PORT;
    private static final Truth FINE = Truth.healthy("Nothing is wrong: the handshake must reach user authentication.");
    private static final int DROPBEAR_LIMIT = 5;

    /// Waits until nothing listens on port 22 any more (proc_net_tcp: the port in hexadecimal, state 0A).
    private static final String PORT_CLOSED = "while grep -q ':0016 [0-9A-F:]* 0A' /proc/net/tcp6; do sleep 0.05; done";

    /// It makes its host keys itself, where there is a folder for them.
    static final Map<String, String> DROPBEAR_KEYS = Map.of("/etc/dropbear/.made", "");

    static final Service DROPBEAR = FrontLabs.service(2, "/usr/sbin/dropbear", "-F", "-E", "-R", "-p", "" + PORT);
    private static final Service XINETD =
            FrontLabs.service(1, "/usr/sbin/xinetd", "-dontfork", "-f", "/etc/xinetd.conf");

    private LimitLabs() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.ofCause(
                        "dropbear",
                        "",
                        "dropbear and nothing in the way",
                        FINE,
                        Services.alone(DROPBEAR_KEYS, DROPBEAR)),
                Scenario.ofCause(
                        "dropbear-limit",
                        "B19",
                        "dropbear allows an address five unauthenticated connections, and ours has them",
                        limit("It accepts, and closes in the first millisecond without a byte."),
                        Services.alone(DROPBEAR_KEYS, DROPBEAR),
                        new Obstacle.HeldConnections(Node.CLIENT, DROPBEAR_LIMIT, true)),
                Scenario.ofCause(
                        "xinetd",
                        "",
                        "xinetd starts sshd for each connection",
                        FINE,
                        Services.starting(xinetd(""), XINETD)),
                Scenario.ofCause(
                        "xinetd-no-access",
                        "B19",
                        "xinetd has no access for our address",
                        limit("It accepts and closes; a reset where we have spoken."),
                        Services.starting(xinetd("no_access = 198.18.1.0/24 2001:db8:1::/64"), XINETD)),
                Scenario.ofCause(
                        "xinetd-per-source",
                        "B19",
                        "xinetd allows an address one connection, and ours has it",
                        limit("It accepts, and closes in the first millisecond without a byte."),
                        Services.starting(xinetd("per_source = 1"), XINETD),
                        new Obstacle.HeldConnections(Node.CLIENT, 1, true)),
                Scenario.ofCause(
                        "xinetd-instances",
                        "B19",
                        "xinetd allows one connection in all, and somebody has it",
                        limit("It accepts, and closes in the first millisecond without a byte."),
                        Services.starting(xinetd("instances = 1"), XINETD),
                        new Obstacle.HeldConnections(Node.SERVER, 1, true)),
                Scenario.ofCause(
                        "xinetd-rate",
                        "B19",
                        "xinetd has closed the port for a minute, since connections came too fast",
                        Truth.fault(
                                        "connection-limit",
                                        PROCESS,
                                        "connect",
                                        REFUSED,
                                        "The port is closed, and its kernel says so; it opens again by itself.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .or("no-listener", "server-kernel", BROKEN)
                                .orUndetermined(),
                        Services.starting(xinetd("cps = 1 60"), XINETD),
                        new Obstacle.HeldConnections(Node.CLIENT, 2, false),
                        new Obstacle.Beforehand(List.of(new Deed.Runs(List.of("/bin/sh", "-c", PORT_CLOSED))))));
    }

    private static Truth limit(String detail) {
        return Truth.fault("connection-limit", PROCESS, "identification", REFUSED, detail)
                .between(SERVER_HOP, SERVER_HOP)
                .or("closed-without-reason", PROCESS, BROKEN)
                .or("aborted-without-reason", PROCESS, BROKEN)
                .orUndetermined();
    }

    private static Map<String, String> xinetd(String rule) {
        return Map.of("/etc/xinetd.conf", """
                service ssh
                {
                  type = UNLISTED
                  flags = IPv6
                  socket_type = stream
                  protocol = tcp
                  port = 22
                  wait = no
                  user = root
                  server = /usr/sbin/sshd
                  server_args = -i
                  log_type = SYSLOG auth info
                  log_on_failure = HOST
                  %s
                }
                """.formatted(rule));
    }
}
