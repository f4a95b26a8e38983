package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rstprobe.linux.Offloads;

/// The namespaces of a lab, their links, addresses and routes.
///
/// Every link is made inside the namespaces it joins, so nothing of a lab is ever in the machine's own namespace.
final class Topology {

    /// The port the server is asked on.
    static final int PORT = 22;

    static final String CLIENT4 = "198.18.1.2";
    static final String CLIENT6 = "2001:db8:1::2";

    /// A second address of the client's, where a network gives it one.
    static final String SECOND_CLIENT4 = "198.18.1.3";

    static final String SECOND_CLIENT6 = "2001:db8:1::3";

    static final String SERVER4 = "198.18.3.2";
    static final String SERVER6 = "2001:db8:3::2";

    /// The name that has both addresses of the server's, where a network has one.
    static final String SERVER_NAME = "server.example";

    static final String SERVER_NETWORK4 = "198.18.3.0/24";
    static final String SERVER_NETWORK6 = "2001:db8:3::/64";

    /// The address of the server's router that stands for a published server.
    static final String PUBLISHED4 = "198.18.2.2";

    static final String PUBLISHED6 = "2001:db8:2::2";

    /// The two ends of the link between the routers, inside the bridge's namespace.
    static final String TOWARDS_CLIENT = "left";

    static final String TOWARDS_SERVER = "right";

    private static final String ROUTER1_MAC = "02:00:5e:00:02:01";
    private static final String ROUTER2_MAC = "02:00:5e:00:02:02";

    private Topology() {}

    /// Builds all of it.
    static void build(LabName lab) throws IOException, CannotBuild {
        try {
            Program.run(Program.IP.with("-batch", "-"), namespaces(lab));
            for (Node node : Node.values()) {
                Entering.call(lab.namespacePath(node), () -> settle(node));
            }
        } catch (IOException forbidden) {
            throw new CannotBuild(
                    "network namespaces cannot be made or set up here (" + forbidden.getMessage() + ")",
                    "run it as root with CAP_SYS_ADMIN and CAP_NET_ADMIN, and with /proc/sys writable");
        }
        Program.run(Program.IP.with("-batch", "-"), links(lab));
        for (Node node : Node.values()) {
            Program.run(Program.IP.with("-n", lab.namespace(node), "-batch", "-"), addresses(node));
        }
        turnOffloadsOff(lab);
    }

    private static String namespaces(LabName lab) {
        StringBuilder batch = new StringBuilder();
        lab.namespaces().forEach(name -> batch.append("netns add ").append(name).append('\n'));
        return batch.toString();
    }

    /// Kernel settings of a namespace, written before it has a link. Without duplicate address detection an IPv6
    /// address is usable at once; without router solicitation the network is quiet.
    private static Void settle(Node node) throws IOException {
        boolean routes = node == Node.ROUTER1 || node == Node.ROUTER2;
        write("net/ipv4/ip_forward", routes);
        write("net/ipv6/conf/all/forwarding", routes);
        for (String which : List.of("all", "default")) {
            write("net/ipv6/conf/" + which + "/disable_ipv6", node == Node.BRIDGE);
            write("net/ipv6/conf/" + which + "/accept_dad", false);
            write("net/ipv6/conf/" + which + "/router_solicitations", false);
        }
        return null;
    }

    private static void write(String setting, boolean on) throws IOException {
        Files.writeString(Path.of("/proc/sys").resolve(setting), on ? "1" : "0");
    }

    private static String links(LabName lab) {
        return """
                link add eth0 netns %1$s type veth peer name eth0 netns %2$s
                link add eth1 netns %2$s address %6$s type veth peer name %8$s netns %3$s
                link add eth0 netns %4$s address %7$s type veth peer name %9$s netns %3$s
                link add eth1 netns %4$s type veth peer name eth0 netns %5$s
                """.formatted(
                        lab.namespace(Node.CLIENT),
                        lab.namespace(Node.ROUTER1),
                        lab.namespace(Node.BRIDGE),
                        lab.namespace(Node.ROUTER2),
                        lab.namespace(Node.SERVER),
                        ROUTER1_MAC,
                        ROUTER2_MAC,
                        TOWARDS_CLIENT,
                        TOWARDS_SERVER);
    }

