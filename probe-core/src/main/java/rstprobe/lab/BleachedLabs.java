package rstprobe.lab;

import static rstprobe.lab.FirewallLabs.ROUTER2_HOP;
import static rstprobe.lab.FirewallLabs.SERVER_HOP;
import static rstprobe.lab.FirewallLabs.inPath;
import static rstprobe.lab.FirewallLabs.onServer;
import static rstprobe.lab.FirewallLabs.openings;
import static rstprobe.lab.Labs.SSHD;

import java.util.List;
import java.util.Set;
import rstprobe.lab.Scenario.Obstacle;
import rstprobe.lab.Scenario.Server;

/// Networks in which a router clears every type of service, so that none comes back, whoever refuses.
final class BleachedLabs {

    private BleachedLabs() {}

    static List<Scenario> all() {
        return List.of(
                new Scenario(
                        "markings-bleached",
                        "nothing listens on the port, and the client's router clears every type of service",
                        Truth.fault(
                                        "no-listener",
                                        "server-kernel",
                                        "connect",
                                        10,
                                        "A type of service of 0 tells nothing here: ours never arrived.")
                                .between(SERVER_HOP, SERVER_HOP)
                                .orUndetermined()
                                .needingActiveEvidence(),
                        Set.of(43),
                        new Server.Nothing(),
                        List.of(bleaching())),
                new Scenario(
                        "markings-bleached-rejected",
                        "the server's packet filter resets the SYN, and the client's router clears every type of service",
                        onServer(
                                        "rejected-with-reset",
                                        "connect",
                                        "Nothing returns our type of service; over IPv4 the kernel's resets return IP"
                                                + " options, the filter's do not.")
                                .orUndetermined()
                                .needingActiveEvidence(),
                        SSHD,
                        List.of(bleaching(), openings(Node.SERVER, "input", "reject with tcp reset"))),
                new Scenario(
                        "last-router-rejects-bleached",
                        "the server's router resets the SYN, and the client's router clears every type of service",
                        inPath(
                                        "rejected-with-reset",
                                        "connect",
                                        ROUTER2_HOP,
                                        ROUTER2_HOP,
                                        "The reset has the router's hop count; nothing returns our type of service.")
                                .orUndetermined()
                                .needingActiveEvidence(),
                        SSHD,
                        List.of(bleaching(), openings(Node.ROUTER2, "forward", "reject with tcp reset"))));
    }

    private static Obstacle bleaching() {
        return new Obstacle.PacketFilter(
                Node.ROUTER1,
                Rulesets.filter("bleaching", "forward", "mangle", "ip dscp set cs0\n    ip6 dscp set cs0"));
    }
}
