package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;

import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which the client's own host translates, or filters in the middle of a connection.
final class OwnHostLabs {

    private static final String THIS_HOST = "this-host";
    private static final int PATTERN_BYTES = Match.SSH.length();
    private static final String DATA = "tcp flags & (syn | rst | psh) == psh reject with tcp reset";

    private OwnHostLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "own-translation",
                        "the client's own translation gives its connections another address and other ports",
                        Truth.healthy("Nothing is wrong: what leaves the host differs from what the socket knows."),
                        SSHD,
                        List.of(secondAddress(), translation())),
                new Scenario(
                        "own-translation-before-tap",
                        "the same, and a tap between the routers forges a reset when it sees SSH-2.0-",
                        Truth.fault(
                                        "injected-reset",
                                        "on-path",
                                        "identification",
                                        11,
                                        "The reset comes from between the first and the second hop and is for the"
                                                + " translated address, which no crafted packet can use.")
                                .between(1, 2)
                                .drawnByByte(PATTERN_BYTES)
                                .orUndetermined(),
                        SSHD,
                        List.of(
                                secondAddress(),
                                translation(),
                                new Obstacle.OnLink(
                                        Device.Forges.tap(new Match.Text(Match.SSH, true), ForgingTap.PLAIN)))),
                new Scenario(
                        "own-filter-rejects-data",
                        "the client's own packet filter lets a connection begin and resets what is said on it",
                        midway("identification", "The reset stays inside the host: nothing we say leaves it."),
                        SSHD,
                        List.of(filter("output", Rulesets.toPort(DATA)))),
                new Scenario(
                                "own-filter-rejects-answers",
                                "the client's own packet filter lets a connection begin and resets what the server says",
                                midway(
                                                "kexinit",
                                                "Our host sends the first reset; the server's only answers what we say after it.")
                                        .or("local-no-socket", THIS_HOST),
                                SSHD,
                                List.of(filter("input", "tcp sport " + Topology.PORT + " " + DATA)))
                        .showing("H1"),
                Scenario.ofCause(
                        "no-port-left",
                        "H5",
                        "other connections of the client's host to the server have every port it may give out",
                        Truth.fault(
                                        "local-no-socket",
                                        THIS_HOST,
                                        "connect",
                                        14,
                                        "The client's own kernel refuses the connection with EADDRNOTAVAIL, and no SYN"
                                                + " leaves.")
                                .between(0, 0),
                        SSHD,
                        new Obstacle.KernelSetting(Node.CLIENT, "net/ipv4/ip_local_port_range", "40000 40001"),
                        new Obstacle.HeldConnections(Node.CLIENT, 2, true)));
    }

    private static Obstacle filter(String hook, String rule) {
        return new Obstacle.PacketFilter(Node.CLIENT, Rulesets.filter("filter", hook, "filter", rule));
    }

    private static Obstacle translation() {
        return new Obstacle.PacketFilter(Node.CLIENT, Rulesets.clientTranslatesPorts());
    }

    /// A second address for the client, which connections take only where they are translated.
    static Obstacle secondAddress() {
        return new Obstacle.Routing(
                Node.CLIENT,
                "address add " + Topology.SECOND_CLIENT4 + "/24 dev eth0\naddress add " + Topology.SECOND_CLIENT6
                        + "/64 dev eth0 nodad preferred_lft 0\n");
    }

    private static Truth midway(String stage, String detail) {
        return Truth.fault("local-firewall", THIS_HOST, stage, 14, detail)
                .between(0, 0)
                .orUndetermined();
    }
}
