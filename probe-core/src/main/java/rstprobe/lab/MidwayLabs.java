package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_KEX;

import java.util.List;
import java.util.stream.Stream;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which a filter lets a connection open and stops it later: for its state, for what is said in it, or for
/// how much of it there was.
final class MidwayLabs {

    private static final String ON_SERVER = "server-firewall";
    private static final String IN_PATH = "in-path";
    private static final String PROXY = "proxy";
    private static final String IDENTIFICATION = "identification";
    private static final int ROUTER1_HOP = 1;
    private static final int ROUTER2_HOP = 2;
    private static final int SERVER_HOP = 3;
    private static final int IN_BETWEEN = 11;
    private static final int REFUSED = 13;
    private static final int PATTERN_BYTES = Match.SSH.length();

    /// A segment whose payload starts with `SSH-2.0-`. The filter looks at single segments.
    private static final String SAYS_SSH = "@ih,0,64 0x5353482d322e302d ";

    /// Packets of the client's up to NEWKEYS, as many as there may be.
    private static final int PACKETS_OF_KEX = 10;

    /// Before it is changed to 1, 2 and so on.
    private static final String FIRST_ZONE = "1000";

    private static final String RESETS = "reject with tcp reset";
    private static final String TOO_MANY = "ct original packets > " + PACKETS_OF_KEX + " ";

    private MidwayLabs() {}

