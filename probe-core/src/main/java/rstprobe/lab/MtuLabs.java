package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.SizeObstacles.filter;
import static rstprobe.lab.SizeObstacles.longerThan;
import static rstprobe.lab.SizeObstacles.narrow;
import static rstprobe.lab.SizeObstacles.narrowBack;
import static rstprobe.lab.SizeObstacles.onlySsh;
import static rstprobe.lab.SizeObstacles.silent;

import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// Networks that take packets up to a size, one way or both, and say so or not. They stand beside the list, since
/// their truth is a number for each direction.
final class MtuLabs {

    static final int ETHERNET = 1500;
    static final int LIMIT = 1400;
    static final int HEALTHY = 0;
    static final int BLACK_HOLE = 12;
    private static final int UNREACHABLE = 4;
    static final String TO_SERVER = "iifname eth0 oifname eth1 ";
    private static final String FROM_SERVER = "iifname eth1 oifname eth0 ";
    static final String TWO = "Its truth is two path MTUs.";
    private static final String ONE_IN_FIVE = "numgen random mod 5 == 0 drop";

    private MtuLabs() {}

    static List<SizedLab> all() {
        List<SizedLab> all = new ArrayList<>();
        all.add(lab("mtu-clean", "nothing in the way", ETHERNET, ETHERNET, HEALTHY));
        there(all);
        lossy(all);
        placed(all);
        back(all);
        guarded(all);
        lying(all);
        known(all);
        uneven(all);
        all.addAll(OddMtuLabs.all());
        return List.copyOf(all);
    }

    private static void there(List<SizedLab> all) {
        all.add(lab(
                "mtu-says-so",
                "a link between the routers takes 1400 bytes, and the routers say so",
                LIMIT,
                LIMIT,
                HEALTHY,
                narrow(Node.ROUTER1, "eth1", LIMIT),
                narrow(Node.ROUTER2, "eth0", LIMIT)));
        all.add(lab(
                "mtu-router-silent",
                "the same link, and the errors that say so are filtered",
                LIMIT,
                LIMIT,
                BLACK_HOLE,
                narrow(Node.ROUTER1, "eth1", LIMIT),
                narrow(Node.ROUTER2, "eth0", LIMIT),
                silent(Node.ROUTER1),
                silent(Node.ROUTER2)));
        all.add(hole("mtu-hole", LIMIT, "a link loses packets of more than 1400 bytes to the server"));
    }

