package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_SERVER_HEARS;

import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.wire.Flags;

/// Networks in which a device the packets must cross, or the server's own packet filter, ends the
/// connection.
final class FirewallLabs {

    private static final String IN_PATH = "in-path";
    private static final String ON_SERVER = "server-firewall";
    private static final int ROUTER1_HOP = 1;
    static final int ROUTER2_HOP = 2;
    static final int SERVER_HOP = 3;
    private static final int PATTERN_BYTES = Match.SSH.length();
    private static final int HIGHEST = 255;

    private FirewallLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                                "server-firewall-rejects",
                                "a packet filter on the server host itself resets the SYN",
                                onServer(
                                        "rejected-with-reset",
                                        "connect",
                                        "The server's hop count, but a type of service of 0 where its kernel would return ours."),
                                Set.of(2, 33),
                                SSHD,
                                List.of(openings(Node.SERVER, "input", "reject with tcp reset")))
                        .showing("A3"),
                new Scenario(
                                "server-firewall-rejects-icmp",
                                "a packet filter on the server host answers the SYN with ICMP port unreachable",
                                onServer(
                                        "rejected-with-icmp",
                                        "connect",
                                        "ICMP type 3 code 3 from the server's own address."),
                                Set.of(3),
                                SSHD,
                                List.of(openings(Node.SERVER, "input", "reject with icmpx port-unreachable")))
                        .showing("A2"),
                new Scenario(
                                "server-firewall-prohibits",
                                "a packet filter on the server host answers the SYN with ICMP administratively prohibited",
                                onServer(
                                        "rejected-with-icmp",
                                        "connect",
                                        "ICMP type 3 code 13 from the server's own address."),
                                Set.of(3),
                                SSHD,
                                List.of(openings(Node.SERVER, "input", "reject with icmpx admin-prohibited")))
                        .showing("A2"),
                new Scenario(
                        "banned-midway",
                        "the server's packet filter bans the client while the connection is under way",
                        onServer(
                                        "banned",
                                        "kexinit",
                                        "A reset with the server's hop count and a type of service of 0 in the middle"
                                                + " of a connection; from then on every SYN is reset too.")
                                .or("established-rejected", ON_SERVER)
                                .orUndetermined()
                                // The rule names the client, and nothing in it says which program put it there.
                                .toldOnServerAs("banned", "rejected-with-reset"),
                        Set.of(16),
                        SSHD,
                        List.of(late(
                                Node.SERVER,
                                "input",
                                "ip saddr " + Topology.CLIENT4 + " " + RESETS + "\n    ip6 saddr " + Topology.CLIENT6
                                        + " " + RESETS))),
                new Scenario(
                                "router-rejects",
                                "the client's router answers the SYN with a reset of its own",
                                inPath(
                                        "rejected-with-reset",
                                        "connect",
                                        ROUTER1_HOP,
                                        ROUTER1_HOP,
                                        "The reset to the SYN has the router's hop count and a type of service of 0, where a"
                                                + " server's own kernel would return ours."),
                                Set.of(4),
                                SSHD,
                                List.of(openings(Node.ROUTER1, "forward", "reject with tcp reset")))
                        .showing("A3"),
                new Scenario(
                                "router-rejects-icmp",
                                "the client's router answers the SYN with ICMP administratively prohibited",
                                inPath(
                                        "rejected-with-icmp",
                                        "connect",
                                        ROUTER1_HOP,
                                        ROUTER1_HOP,
                                        "ICMP type 3 code 13 (ICMPv6 type 1 code 1) from the first router's address."),
                                SSHD,
                                List.of(openings(Node.ROUTER1, "forward", "reject with icmpx admin-prohibited")))
                        .showing("A2"),
                new Scenario(
                        "last-router-rejects",
                        "the router before the server answers the SYN with a reset of its own",
                        inPath(
                                "rejected-with-reset",
                                "connect",
                                ROUTER2_HOP,
                                ROUTER2_HOP,
                                "Only one hop separates its reset from the server's."),
                        Set.of(5),
                        SSHD,
                        List.of(openings(Node.ROUTER2, "forward", "reject with tcp reset"))),
                new Scenario(
                        "router-rejects-at-first",
                        "the client's router resets the SYN before it looks at the hop count",
                        inPath(
                                "rejected-with-reset",
                                "connect",
                                ROUTER1_HOP,
                                ROUTER1_HOP,
                                "A SYN with a hop count of 1 is reset already, without time exceeded."),
                        Set.of(6),
                        SSHD,
                        List.of(new Obstacle.PacketFilter(
                                Node.ROUTER1, Rulesets.openingsAtFirst("reject with tcp reset")))),
                new Scenario(
                        "router-rejects-midway",
                        "the client's router comes to reject what belongs to connections under way",
                        inPath(
                                "established-rejected",
                                "kexinit",
                                ROUTER1_HOP,
                                ROUTER1_HOP,
                                "The reset has the router's hop count, and the server, which knows nothing of it, goes"
                                        + " on talking."),
                        Set.of(17),
                        SSHD,
                        List.of(late(
                                Node.ROUTER1,
                                "forward",
                                Rulesets.toPort("tcp flags & (syn|rst) == 0 reject with tcp reset")))),
                new Scenario(
                                "drops-syn",
                                "the client's router drops the SYN and says nothing",
                                Truth.fault(
                                                "syn-dropped",
                                                IN_PATH,
                                                "connect",
                                                4,
                                                "Several SYNs, no answer of any kind; who drops them cannot be seen without a"
                                                        + " hop walk.")
                                        .orUndetermined(),
                                SSHD,
                                List.of(openings(Node.ROUTER1, "forward", "drop")))
                        .showing("A4"),
                new Scenario(
                                "server-firewall-drops",
                                "a packet filter on the server host drops the SYN and says nothing",
                                Truth.fault(
                                                "syn-dropped",
                                                ON_SERVER,
                                                "connect",
                                                4,
                                                "No reset: there is nothing to attribute.")
                                        .orUndetermined(),
                                SSHD,
                                List.of(openings(Node.SERVER, "input", "drop")))
                        .showing("A4"),
                new Scenario(
                                "inspector-resets",
                                "a transparent device keeps back what says SSH-2.0- and resets the client",
                                inspected(
                                        "What it kept back is never acknowledged; its reset comes sooner than any answer of"
                                                + " the server's could."),
                                Set.of(28),
                                SSHD,
                                List.of(new Obstacle.OnLink(Device.Forges.inPath(
                                        new Match.Text(Match.SSH, true),
                                        Forgery.RESET
                                                .withTtl(new Figure.Server(0))
                                                .withIdentification(new Figure.Server(1))))))
                        .showing("B12"),
                new Scenario(
                        "firewall-mirrors-window",
                        "a transparent firewall with a hop count of 255 resets both sides, our window in its reset",
                        inspected("RST,ACK with a hop count of 255 and the window of the segment that drew it; no hop"
                                + " more is seen on the way."),
                        Set.of(36),
                        SSHD,
                        List.of(new Obstacle.OnLink(Device.Forges.inPath(
                                new Match.Text(Match.SSH, true),
                                mirrored(Direction.TO_CLIENT),
                                mirrored(Direction.TO_SERVER))))),
                new Scenario(
                        "openings-rewritten",
                        "a device in the path turns the server's SYN-ACK into a reset",
                        rewritten(
                                "connect",
                                "The reset has a SYN's options and a sequence number, and comes again and"
                                        + " again: TCP never sends a reset twice."),
                        Set.of(29),
                        SSHD,
                        List.of(new Obstacle.OnLink(new Device.RewritesOpenings()))),
                new Scenario(
                        "answers-rewritten",
                        "a device in the path turns what the server says to SSH-2.0- into resets",
                        rewritten(
                                "identification",
                                "Every field is the server's; the reset is repeated with the identification one"
                                        + " higher, at the times of a retransmission. The eighth byte of ours draws"
                                        + " nothing yet: what the server says to the whole line becomes the reset."),
                        Set.of(30),
                        SSHD,
                        List.of(new Obstacle.OnLink(new Device.RewritesBytes()))),
                new Scenario(
                        "hop-counts-levelled",
                        "the router before the server rejects, and the client's router levels every hop count",
                        inPath(
                                        "rejected-with-reset",
                                        "connect",
                                        ROUTER2_HOP,
                                        ROUTER2_HOP,
                                        "Whatever arrives has a hop count of 64, so the hop count tells nothing.")
                                .orUndetermined()
                                .needingActiveEvidence(),
                        Set.of(42),
                        SSHD,
                        List.of(
                                openings(Node.ROUTER2, "forward", "reject with tcp reset"),
                                new Obstacle.PacketFilter(
                                        Node.ROUTER1,
                                        Rulesets.filter(
                                                "levelling",
                                                "forward",
                                                "mangle",
                                                "oifname \"eth0\" ip ttl set 64\n    oifname \"eth0\" ip6 hoplimit set 64")))));
    }

    private static final String RESETS = Rulesets.toPort("reject with tcp reset");

    static Obstacle openings(Node node, String hook, String action) {
        return new Obstacle.PacketFilter(node, Rulesets.openings(hook, action));
    }

    /// A rule that is added when a conversation has got so far.
    private static Obstacle late(Node node, String hook, String rules) {
        return new Obstacle.Happens(
                BEFORE_THE_SERVER_HEARS,
                List.of(new Deed.Filter(node, Rulesets.filter("late", hook, "filter", rules))));
    }

    private static Forgery mirrored(Direction towards) {
        return Forgery.RESET
                .towards(towards)
                .withFlags(Flags.RST | Flags.ACK)
                .withTtl(new Figure.Fixed(HIGHEST))
                .withIdentification(new Figure.Dice(1, 0xffff))
                .withWindow(new Figure.Trigger(0))
                .mayFragment();
    }

    static Truth onServer(String cause, String stage, String detail) {
        return Truth.fault(cause, ON_SERVER, stage, 13, detail).between(SERVER_HOP, SERVER_HOP);
    }

    static Truth inPath(String cause, String stage, int after, int before, String detail) {
        return Truth.fault(cause, IN_PATH, stage, 11, detail).between(after, before);
    }

    private static Truth inspected(String detail) {
        return inPath("inspected-and-reset", "identification", ROUTER1_HOP, ROUTER2_HOP, detail)
                .drawnByByte(PATTERN_BYTES)
                .needingActiveEvidence();
    }

    /// What is rewritten on the way back must have been drawn from the server, so no sweep finds the place.
    private static Truth rewritten(String stage, String detail) {
        return Truth.fault(
                        stage.equals("connect") ? "rejected-with-reset" : "inspected-and-reset",
                        IN_PATH,
                        stage,
                        11,
                        detail)
                .or("inspected-and-reset", IN_PATH);
    }
}