    static List<Scenario> all() {
        return Stream.of(established(), inspected(), proxied(), later())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> established() {
        String established = Rulesets.toPort("ct state established ");
        return List.of(
                Scenario.ofCause(
                        "server-firewall-drops-established",
                        "B10",
                        "the server's packet filter takes SYNs and drops what belongs to a connection",
                        Truth.fault(
                                        "established-dropped",
                                        ON_SERVER,
                                        IDENTIFICATION,
                                        REFUSED,
                                        "Nothing of ours is ever acknowledged, and the SYN-ACK comes again and again.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .or("established-dropped", IN_PATH, IN_BETWEEN)
                                .orUndetermined(),
                        SSHD,
                        filter(Node.SERVER, "input", established + "drop")),
                Scenario.ofCause(
                        "server-firewall-drops-answers",
                        "B10",
                        "the server's packet filter takes SYNs and does not let their answers out",
                        OpeningLabs.lost(
                                        "established-dropped",
                                        ON_SERVER,
                                        REFUSED,
                                        "The SYN-ACK belongs to a connection already, and never leaves: no answer of"
                                                + " any kind.")
                                .between(SERVER_HOP, SERVER_HOP),
                        SSHD,
                        filter(Node.SERVER, "output", fromPort("ct state established drop"))),
                Scenario.ofCause(
                        "server-firewall-resets-established",
                        "B11",
                        "the server's packet filter takes SYNs and resets what belongs to a connection",
                        established(
                                IDENTIFICATION,
                                "The end of the handshake draws a reset with a type of service of 0; SYN-ACKs follow"
                                        + " it."),
                        SSHD,
                        filter(Node.SERVER, "input", established + RESETS)),
                Scenario.ofCause(
                        "server-firewall-prohibits-established",
                        "B11",
                        "the server's packet filter takes SYNs and rejects what belongs to a connection with ICMP",
                        established(
                                "connect",
                                "After the SYN-ACK, every segment of ours draws ICMP that quotes it; the socket says"
                                        + " \"refused\" where the first comes before it is asked."),
                        SSHD,
                        filter(Node.SERVER, "input", established + "reject with icmpx port-unreachable")));
    }

    private static Truth established(String stage, String detail) {
        return FirewallLabs.onServer("established-rejected", stage, detail);
    }

    private static List<Scenario> inspected() {
        String ours = Rulesets.toPort(SAYS_SSH);
        String theirs = fromPort(SAYS_SSH);
        return List.of(
                Scenario.ofCause(
                        "router-resets-our-identification",
                        "B12",
                        "the client's router resets the client when a segment of ours starts with SSH-2.0-",
                        inspected(
                                        "inspected-and-reset",
                                        "kexinit",
                                        "The reset has the router's hop count; the segment that drew it never arrives."
                                                + " One byte a segment passes unseen.")
                                .drawnByByte(PATTERN_BYTES),
                        SSHD,
                        filter(Node.ROUTER1, "forward", ours + RESETS)),
                Scenario.ofCause(
                        "router-drops-our-identification",
                        "B14",
                        "the client's router drops what we send when it starts with SSH-2.0-",
                        inspected(
                                        "inspected-and-dropped",
                                        "kexinit",
                                        "The server's identification comes, and ours is sent again and again and never"
                                                + " acknowledged. Other words and single bytes pass.")
                                .orUndetermined(),
                        SSHD,
                        filter(Node.ROUTER1, "forward", ours + "drop")),
                Scenario.ofCause(
                        "router-resets-server-identification",
                        "B13",
                        "the client's router resets the server when a segment of its starts with SSH-2.0-",
                        inspected(
                                        "inspected-and-reset",
                                        IDENTIFICATION,
                                        "Silence after an acknowledgement; what we say later draws a reset of the"
                                                + " server's kernel, which has no such connection any more; and so with"
                                                + " every connection.")
                                .orUndetermined(),
                        SSHD,
                        filter(Node.ROUTER1, "forward", theirs + RESETS)),
                Scenario.ofCause(
                        "router-drops-server-identification",
                        "B13",
                        "the client's router drops what the server sends when it starts with SSH-2.0-",
                        inspected(
                                        "inspected-and-dropped",
                                        IDENTIFICATION,
                                        "The server takes ours and its own never arrives; where its next message"
                                                + " leaves before it has missed an answer, our host acknowledges around"
                                                + " the hole.")
                                .orUndetermined(),
                        SSHD,
                        filter(Node.ROUTER1, "forward", theirs + "drop")));
    }

    private static Truth inspected(String cause, String stage, String detail) {
        return FirewallLabs.inPath(cause, stage, ROUTER1_HOP, ROUTER1_HOP, detail);
    }

    private static List<Scenario> proxied() {
        Truth silent = synProxy("A SYN-ACK of the router's hop and with a window of 0, which is never opened.")
                .toldOnServerAs("syn-dropped");
        Truth refused = synProxy("A SYN-ACK of the router's hop and with a window of 0, and the reset with which the"
                        + " server's kernel answers the router's SYN.")
                .or("no-listener", "server-kernel", 10)
                .toldOnServerAs("no-listener");
        return List.of(
                synProxy(
                        "syn-proxy-server-drops",
                        "a router shakes hands in the server's place, and the server drops the router's SYN",
                        silent,
                        SSHD,
                        FirewallLabs.openings(Node.SERVER, "input", "drop")),
                synProxy(
                        "syn-proxy-server-refuses",
                        "a router shakes hands in the server's place, and nothing listens on the server",
                        refused,
                        new Server.Nothing()));
    }

    private static Truth synProxy(String detail) {
        return Truth.fault("syn-proxy", PROXY, IDENTIFICATION, IN_BETWEEN, detail)
                .between(ROUTER2_HOP, ROUTER2_HOP)
                .or("no-healthy-backend", PROXY)
                .orUndetermined();
    }

    private static Scenario synProxy(String name, String story, Truth truth, Server server, Obstacle... refusal) {
        List<Obstacle> proxy = List.of(
                new Obstacle.KernelSetting(Node.ROUTER2, "net/netfilter/nf_conntrack_tcp_loose", "0"),
                new Obstacle.PacketFilter(Node.ROUTER2, Rulesets.synProxy()));
        Obstacle[] all = Stream.concat(proxy.stream(), Stream.of(refusal)).toArray(Obstacle[]::new);
        return Scenario.ofCause(name, "B22", story, truth, server, all);
    }

    private static List<Scenario> later() {
        return List.of(
                afterKex(
                        "router-resets-after-kex",
                        "the client's router resets the client when a connection to the port has got long",
                        Rulesets.toPort(TOO_MANY + RESETS),
                        "The key exchange is done when a reset comes with the router's hop count, whatever is said."),
                afterKex(
                        "router-drops-after-kex",
                        "the client's router drops every packet of ours when a connection to the port has got long",
                        Rulesets.toPort(TOO_MANY + "drop"),
                        "The key exchange is done when nothing of ours is acknowledged any more, whatever is said."),
                Scenario.ofCause(
                        "router-forgets-midway",
                        "F5",
                        "the server's router loses its table in the middle of a connection, and drops what it does not"
                                + " know",
                        FirewallLabs.inPath(
                                        "connection-state-lost",
                                        "kex",
                                        ROUTER2_HOP,
                                        ROUTER2_HOP,
                                        "From one moment on nothing passes either way, while new connections open.")
                                .or("filtered-after-kex", IN_PATH)
                                .or("inspected-and-dropped", IN_PATH)
                                .orUndetermined(),
                        SSHD,
                        new Obstacle.KernelSetting(Node.ROUTER2, "net/netfilter/nf_conntrack_tcp_loose", "0"),
                        filter(Node.ROUTER2, "forward", "ct state invalid drop"),
                        new Obstacle.PacketFilter(Node.ROUTER2, BalancerLabs.zone(FIRST_ZONE)),
                        new Obstacle.Happens(
                                BEFORE_THE_KEX,
                                List.of(new Deed.Filter(Node.ROUTER2, BalancerLabs.zone(Deed.COUNT))))));
    }

    private static Scenario afterKex(String name, String story, String rule, String detail) {
        Server server = Services.openSsh(Release.BOOKWORM);
        return Scenario.ofCause(
                name,
                "D6",
                story,
                FirewallLabs.inPath("filtered-after-kex", "service", ROUTER1_HOP, ROUTER1_HOP, detail)
                        .or("inspected-and-reset", IN_PATH)
                        .or("established-rejected", IN_PATH)
                        .orUndetermined(),
                server,
                new Obstacle.KernelSetting(Node.ROUTER1, "net/netfilter/nf_conntrack_acct", "1"),
                filter(Node.ROUTER1, "forward", rule));
    }

    private static Obstacle filter(Node node, String hook, String rule) {
        return new Obstacle.PacketFilter(node, Rulesets.filter("filter", hook, "filter", rule));
    }

    private static String fromPort(String rest) {
        return Rulesets.toPort(rest).replace("dport", "sport");
    }
}
