package rstprobe.lab;

import static rstprobe.lab.MtuLabs.BLACK_HOLE;
import static rstprobe.lab.MtuLabs.ETHERNET;
import static rstprobe.lab.MtuLabs.HEALTHY;
import static rstprobe.lab.MtuLabs.LIMIT;
import static rstprobe.lab.MtuLabs.TO_SERVER;
import static rstprobe.lab.MtuLabs.TWO;
import static rstprobe.lab.MtuLabs.hole;
import static rstprobe.lab.MtuLabs.lab;
import static rstprobe.lab.SizeObstacles.JUMBO;
import static rstprobe.lab.SizeObstacles.filter;
import static rstprobe.lab.SizeObstacles.jumbo;
import static rstprobe.lab.SizeObstacles.links;
import static rstprobe.lab.SizeObstacles.longerThan;
import static rstprobe.lab.SizeObstacles.mute;
import static rstprobe.lab.SizeObstacles.narrow;
import static rstprobe.lab.SizeObstacles.narrowBack;
import static rstprobe.lab.SizeObstacles.onlyDatagrams;
import static rstprobe.lab.SizeObstacles.onlySsh;
import static rstprobe.lab.SizeObstacles.onlySshFromItsSyn;
import static rstprobe.lab.SizeObstacles.server;
import static rstprobe.lab.SizeObstacles.silent;

import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// Networks with a path MTU each way whose links, servers or guards are unusual.
final class OddMtuLabs {
    /// A virtual link takes so much more than it sends, for a VLAN tag.
    private static final int TAG = 4;

    private OddMtuLabs() {}

    static List<SizedLab> all() {
        List<SizedLab> all = new ArrayList<>();
        unusual(all);
        sparing(all);
        return List.copyOf(all);
    }

    private static void unusual(List<SizedLab> all) {
        all.add(lab(
                "mtu-server-narrow",
                "the server's interface sends 1400 bytes and takes four more, and its router knows nothing of that",
                LIMIT + TAG,
                LIMIT,
                BLACK_HOLE,
                new Obstacle.Routing(Node.SERVER, "link set eth0 mtu " + LIMIT + "\n")));
        all.add(lab(
                "mtu-jumbo",
                "jumbo frames all the way, and a gateway that loses what is longer than 8500",
                8500,
                JUMBO,
                BLACK_HOLE,
                jumbo(filter(Node.ROUTER1, TO_SERVER + longerThan(8500)))));
        all.add(lab(
                "mtu-jumbo-ends",
                "jumbo frames as far as the first router, behind which nobody takes them, and nobody says so",
                ETHERNET,
                ETHERNET,
                BLACK_HOLE,
                links(Node.CLIENT, "eth0"),
                links(Node.ROUTER1, "eth0", "eth1"),
                links(Node.BRIDGE, Topology.TOWARDS_SERVER)));
        all.add(lab(
                "mtu-own-link-narrow",
                "this host's own link takes 1000 bytes, fewer than IPv6 asks for, and the path beyond it all",
                1000,
                1000,
                HEALTHY,
                narrow(Node.CLIENT, "eth0", 1000),
                narrow(Node.ROUTER1, "eth0", 1000)));
        all.add(lab(
                "mtu-own-link-refuses",
                "the other end of this host's own link takes 1404 bytes, of which its interface says nothing",
                LIMIT + TAG,
                LIMIT,
                BLACK_HOLE,
                narrow(Node.ROUTER1, "eth0", LIMIT)));
        all.add(hole("mtu-tiny", 576, "an old line on the way to the server"));
        all.add(lab(
                "mtu-hole-nobody-tells",
                "1400 bytes pass to the server, and no router says where a TTL ends",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT)),
                mute(Node.ROUTER1),
                mute(Node.ROUTER2)));
        all.add(lab(
                "mtu-no-sack",
                "the server acknowledges nothing selectively, and 1400 bytes pass to it",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                server("net/ipv4/tcp_sack"),
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT))));
        all.add(lab(
                "mtu-only-ssh-no-sack",
                "the same behind a firewall that lets nothing but SSH pass",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                server("net/ipv4/tcp_sack"),
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT)),
                onlySsh()));
        all.add(lab(
                "mtu-only-ssh-no-dsack",
                "the same where the server acknowledges selectively, but nothing twice",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                server("net/ipv4/tcp_dsack"),
                filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT)),
                onlySsh()));
    }

    /// Servers that answer little, or count what they are asked.
    private static void sparing(List<SizedLab> all) {
        Obstacle forward = filter(Node.ROUTER1, TO_SERVER + longerThan(LIMIT));
        all.add(lab(
                "mtu-only-ssh-no-stamps",
                "a firewall lets nothing but SSH pass, 1400 bytes pass to the server, and it has no timestamps and"
                        + " acknowledges nothing twice",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                server("net/ipv4/tcp_dsack"),
                server("net/ipv4/tcp_timestamps"),
                forward,
                onlySshFromItsSyn()));
        all.add(lab(
                "mtu-only-datagrams",
                "a firewall lets nothing but datagrams pass, 1400 bytes pass to the server, and it says of few that their"
                        + " port is closed",
                LIMIT,
                ETHERNET,
                BLACK_HOLE,
                forward,
                onlyDatagrams()));
        SizedLab datagrams6 = lab(
                "mtu-only-datagrams-ipv6", "the same over IPv6", LIMIT, ETHERNET, BLACK_HOLE, forward, onlyDatagrams());
        all.add(new SizedLab(datagrams6.scenario(), LIMIT, ETHERNET, BLACK_HOLE, true));
        all.add(lab(
                "mtu-offloads",
                "network cards cut and merge segments, and a link takes 1400 bytes each way unsaid",
                LIMIT,
                LIMIT,
                BLACK_HOLE,
                new Obstacle.Offloads(),
                forward,
                narrowBack(LIMIT),
                silent(Node.ROUTER2)));
        Scenario penalties = new Scenario(
                "mtu-penalties",
                "a server that counts connections on which nobody logs in, behind a firewall that lets nothing but SSH"
                        + " pass, and the way back takes 1400 bytes unsaid",
                Truth.healthy(TWO),
                Services.openSsh(Release.TRIXIE),
                List.of(narrowBack(LIMIT), silent(Node.ROUTER2), onlySsh()));
        all.add(new SizedLab(penalties, ETHERNET, LIMIT, BLACK_HOLE, false));
    }
}
