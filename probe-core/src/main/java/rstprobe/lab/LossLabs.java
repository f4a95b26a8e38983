package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.SizeObstacles.narrow;
import static rstprobe.lab.SizeObstacles.silent;

import java.util.List;
import java.util.stream.Stream;
import rstprobe.lab.BitFlipper.Where;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which something on the way loses or spoils packets, for their length, for their marking or at random,
/// and says nothing.
final class LossLabs {

    private static final String PATH = "path";
    private static final String IN_PATH = "in-path";
    private static final String PROCESS = "server-process";
    private static final String ROUTER_FILTER = "filter";
    private static final int ROUTER1_HOP = 1;
    private static final int ROUTER2_HOP = 2;
    private static final int BROKEN = 10;
    private static final int IN_BETWEEN = 11;
    private static final int TOO_LONG = 12;

    /// Bytes of the longest IP packet that passes.
    private static final int LONGEST = 1400;

    private static final String TO_SERVER =
            "ip daddr " + Topology.SERVER4 + " %1$s\n    ip6 daddr " + Topology.SERVER6 + " %1$s";
    private static final String FROM_SERVER = TO_SERVER.replace("daddr", "saddr");
    private static final String LOSES_LONG = "meta length > " + LONGEST + " drop";

    /// A first message of the key exchange (number 30, RFC 4253 section 8) that is as long as those of post-quantum
    /// methods. It starts its segment: nothing is sent with it.
    private static final String LOSES_LARGE_KEX = Rulesets.toPort("@ih,40,8 30 meta length > 1000 drop");

    private LossLabs() {}

    static List<Scenario> all() {
        return Stream.of(tooLong(), marked(), spoiled()).flatMap(List::stream).toList();
    }

    private static List<Scenario> tooLong() {
        return List.of(
                blackHole(
                        "loses-long-to-server",
                        "D3",
                        "a router drops packets of more than 1400 bytes towards the server",
                        "Our KEXINIT's long segment is never acknowledged, and the short one after it selectively.",
                        SSHD,
                        filter(Node.ROUTER1, TO_SERVER.formatted(LOSES_LONG))),
                blackHole(
                        "loses-long-to-client",
                        "D4",
                        "a router drops packets of more than 1400 bytes from the server",
                        "The end of the server's answer in the key exchange arrives, and its long segment never does.",
                        SSHD,
                        losesLongToClient()),
                blackHole(
                        "narrow-path",
                        "D3 D4",
                        "a link between the routers takes 1400 bytes, and the errors that say so are filtered",
                        "Long segments vanish both ways, without the ICMP that would say how long they may be.",
                        SSHD,
                        narrow(Node.ROUTER1, "eth1", LONGEST),
                        narrow(Node.ROUTER2, "eth0", LONGEST),
                        silent(Node.ROUTER1),
                        silent(Node.ROUTER2)),
                Scenario.ofCause(
                        "narrow-path-says-so",
                        "",
                        "the same link, and the errors arrive",
                        Truth.healthy("Each side learns the length from one ICMP error, and goes on at once."),
                        SSHD,
                        narrow(Node.ROUTER1, "eth1", LONGEST),
                        narrow(Node.ROUTER2, "eth0", LONGEST)),
                Scenario.ofCause(
                        "narrow-path-probed",
                        "",
                        "the same link, the errors are filtered, and both ends try shorter segments by themselves",
                        Truth.healthy("Each side loses its long segments for seconds, and then tries shorter ones."),
                        SSHD,
                        narrow(Node.ROUTER1, "eth1", LONGEST),
                        narrow(Node.ROUTER2, "eth0", LONGEST),
                        silent(Node.ROUTER1),
                        silent(Node.ROUTER2),
                        tries(Node.CLIENT),
                        tries(Node.SERVER)),
                Scenario.ofCause(
                        "long-kex-reply-lost",
                        "D5",
                        "OpenSSH 10.0 answers a post-quantum key exchange in more than 1400 bytes, and a router drops"
                                + " those",
                        longLost("Of the server's answers, the one to the large key exchange alone is too long.")
                                .or("large-kex-fails", IN_PATH, IN_BETWEEN)
                                .or("large-kex-fails", PATH, Truth.UNDETERMINED),
                        Services.openSsh(Release.TRIXIE),
                        filter(Node.ROUTER2, FROM_SERVER.formatted(LOSES_LONG))),
                Scenario.ofCause(
                        "large-kex-lost",
                        "D5",
                        "a router drops the first message of a large key exchange, and no other packet of its length",
                        FirewallLabs.inPath(
                                        "large-kex-fails",
                                        "kex",
                                        ROUTER1_HOP,
                                        ROUTER1_HOP,
                                        "KEXINIT arrives in longer packets than the one that is never acknowledged; a"
                                                + " small key exchange passes.")
                                .or("large-kex-fails", PATH, Truth.UNDETERMINED)
                                .or("inspected-and-dropped", IN_PATH)
                                .orUndetermined(),
                        Services.openSsh(Release.TRIXIE),
                        filter(Node.ROUTER1, LOSES_LARGE_KEX)));
    }

    /// A kernel that tries shorter segments where long ones are lost several times (RFC 4821).
    private static Obstacle tries(Node node) {
        return new Obstacle.KernelSetting(node, "net/ipv4/tcp_mtu_probing", "1");
    }

