package rstprobe.lab;

import java.util.List;
import java.util.Optional;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Script;
import rstprobe.lab.Scenario.Server;

/// The practice networks that can be built.
public final class Labs {

    private static final Server SSHD = new Server.SecureShell(List.of());
    private static final String FROM_SERVER = "server-process";

    private static final List<Scenario> ALL = List.of(
            new Scenario(
                    "healthy",
                    "a real SSH server behind two routers, and nothing in the way",
                    Truth.healthy("Nothing is wrong: the handshake must reach user authentication."),
                    SSHD,
                    List.of()),
            new Scenario(
                    "tap-forges-reset",
                    "a tap between the routers reads along and forges a reset when it sees SSH-2.0-",
                    forged("It follows the stream, so pacing the bytes changes nothing: the eighth byte draws it."),
                    SSHD,
                    List.of(new Obstacle.Tap(true))),
            new Scenario(
                    "tap-matches-one-segment",
                    "the same tap, but it looks at single segments only",
                    forged("It does not follow the stream: one byte a segment passes it unseen."),
                    SSHD,
                    List.of(new Obstacle.Tap(false))),
            new Scenario(
                    "router-rejects",
                    "the client's router answers the SYN with a reset of its own",
                    Truth.fault(
                            "rejected-with-reset",
                            "in-path",
                            "connect",
                            11,
                            "The reset to the SYN has the router's hop count and a type of service of 0, where a server's"
                                    + " own kernel would return ours."),
                    SSHD,
                    List.of(rejects(Node.ROUTER1, "forward", "tcp reset"))),
            new Scenario(
                    "router-rejects-icmp",
                    "the client's router answers the SYN with ICMP administratively prohibited",
                    Truth.fault(
                            "rejected-with-icmp",
                            "in-path",
                            "connect",
                            11,
                            "ICMP type 3 code 13 (ICMPv6 type 1 code 1) from the first router's address."),
                    SSHD,
                    List.of(rejects(Node.ROUTER1, "forward", "icmpx admin-prohibited"))),
            new Scenario(
                    "closed-port",
                    "nothing listens on the server's port",
                    Truth.fault(
                            "no-listener",
                            "server-kernel",
                            "connect",
                            10,
                            "The server's own kernel resets the SYN, and returns our type of service in it."),
                    new Server.Nothing(),
                    List.of()),
            new Scenario(
                    "server-aborts",
                    "the server sends its identification and aborts the connection",
                    aborted("SO_LINGER 0: the reset continues the server's IP identification and its timestamps."),
                    new Server.Scripted(Script.ABORTS),
                    List.of()),
            new Scenario(
                    "server-closes-unread",
                    "the server sends its identification and closes without reading ours",
                    aborted("Closing with bytes unread makes the server's kernel send a reset instead of a FIN."),
                    new Server.Scripted(Script.CLOSES_UNREAD),
                    List.of()),
            new Scenario(
                    "silent-server",
                    "the server accepts the connection and never says a word",
                    Truth.fault(
                                    "listener-stalled",
                                    FROM_SERVER,
                                    "identification",
                                    10,
                                    "Our bytes are acknowledged and nothing ever comes back; from outside, a stalled"
                                            + " listener and a service that waits for us look alike.")
                            .orUndetermined(),
                    new Server.Scripted(Script.SAYS_NOTHING),
                    List.of()),
            new Scenario(
                    "drops-syn",
                    "the client's router drops the SYN and says nothing",
                    Truth.fault(
                                    "syn-dropped",
                                    "in-path",
                                    "connect",
                                    4,
                                    "Several SYNs, no answer of any kind; who drops them cannot be seen without a hop walk.")
                            .orUndetermined(),
                    SSHD,
                    List.of(new Obstacle.PacketFilter(Node.ROUTER1, chain("forward", "drop")))),
            new Scenario(
                    "http-server",
                    "a web server sits on the port",
                    Truth.fault(
                            "not-ssh",
                            FROM_SERVER,
                            "identification",
                            15,
                            "What comes back to our identification is an HTTP error page."),
                    new Server.Scripted(Script.SPEAKS_HTTP),
                    List.of()),
            new Scenario(
                    "closes-after-identification",
                    "the server sends its identification and ends the connection in order",
                    Truth.fault(
                                    "closed-without-reason",
                                    FROM_SERVER,
                                    "kexinit",
                                    10,
                                    "A FIN after a whole identification line, and no reason given.")
                            .orUndetermined(),
                    new Server.Scripted(Script.CLOSES),
                    List.of()),
            new Scenario(
                    "no-common-algorithm",
                    "the server knows only a key exchange that was given up long ago",
                    Truth.fault(
                            "no-common-algorithm",
                            FROM_SERVER,
                            "kexinit",
                            15,
                            "The server's KEXINIT offers diffie-hellman-group1-sha1 alone; both lists are on the wire."),
                    new Server.SecureShell(List.of("KexAlgorithms diffie-hellman-group1-sha1")),
                    List.of()),
            new Scenario(
                    "server-firewall-rejects",
                    "a packet filter on the server host itself resets the SYN",
                    Truth.fault(
                            "rejected-with-reset",
                            "server-firewall",
                            "connect",
                            13,
                            "The server's hop count, but a type of service of 0 where its kernel would return ours."),
                    SSHD,
                    List.of(rejects(Node.SERVER, "input", "tcp reset"))),
            new Scenario(
                    "max-startups",
                    "sshd allows one unauthenticated connection and somebody holds it",
                    Truth.fault(
                            "max-startups",
                            FROM_SERVER,
                            "identification",
                            13,
                            "sshd says so in text before it closes (9.8 and later: \"Not allowed at this time\", which is"
                                    + " also what a penalty says)."),
                    new Server.SecureShell(List.of("MaxStartups 1:100:1", "LoginGraceTime 0")),
                    List.of(new Obstacle.HeldConnection())),
            new Scenario(
                    "no-route",
                    "the client's router has no route to the server",
                    Truth.fault(
                            "host-unreachable",
                            "in-path",
                            "connect",
                            4,
                            "ICMP type 3 code 0 (ICMPv6 type 1 code 0) from the first router."),
                    SSHD,
                    List.of(new Obstacle.MissingRoute())));

    private Labs() {}

    /// Every scenario, the healthy one first.
    public static List<Scenario> all() {
        return ALL;
    }

    /// The scenario of that name.
    public static Optional<Scenario> named(String name) {
        return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }

    private static Truth forged(String detail) {
        return Truth.fault(
                "injected-reset",
                "on-path",
                "identification",
                11,
                "The reset comes with another hop count than the server's segments, and the server, which knows nothing"
                        + " of it, goes on talking. " + detail);
    }

    private static Truth aborted(String detail) {
        return Truth.fault("aborted-without-reason", FROM_SERVER, "kexinit", 10, detail);
    }

    private static Obstacle rejects(Node node, String hook, String with) {
        return new Obstacle.PacketFilter(node, chain(hook, "reject with " + with));
    }

    private static String chain(String hook, String action) {
        return """
                table inet filter {
                  chain %s {
                    type filter hook %s priority 0; policy accept;
                    tcp dport %d tcp flags & (fin|syn|rst|ack) == syn %s
                  }
                }
                """.formatted(hook, hook, Topology.PORT, action);
    }
}