    private static String addresses(Node node) {
        String lines = switch (node) {
            case CLIENT -> "link set eth0 up\n" + address("eth0", 1, 2) + route(2, 1, 1) + route(3, 1, 1);
            case ROUTER1 ->
                "link set eth0 up\nlink set eth1 up\n"
                        + address("eth0", 1, 1)
                        + address("eth1", 2, 1)
                        + neighbour("eth1", 2, ROUTER2_MAC)
                        + route(3, 2, 2);
            case BRIDGE -> "link set " + TOWARDS_CLIENT + " up\nlink set " + TOWARDS_SERVER + " up\n";
            case ROUTER2 ->
                "link set eth0 up\nlink set eth1 up\n"
                        + address("eth0", 2, 2)
                        + address("eth1", 3, 1)
                        + neighbour("eth0", 1, ROUTER1_MAC)
                        + route(1, 2, 1);
            case SERVER -> "link set eth0 up\n" + address("eth0", 3, 2) + route(1, 3, 1) + route(2, 3, 1);
        };
        return "link set lo up\n" + lines;
    }

    private static String address(String link, int network, int host) {
        return "address add 198.18.%1$d.%2$d/24 dev %3$s\naddress add 2001:db8:%1$d::%2$d/64 dev %3$s nodad\n"
                .formatted(network, host, link);
    }

    private static String route(int network, int viaNetwork, int viaHost) {
        return "route add 198.18.%1$d.0/24 via 198.18.%2$d.%3$d\nroute add 2001:db8:%1$d::/64 via 2001:db8:%2$d::%3$d\n"
                .formatted(network, viaNetwork, viaHost);
    }

    /// The routers know each other's address for good: else the first segment through a slow link would also wait for
    /// the question, and a lost question would cost a second.
    private static String neighbour(String link, int host, String mac) {
        return "neighbour add 198.18.2.%1$d lladdr %2$s dev %3$s\nneighbour add 2001:db8:2::%1$d lladdr %2$s dev %3$s\n"
                .formatted(host, mac, link);
    }

    /// What a capture shows must be what crossed the wire: segments of at most one MTU, with their checksum filled in.
    private static void turnOffloadsOff(LabName lab) throws IOException {
        for (Node node : Node.values()) {
            Entering.call(lab.namespacePath(node), () -> {
                for (String link : links(node)) {
                    Offloads.switchOff(link);
                }
                return null;
            });
        }
    }

    /// As network cards come. What moves frames between the routers by itself can move no more than a packet at a time,
    /// so the link between them stays as it is.
    static void turnOffloadsOn(LabName lab) throws IOException {
        for (Node node : List.of(Node.CLIENT, Node.ROUTER1, Node.ROUTER2, Node.SERVER)) {
            Entering.call(lab.namespacePath(node), () -> {
                Offloads.switchOn(node == Node.ROUTER2 ? "eth1" : "eth0");
                return null;
            });
        }
    }

    /// A command in a mount namespace of its own, whose file of hosts knows the server's name.
    ///
    /// @param folder where that file is put
    static List<String> knowingNames(Path folder, List<String> command) throws IOException, CannotBuild {
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, SERVER6 + " " + SERVER_NAME + "\n" + SERVER4 + " " + SERVER_NAME + "\n");
        List<String> words = Program.UNSHARE.with("--mount", "--propagation", "private", "--", Program.SH.path());
        words.addAll(List.of("-c", "mount --bind \"$0\" /etc/hosts && exec \"$@\"", hosts.toString()));
        words.addAll(command);
        return words;
    }

    /// What makes the server's router stand for the server: connections to its own address are translated.
    static String publishing() {
        return """
                table inet publishing {
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    ip daddr %1$s tcp dport %3$d dnat ip to %2$s
                    ip6 daddr %4$s tcp dport %3$d dnat ip6 to %5$s
                  }
                }
                """.formatted(PUBLISHED4, SERVER4, PORT, PUBLISHED6, SERVER6);
    }

    private static List<String> links(Node node) {
        return switch (node) {
            case CLIENT, SERVER -> List.of("eth0");
            case ROUTER1, ROUTER2 -> List.of("eth0", "eth1");
            case BRIDGE -> List.of(TOWARDS_CLIENT, TOWARDS_SERVER);
        };
    }
}
