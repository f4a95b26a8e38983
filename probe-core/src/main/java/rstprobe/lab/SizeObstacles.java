package rstprobe.lab;

import java.util.ArrayList;
import java.util.List;
import rstprobe.lab.Scenario.Obstacle;

/// What limits the size of packets in a practice network, and what keeps their senders from hearing of it.
final class SizeObstacles {
    static final int JUMBO = 9000;
    private static final String FILTER = "filter";

    private SizeObstacles() {}

    /// A setting of the server's kernel that is off.
    static Obstacle server(String setting) {
        return new Obstacle.KernelSetting(Node.SERVER, setting, "0");
    }

    /// No hop where a TTL ends.
    static Obstacle mute(Node router) {
        return withholding(router, "time-exceeded", "time-exceeded");
    }

    /// Every link takes jumbo frames.
    static Obstacle[] jumbo(Obstacle... more) {
        List<Obstacle> all = new ArrayList<>();
        all.add(links(Node.CLIENT, "eth0"));
        all.add(links(Node.ROUTER1, "eth0", "eth1"));
        all.add(links(Node.BRIDGE, Topology.TOWARDS_CLIENT, Topology.TOWARDS_SERVER));
        all.add(links(Node.ROUTER2, "eth0", "eth1"));
        all.add(links(Node.SERVER, "eth0"));
        all.addAll(List.of(more));
        return all.toArray(Obstacle[]::new);
    }

    /// Links that take jumbo frames.
    static Obstacle links(Node node, String... names) {
        StringBuilder batch = new StringBuilder();
        for (String name : names) {
            batch.append("link set ").append(name).append(" mtu ").append(JUMBO).append('\n');
        }
        return new Obstacle.Routing(node, batch.toString());
    }

    /// A rule that loses what is longer, header included.
    static String longerThan(int bytes) {
        return "meta length > " + bytes + " drop";
    }

    /// Rules for what a router forwards.
    static Obstacle filter(Node router, String rules) {
        return new Obstacle.PacketFilter(router, Rulesets.filter(FILTER, "forward", FILTER, rules));
    }

    /// A link that sends no more.
    static Obstacle narrow(Node router, String link, int bytes) {
        return new Obstacle.Routing(router, "link set " + link + " mtu " + bytes + "\n");
    }

    /// A route with an MTU binds what is forwarded along it, and no packet that comes the other way.
    static Obstacle narrowBack(int bytes) {
        return new Obstacle.Routing(
                Node.ROUTER2,
                "route change 198.18.1.0/24 via 198.18.2.1 mtu %1$d\nroute change 2001:db8:1::/64 via 2001:db8:2::1 mtu %1$d\n"
                        .formatted(bytes));
    }

    /// No word of packets that are too big.
    static Obstacle silent(Node router) {
        return withholding(router, "destination-unreachable", "packet-too-big");
    }

    /// A stateful firewall that lets nothing new pass but SSH.
    static Obstacle onlySsh() {
        return onlySsh("");
    }

    /// The same, which takes no connection up that it did not see begin.
    static Obstacle onlySshFromItsSyn() {
        return onlySsh("tcp flags & (syn | ack) == syn ");
    }

    private static Obstacle onlySsh(String opening) {
        return new Obstacle.PacketFilter(
                Node.ROUTER2,
                Rulesets.filter(
                        "guard",
                        "forward",
                        "10",
                        "ct state invalid drop\n    ct state established,related accept\n    iifname eth0 " + opening
                                + "tcp dport " + Topology.PORT + " ct state new accept\n    drop"));
    }

    /// A firewall that lets datagrams and errors pass, and neither connections nor echoes.
    static Obstacle onlyDatagrams() {
        return filter(
                Node.ROUTER2,
                "iifname eth0 meta l4proto tcp drop\n    iifname eth0 icmp type echo-request drop\n"
                        + "    iifname eth0 icmpv6 type echo-request drop");
    }

    private static Obstacle withholding(Node router, String error, String error6) {
        return new Obstacle.PacketFilter(
                router,
                Rulesets.filter(
                        "errors",
                        "output",
                        FILTER,
                        "icmp type %s drop\n    icmpv6 type %s drop".formatted(error, error6)));
    }
}