    private static void lossy(List<SizedLab> all) {
        all.add(lab(
                "mtu-hole-lossy",
                "the same, and one packet in five is lost",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT) + "\n    " + TO_SERVER + ONE_IN_FIVE)));
        all.add(lab(
                "mtu-odd-hole-lossy",
                "a link loses packets of more than 1387 bytes, and one in five of the others",
                1387,
                ETHERNET,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + longerThan(1387) + "\n    " + TO_SERVER + ONE_IN_FIVE)));
        all.add(lab(
                "mtu-lossy",
                "one packet in five is lost, whatever its size",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                filter(Node.ROUTER1, TO_SERVER + ONE_IN_FIVE)));
    }

    private static void placed(List<SizedLab> all) {
        all.add(lab(
                "mtu-two-limits",
                "a link between the routers takes 1450 bytes and says so; one behind it 1400 and does not",
                LIMIT,
                1450,
                BLACK_HOLE,
                narrow(Node.ROUTER1, "eth1", 1450),
                narrow(Node.ROUTER2, "eth0", 1450),
                filter(Node.ROUTER2, TO_SERVER + longerThan(LIMIT))));
        all.add(lab(
                "mtu-first-hop",
                "the first router loses what is longer than 1480 bytes before it looks at it",
                1480,
                ETHERNET,
                BLACK_HOLE,
                new Obstacle.PacketFilter(
                        Node.ROUTER1,
                        Rulesets.filter("early", "prerouting", "raw", "iifname eth0 " + longerThan(1480)))));
        all.add(new SizedLab(
                hole("mtu-ipv6-least", 1280, "the least that IPv6 allows, over IPv6")
                        .scenario(),
                1280,
                ETHERNET,
                BLACK_HOLE,
                true));
    }

    private static void back(List<SizedLab> all) {
        all.add(lab(
                "mtu-back-silent",
                "the server's router sends 1400 bytes towards the client, and the errors that say so are filtered",
                ETHERNET,
                LIMIT,
                BLACK_HOLE,
                narrowBack(LIMIT),
                silent(Node.ROUTER2)));
        all.add(lab(
                "mtu-back-says-so",
                "the server's router sends 1400 bytes towards the client, and says so",
                ETHERNET,
                LIMIT,
                HEALTHY,
                narrowBack(LIMIT)));
        all.add(lab(
                "mtu-back-hole",
                "a link loses packets of more than 1400 bytes to the client",
                ETHERNET,
                LIMIT,
                BLACK_HOLE,
                filter(Node.ROUTER2, FROM_SERVER + longerThan(LIMIT))));
        all.add(lab(
                "mtu-both-differ",
                "1380 bytes pass there and 1420 back, both unsaid",
                1380,
                1420,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + longerThan(1380)),
                narrowBack(1420),
                silent(Node.ROUTER2)));
        all.add(lab(
                "mtu-clamped",
                "a router lowers the maximum segment size of every connection, and the path takes more",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                filter(Node.ROUTER1, "tcp flags syn tcp option maxseg size set 1300")));
    }

    private static void guarded(List<SizedLab> all) {
        all.add(lab(
                "mtu-only-ssh",
                "a firewall lets nothing but SSH pass, and a link takes 1400 bytes to the server",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT)),
                onlySsh()));
        all.add(lab(
                "mtu-only-ssh-back",
                "a firewall lets nothing but SSH pass, and the way back takes 1400 bytes unsaid",
                ETHERNET,
                LIMIT,
                BLACK_HOLE,
                narrowBack(LIMIT),
                silent(Node.ROUTER2),
                onlySsh()));
        all.add(lab(
                "mtu-long-pings-lost",
                "a router drops ICMP of more than 1000 bytes from the server, and nothing else",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                filter(Node.ROUTER2, FROM_SERVER + "meta l4proto { icmp, ipv6-icmp } " + longerThan(1000))));
        all.add(lab("mtu-dead", "nothing reaches the server", 0, 0, UNREACHABLE, filter(Node.ROUTER2, "drop")));
    }

    /// What a claim leads senders to passes where it is low, and does not where it is high or names nothing.
    private static void lying(List<SizedLab> all) {
        all.add(liar(0, BLACK_HOLE));
        all.add(liar(1450, BLACK_HOLE));
        all.add(liar(ETHERNET, BLACK_HOLE));
        all.add(liar(600, HEALTHY));
        all.add(liar(68, HEALTHY));
    }

    private static SizedLab liar(int claimed, int exitCode) {
        return lab(
                "mtu-claims-" + claimed,
                "1400 bytes pass to the server, and a router says that " + claimed + " do",
                LIMIT,
                ETHERNET,
                exitCode,
                new Obstacle.OnLink(new Device.ClaimsSize(LIMIT, claimed)));
    }

    private static void known(List<SizedLab> all) {
        all.add(hole("mtu-gre", 1476, "a GRE tunnel to the server that nobody accounted for"));
        all.add(hole("mtu-wireguard", 1420, "a WireGuard tunnel to the server"));
        all.add(hole("mtu-pppoe", 1492, "PPPoE on the way to the server"));
        all.add(hole("mtu-ipsec", 1438, "an IPsec tunnel to the server"));
        all.add(hole("mtu-vxlan", 1450, "a VXLAN overlay on the way to the server"));
    }

    /// The narrowest way is the truth where connections take several.
    private static void uneven(List<SizedLab> all) {
        all.add(lab(
                "mtu-two-ways",
                "two links share the load by port, and one of them takes 1300 bytes",
                1300,
                ETHERNET,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + "tcp sport & 4 == 0 " + longerThan(1300))));
        all.add(lab(
                "mtu-long-ones-lossy",
                "six in ten packets of more than 1000 bytes are lost on the way to the server, and the others arrive",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                filter(Node.ROUTER1, TO_SERVER + "meta length > 1000 numgen random mod 10 < 6 drop")));
        all.add(lab(
                "mtu-widens",
                "1400 bytes pass to the server, and while it is looked at, more",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                new Obstacle.OnLink(new Device.ChangesSize(LIMIT, ETHERNET, 70))));
        all.add(lab(
                "mtu-narrows",
                "1500 bytes pass to the server, and while it is looked at, only 1400",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                new Obstacle.OnLink(new Device.ChangesSize(ETHERNET, LIMIT, 25))));
        all.add(lab(
                "mtu-host-believes-less",
                "this host has learnt that 1400 bytes pass, and by now 1500 do",
                ETHERNET,
                ETHERNET,
                HEALTHY,
                new Obstacle.Routing(
                        Node.CLIENT,
                        "route change 198.18.3.0/24 via 198.18.1.1 mtu 1400\n"
                                + "route change 2001:db8:3::/64 via 2001:db8:1::1 mtu 1400\n")));
    }

    static SizedLab hole(String name, int bytes, String story) {
        return lab(name, story, bytes, ETHERNET, BLACK_HOLE, filter(Node.ROUTER1, TO_SERVER + longerThan(bytes)));
    }

    static SizedLab lab(String name, String story, int forward, int reverse, int exitCode, Obstacle... obstacles) {
        Scenario scenario = new Scenario(name, story, Truth.healthy(TWO), SSHD, List.of(obstacles));
        return new SizedLab(scenario, forward, reverse, exitCode, false);
    }
}