    /// A router that drops long packets from the server.
    static Obstacle losesLongToClient() {
        return filter(Node.ROUTER2, FROM_SERVER.formatted(LOSES_LONG));
    }

    private static Scenario blackHole(
            String name, String rows, String story, String detail, Server server, Obstacle... obstacles) {
        return Scenario.ofCause(name, rows, story, longLost(detail), server, obstacles);
    }

    private static Truth longLost(String detail) {
        return Truth.fault("mtu-black-hole", PATH, "kex", TOO_LONG, detail).or("mtu-black-hole", IN_PATH);
    }

    private static List<Scenario> marked() {
        return List.of(
                Scenario.ofCause(
                        "expedited-lost",
                        "G6",
                        "OpenSSH 10.0 marks what it sends as expedited, and a router drops what is marked so",
                        lost(
                                        "identification",
                                        "The SYN-ACK, which its kernel sends unmarked, is all that comes from the"
                                                + " server.")
                                .or("inspected-and-dropped", IN_PATH)
                                .or("established-dropped", IN_PATH)
                                .or("established-dropped", "server-firewall", 13)
                                .or("listener-stalled", PROCESS, BROKEN),
                        Services.openSsh(Release.TRIXIE),
                        filter(Node.ROUTER2, marking("0x2e"))),
                Scenario.ofCause(
                        "our-marking-lost",
                        "G6",
                        "a router drops what is marked as our client marks all it sends",
                        lost("connect", "No SYN is answered, and one without the marking would be.")
                                .or("syn-dropped", "unknown", 4)
                                .or("syn-dropped", IN_PATH, 4),
                        SSHD,
                        filter(Node.ROUTER1, marking("0x12"))),
                Scenario.ofCause(
                        "loses-one-in-five",
                        "",
                        "a router loses one packet in five at random",
                        Truth.fault(
                                        "lossy-path",
                                        PATH,
                                        "kex",
                                        Truth.UNDETERMINED,
                                        "Segments of any length vanish both ways and come again; most connections are"
                                                + " slow and some fail.")
                                .or("lossy-path", IN_PATH)
                                .orHealthy(),
                        SSHD,
                        filter(Node.ROUTER1, "numgen random mod 5 == 0 drop")));
    }

    private static Truth lost(String stage, String detail) {
        return FirewallLabs.inPath("dscp-dropped", stage, ROUTER1_HOP, ROUTER2_HOP, detail)
                .orUndetermined();
    }

    private static String marking(String codePoint) {
        return "ip dscp %1$s drop\n    ip6 dscp %1$s drop".formatted(codePoint);
    }

    private static List<Scenario> spoiled() {
        return List.of(
                Scenario.ofCause(
                        "message-added",
                        "D9",
                        "a device puts an SSH_MSG_IGNORE before our KEXINIT, and both sides want strict key exchange",
                        FirewallLabs.inPath(
                                        "strict-kex-violation",
                                        "kex",
                                        ROUTER1_HOP,
                                        ROUTER2_HOP,
                                        "The server takes leave in clear: KEXINIT was not the first packet it got. It was"
                                                + " the first we sent, so somebody between has added one.")
                                .or("strict-kex-violation", PROCESS, BROKEN)
                                .orUndetermined()
                                .toldOnServerAs("strict-kex-violation"),
                        Services.openSsh(Release.TRIXIE),
                        new Obstacle.OnLink(new Device.AddsMessage())),
                spoiled(
                        "length-spoiled",
                        "a device flips a bit in the length of our KEXINIT",
                        Where.CLIENT_LENGTH,
                        "kex",
                        "The server meets a message of millions of bytes, and ends the connection.",
                        "closed-without-reason",
                        "aborted-without-reason"),
                spoiled(
                        "kexinit-spoiled",
                        "a device flips a bit in the random bytes of the server's KEXINIT",
                        Where.SERVER_COOKIE,
                        "kex",
                        "Both sides go on to the signature, which is over other bytes than those that arrived.",
                        "host-key-failure"),
                spoiled(
                        "encrypted-spoiled",
                        "a device flips a bit in our first encrypted message",
                        Where.CLIENT_ENCRYPTED,
                        "service",
                        "The server finds a message that does not fit its authentication code.",
                        "closed-without-reason",
                        "aborted-without-reason"));
    }

    private static Scenario spoiled(
            String name, String story, Where where, String stage, String detail, String... looksLike) {
        Truth truth = FirewallLabs.inPath("stream-corrupted", stage, ROUTER1_HOP, ROUTER2_HOP, detail)
                .or("stream-corrupted", PATH, Truth.UNDETERMINED)
                .orUndetermined();
        if (where != Where.SERVER_COOKIE) {
            // What it reads itself is spoiled, and sshd logs that.
            truth = truth.toldOnServerAs("stream-corrupted");
        }
        for (String other : looksLike) {
            truth = truth.or(other, PROCESS, BROKEN);
        }
        return Scenario.ofCause(
                name,
                "D10",
                story,
                truth,
                Services.openSsh(Release.BOOKWORM),
                new Obstacle.OnLink(new Device.Flips(where)));
    }

    private static Obstacle filter(Node router, String rules) {
        return new Obstacle.PacketFilter(router, Rulesets.filter(ROUTER_FILTER, "forward", ROUTER_FILTER, rules));
    }
}
