package rstprobe.lab;

import static rstprobe.lab.Labs.SSHD;

import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;

/// Networks in which the client's own host ends the connection, and networks in which nobody is there
/// to end it.
final class HostLabs {

    private static final String THIS_HOST = "this-host";

    private HostLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "own-filter-rejects",
                        "the client's own packet filter resets what it wants to send",
                        Truth.fault(
                                        "local-firewall",
                                        THIS_HOST,
                                        "connect",
                                        14,
                                        "The reset is seen on the loopback interface; nothing ever leaves the host.")
                                .between(0, 0),
                        Set.of(22),
                        SSHD,
                        List.of(new Obstacle.PacketFilter(
                                Node.CLIENT, Rulesets.openings("output", "reject with tcp reset")))),
                new Scenario(
                        "own-translation-loses-segment",
                        "the client's own translation fails for one segment, and its kernel resets the server",
                        Truth.fault(
                                        "local-no-socket",
                                        THIS_HOST,
                                        "kexinit",
                                        14,
                                        "Our host sends the first reset itself, to a segment that belonged to no window"
                                                + " and so was not translated; the server's reset comes after. Where"
                                                + " bytes of ours arrive before it, its number is too old and nothing"
                                                + " happens.")
                                .between(0, 0)
                                .orHealthy(),
                        Set.of(41),
                        SSHD,
                        List.of(
                                OwnHostLabs.secondAddress(),
                                new Obstacle.PacketFilter(Node.CLIENT, Rulesets.clientTranslates()),
                                new Obstacle.OnLink(new Device.Strays()))),
                new Scenario(
                                "own-route-prohibits",
                                "the client's own routing table forbids the server",
                                Truth.fault(
                                        "host-unreachable",
                                        THIS_HOST,
                                        "connect",
                                        4,
                                        "No packet can leave, so there is nothing to record: one line says why."),
                                SSHD,
                                List.of(new Obstacle.Routing(
                                        Node.CLIENT,
                                        "route replace prohibit " + Topology.SERVER_NETWORK4 + "\nroute delete "
                                                + Topology.SERVER_NETWORK6 + "\nroute add prohibit "
                                                + Topology.SERVER_NETWORK6 + "\n")))
                        .showing("H6"),
                new Scenario(
                                "host-down",
                                "the server is off",
                                Truth.fault(
                                                "host-unreachable",
                                                "in-path",
                                                "connect",
                                                4,
                                                "The last router asks for the server's link address in vain and says so with"
                                                        + " ICMP type 3 code 1 after some seconds.")
                                        .orUndetermined()
                                        .toldOnServerAs("host-unreachable"),
                                SSHD,
                                List.of(new Obstacle.Routing(Node.SERVER, "link set eth0 down\n")))
                        .showing("A5"),
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
                                List.of(new Obstacle.Routing(
                                        Node.ROUTER1,
                                        "route delete " + Topology.SERVER_NETWORK4 + "\nroute delete "
                                                + Topology.SERVER_NETWORK6 + "\n")))
                        .showing("A5"));
    }
}
