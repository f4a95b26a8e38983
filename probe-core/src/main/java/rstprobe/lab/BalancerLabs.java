package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_SERVER_HEARS;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Script;
import rstprobe.lab.Scenario.Server;
import rstprobe.wire.Flags;

/// Networks in which something stands for the server: address translation, balancers, proxies,
/// containers; and paths of different length to one server.
final class BalancerLabs {

    private static final String PROXY = "proxy";
    private static final int ROUTER2_HOP = 2;
    private static final int SERVER_HOP = 3;
    private static final int HIGHEST = 255;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int FIRST_ZONE = 60_000;

    private BalancerLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                                "translation-loses-state",
                                "the router that stands for the server fails over and forgets the connection",
                                Truth.fault(
                                                "connection-state-lost",
                                                PROXY,
                                                "kexinit",
                                                11,
                                                "The reset returns our type of service, so a kernel sent it, but one a hop"
                                                        + " nearer than what spoke before.")
                                        .between(ROUTER2_HOP, ROUTER2_HOP),
                                Set.of(20),
                                SSHD,
                                List.of(
                                        new Obstacle.Published(),
                                        new Obstacle.KernelSetting(
                                                Node.ROUTER2, "net/netfilter/nf_conntrack_tcp_loose", "0"),
                                        new Obstacle.PacketFilter(Node.ROUTER2, zone(Integer.toString(FIRST_ZONE))),
                                        new Obstacle.Happens(
                                                BEFORE_THE_SERVER_HEARS,
                                                List.of(new Deed.Filter(Node.ROUTER2, zone(Deed.COUNT))))))
                        .showing("F5"),
                new Scenario(
                        "syn-proxy-before-abort",
                        "a router shakes hands in the server's place, and then the server hangs up on us",
                        Truth.fault(
                                        "aborted-without-reason",
                                        "server-process",
                                        "identification",
                                        10,
                                        "SYN-ACK and acknowledgements come from different hops; the reset continues"
                                                + " the latter. Such a router gives every later reset the number after"
                                                + " its own SYN-ACK, so a server that has spoken cannot be heard to"
                                                + " abort.")
                                .between(SERVER_HOP, SERVER_HOP),
                        Set.of(21),
                        new Server.Scripted(Script.HANGS_UP),
                        List.of(
                                new Obstacle.KernelSetting(Node.ROUTER2, "net/netfilter/nf_conntrack_tcp_loose", "0"),
                                new Obstacle.PacketFilter(Node.ROUTER2, Rulesets.synProxy()))),
                new Scenario(
                        "idle-reset-both-sides",
                        "the server takes its time, and a balancer resets both sides after two idle seconds",
                        idle("Both sides are reset at the same moment, when nothing has moved for two seconds."),
                        Set.of(37),
                        new Server.Scripted(Script.SAYS_NOTHING),
                        List.of(new Obstacle.OnLink(new Device.ResetsIdle(PATIENCE)))),
                new Scenario(
                        "idle-forgotten",
                        "the server takes its time, and a balancer that sees only our side forgets us meanwhile",
                        idle("The first segment of ours after two seconds of silence draws the reset."),
                        Set.of(38),
                        new Server.Scripted(Script.GREETS_LATE),
                        List.of(new Obstacle.OnLink(new Device.ForgetsIdle(PATIENCE)))),
                new Scenario(
                        "proxy-aborts",
                        "a proxy takes the connection, finds no server behind it, and aborts",
                        Truth.fault(
                                        "no-healthy-backend",
                                        PROXY,
                                        "identification",
                                        11,
                                        "Every segment comes from the proxy's hop, one before the server's.")
                                .between(ROUTER2_HOP, ROUTER2_HOP)
                                .or("aborted-without-reason", PROXY)
                                .orUndetermined()
                                .needingActiveEvidence()
                                .toldOnServerAs("no-listener"),
                        Set.of(39),
                        new Server.Nothing(),
                        List.of(new Obstacle.Proxied())),
                new Scenario(
                        "proxied-server-closes",
                        "a proxy aborts the connection when the server behind it has closed its own",
                        Truth.fault(
                                        "aborted-without-reason",
                                        PROXY,
                                        "kexinit",
                                        11,
                                        "The server's orderly close becomes an abort of the proxy's.")
                                .between(ROUTER2_HOP, ROUTER2_HOP)
                                .or("no-healthy-backend", PROXY)
                                .orUndetermined()
                                .needingActiveEvidence(),
                        Set.of(39),
                        new Server.Scripted(Script.CLOSES),
                        List.of(new Obstacle.Proxied())),
                new Scenario(
                        "container-host-rejects",
                        "the server is a container, and the packet filter of its host resets the SYN",
                        Truth.fault(
                                        "rejected-with-reset",
                                        "server-firewall",
                                        "connect",
                                        13,
                                        "The reset comes from the address we asked, a hop before the container.")
                                .between(ROUTER2_HOP, ROUTER2_HOP)
                                .orUndetermined()
                                .untoldOnServer(),
                        Set.of(40),
                        SSHD,
                        List.of(
                                new Obstacle.Published(),
                                new Obstacle.PacketFilter(
                                        Node.ROUTER2, Rulesets.openings("forward", "reject with tcp reset")))),
                new Scenario(
                        "two-ways",
                        "half of all connections take a way with a router more, and the server aborts",
                        Truth.fault(
                                        "aborted-without-reason",
                                        "server-process",
                                        "kexinit",
                                        10,
                                        "Two connections may differ by one hop; the reset and the data of each agree.")
                                .between(SERVER_HOP, SERVER_HOP + 1),
                        Set.of(44),
                        new Server.Scripted(Script.CLOSES_UNREAD),
                        List.of(new Obstacle.OnLink(new Device.LongerForSome(2)))),
                new Scenario(
                        "balancer-says-why",
                        "a balancer ends the connection with a reset that says why",
                        Truth.fault(
                                        "no-healthy-backend",
                                        PROXY,
                                        "identification",
                                        11,
                                        "The reset's payload is text: the pool has no member that is up.")
                                .between(1, ROUTER2_HOP)
                                .orUndetermined(),
                        Set.of(48),
                        SSHD,
                        List.of(new Obstacle.OnLink(Device.Forges.inPath(
                                new Match.Text(Match.SSH, true),
                                Forgery.RESET
                                        .withFlags(Flags.RST | Flags.ACK)
                                        .withTtl(new Figure.Fixed(HIGHEST))
                                        .withIdentification(new Figure.Dice(1, 0xffff))
                                        .withText("BIG-IP: [0x273e1f5:1196] No available pool member"))))));
    }

    /// The connections of one zone are not known in another, as those of one box are not known in its
    /// stand-in.
    static String zone(String number) {
        return Rulesets.filter("zone", "prerouting", "raw", "ct zone set " + number);
    }

    private static Truth idle(String detail) {
        return Truth.fault("idle-timeout", PROXY, "identification", 11, detail)
                .or("connection-state-lost", PROXY)
                .between(1, ROUTER2_HOP)
                .orUndetermined();
    }
}
