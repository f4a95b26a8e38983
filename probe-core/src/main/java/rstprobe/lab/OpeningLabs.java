package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;
import static rstprobe.lab.TurningPoint.Moment.BEFORE_THE_HANDSHAKE_ENDS;

import java.util.List;
import java.util.stream.Stream;
import rstprobe.lab.Deed.Signal;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which the opening of a connection is refused, lost or taken by nobody.
final class OpeningLabs {

    private static final String ON_SERVER = "server-firewall";
    private static final String KERNEL = "server-kernel";
    private static final String IN_PATH = "in-path";
    private static final String UNKNOWN = "unknown";
    private static final String CONNECT = "connect";
    private static final int ROUTER1_HOP = 1;
    private static final int SERVER_HOP = 3;
    private static final int UNREACHABLE = 4;
    private static final int BROKEN = 10;
    private static final int IN_BETWEEN = 11;
    private static final int REFUSED = 13;

    /// As many connections as a table has room for.
    private static final int ROOM = 3;

    private static final int SHORT_QUEUE = 2;

    private OpeningLabs() {}

    static List<Scenario> all() {
        return Stream.of(rejecting(), oneFamily(), overflowing())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> rejecting() {
        return List.of(
                rejects("net-unreachable", "net-unreachable", "no-route", 0),
                rejects("host-unreachable", "host-unreachable", "addr-unreachable", 1),
                rejects("protocol-unreachable", "prot-unreachable", "reject-route", 2),
                rejects("net-prohibited", "net-prohibited", "policy-fail", 9),
                rejects("host-prohibited", "host-prohibited", "admin-prohibited", 10),
                Scenario.ofCause(
                        "server-firewall-rejects-rarely",
                        "A2 A4",
                        "a packet filter on the server rejects SYNs with ICMP, and answers one in three only",
                        Truth.fault(
                                        "rejected-with-icmp",
                                        ON_SERVER,
                                        CONNECT,
                                        REFUSED,
                                        "Two SYNs are lost without a word, as where a host sends no more errors than it"
                                                + " may; the third draws ICMP.")
                                .between(SERVER_HOP, SERVER_HOP),
                        SSHD,
                        FirewallLabs.openings(Node.SERVER, "input", "numgen inc mod 3 < 2 drop"),
                        new Obstacle.PacketFilter(
                                Node.SERVER,
                                Rulesets.filter(
                                        "last",
                                        "input",
                                        "filter + 1",
                                        Rulesets.toPort("ct state new reject with icmpx admin-prohibited")))));
    }

    /// A filter on the server's host rejects with one of the codes that IPv4 knows, and with the one of IPv6 that is
    /// nearest to it.
    ///
    /// @param four as nft writes it
    /// @param six  as nft writes it
    private static Scenario rejects(String word, String four, String six, int code) {
        return Scenario.ofCause(
                "server-firewall-says-" + word,
                "A2",
                "a packet filter on the server host answers the SYN with ICMP " + word.replace('-', ' '),
                Truth.fault(
                                "rejected-with-icmp",
                                ON_SERVER,
                                CONNECT,
                                REFUSED,
                                "ICMP type 3 code " + code + " from the server's own address.")
                        .between(SERVER_HOP, SERVER_HOP),
                SSHD,
                new Obstacle.PacketFilter(
                        Node.SERVER,
                        Rulesets.filter(
                                "filter",
                                "input",
                                "filter",
                                Rulesets.toPort("meta nfproto ipv4 reject with icmp type " + four + "\n    ")
                                        + Rulesets.toPort("meta nfproto ipv6 reject with icmpv6 type " + six))));
    }

    private static List<Scenario> oneFamily() {
        return List.of(
                Scenario.ofCause(
                        "only-ipv6-serves",
                        "A9",
                        "the server's name has addresses of both families, and its filter drops SYNs over IPv4",
                        Truth.fault(
                                        "one-family-broken",
                                        ON_SERVER,
                                        CONNECT,
                                        UNREACHABLE,
                                        "SYNs to the one address are lost, and the other address of that name serves.")
                                .or("one-family-broken", UNKNOWN)
                                .or("syn-dropped", UNKNOWN)
                                .orHealthy()
                                .toldOnServerAs("one-family-broken", "syn-dropped"),
                        SSHD,
                        new Obstacle.Named(),
                        FirewallLabs.openings(Node.SERVER, "input", "meta nfproto ipv4 drop")),
                Scenario.ofCause(
                        "only-ipv4-serves",
                        "A9",
                        "the server's name has addresses of both families, and sshd listens on the one of IPv4 only",
                        Truth.fault(
                                        "one-family-broken",
                                        KERNEL,
                                        CONNECT,
                                        BROKEN,
                                        "The port is closed over IPv6 and serves over IPv4: who asks one family finds"
                                                + " nothing, or a closed port.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .or("no-listener", KERNEL)
                                .orHealthy()
                                .toldOnServerAs("one-family-broken", "no-listener"),
                        Services.openSshOverIpv4(),
                        new Obstacle.Named()));
    }

    private static List<Scenario> overflowing() {
        return List.of(
                Scenario.ofCause(
                        "accept-queue-full",
                        "F2",
                        "sshd's listener is stopped, and its queue is full of others' connections",
                        lost(
                                        "accept-queue-overflow",
                                        KERNEL,
                                        BROKEN,
                                        "Its kernel drops every SYN for which the queue has no room; as silent as a"
                                                + " filter.")
                                .between(SERVER_HOP, SERVER_HOP),
                        Services.openSsh(Release.BOOKWORM),
                        shortQueue(),
                        new Obstacle.Beforehand(List.of(stopped(), new Deed.FillsQueue(SHORT_QUEUE + 1)))),
                overflow(
                        "accept-queue-fills",
                        "F2",
                        "0",
                        Truth.fault(
                                        "accept-queue-overflow",
                                        KERNEL,
                                        "identification",
                                        BROKEN,
                                        "Its kernel drops our half of the handshake, repeats its SYN-ACK, takes"
                                                + " nothing, and drops the SYNs that come later.")
                                .or("established-dropped", ON_SERVER, REFUSED)
                                .or("established-dropped", IN_PATH, IN_BETWEEN)),
                overflow(
                        "accept-queue-overflow-aborts",
                        "F3",
                        "1",
                        Truth.fault(
                                "accept-queue-overflow",
                                KERNEL,
                                "identification",
                                BROKEN,
                                "Its kernel answers our half of the handshake with a reset without ACK, no"
                                        + " window and no options, but with our type of service; it drops the"
                                        + " SYNs that come later.")),
                Scenario.ofCause(
                        "connection-table-full",
                        "F4",
                        "a router's table has room for three connections to the server, and others have them",
                        lost(
                                        "connection-table-full",
                                        IN_PATH,
                                        IN_BETWEEN,
                                        "Connections that stand go on; SYNs are dropped as a filter would.")
                                .between(ROUTER1_HOP, ROUTER1_HOP),
                        SSHD,
                        new Obstacle.PacketFilter(
                                Node.ROUTER1,
                                Rulesets.filter(
                                        "room",
                                        "forward",
                                        "filter",
                                        Rulesets.toPort("ct state new ct count over " + ROOM + " drop"))),
                        new Obstacle.HeldConnections(Node.CLIENT, ROOM, true)));
    }

    private static Scenario overflow(String name, String row, String aborts, Truth truth) {
        return Scenario.ofCause(
                name,
                row,
                "sshd's listener is stopped, and others fill its queue while we shake hands"
                        + (aborts.equals("1") ? "; its kernel aborts what does not fit" : ""),
                truth.between(SERVER_HOP, SERVER_HOP)
                        .or("listener-stalled", "server-process")
                        .orUndetermined(),
                Services.openSsh(Release.BOOKWORM),
                shortQueue(),
                new Obstacle.KernelSetting(Node.SERVER, "net/ipv4/tcp_abort_on_overflow", aborts),
                new Obstacle.Beforehand(List.of(stopped())),
                new Obstacle.Happens(BEFORE_THE_HANDSHAKE_ENDS, List.of(new Deed.FillsQueue(SHORT_QUEUE + 1))));
    }

    /// A queue takes one connection more than its length.
    private static Obstacle shortQueue() {
        return new Obstacle.KernelSetting(Node.SERVER, "net/core/somaxconn", Integer.toString(SHORT_QUEUE));
    }

    private static Deed stopped() {
        return new Signal(Signal.Name.STOP, Signal.To.LISTENER);
    }

    /// A fault that drops SYNs: to the client nothing but a SYN that is never answered.
    static Truth lost(String cause, String origin, int exitCode, String detail) {
        return Truth.fault(cause, origin, CONNECT, exitCode, detail)
                .or("syn-dropped", UNKNOWN, UNREACHABLE)
                .or("syn-dropped", IN_PATH, UNREACHABLE)
                .or("syn-dropped", ON_SERVER, UNREACHABLE)
                .orUndetermined();
    }
}
