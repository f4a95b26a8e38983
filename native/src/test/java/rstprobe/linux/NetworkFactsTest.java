package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NetworkFactsTest {
    private static Namespaces network;

    @BeforeAll
    static void build() throws Exception {
        network = new Namespaces();
        network.ip("client", "link set c0 mtu 1480");
        network.ip("client", "route add blackhole 198.18.90.0/24");
        network.ip("client", "route add unreachable 198.18.91.0/24");
        network.ip("client", "route add prohibit 198.18.92.0/24");
        network.ip("client", "route add 198.18.93.0/24 via 198.18.1.1 mtu 1300");
        network.ip("client", "route add 198.18.94.0/24 via inet6 2001:db8:1::1 dev c0");
        network.ip("client", "-6 route add blackhole 2001:db8:90::/48");
        network.ip("client", "-6 route add unreachable 2001:db8:91::/48");
        network.ip("client", "-6 route add prohibit 2001:db8:92::/48");
        network.ip("client", "-6 route add 2001:db8:93::/48 via 2001:db8:1::1 mtu 1290");
        network.ip("server", "link add d0 type veth peer name d1");
    }

    @AfterAll
    static void remove() {
        network.close();
    }

    private static InetAddress ip(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    private static Route route(String target) throws Exception {
        return network.on("client", () -> Route.to(ip(target)));
    }

    @Test
    void theNamespaceEnteredIsTheCallingThreadsOnly() throws Exception {
        Set<String> inside = network.on(
                "client",
                () -> NetworkInterfaceFacts.list().stream()
                        .map(NetworkInterfaceFacts::name)
                        .collect(Collectors.toSet()));
        assertEquals(Set.of("lo", "c0"), inside);
        assertFalse(NetworkInterfaceFacts.named("c0").isPresent(), "this thread stayed where it was");
        LinuxException absent =
                assertThrows(LinuxException.class, () -> NetworkNamespace.enter(Path.of("/run/netns/rp-n-none")));
        assertEquals(Errno.ENOENT, absent.errno());
    }

    @Test
    void anInterfaceIsDescribedAsIpShowsIt() throws Exception {
        NetworkInterfaceFacts c0 =
                network.on("client", () -> NetworkInterfaceFacts.named("c0").orElseThrow());
        String shown = network.ip("client", "link show c0");
        assertTrue(shown.startsWith(c0.index() + ": c0@"), shown);
        assertTrue(shown.contains("link/ether " + c0.mac().orElseThrow() + " "), shown);
        assertEquals(1480, c0.mtu());
        assertTrue(c0.up() && c0.carrier() && !c0.loopback());
        assertEquals(
                new InterfaceAddress(ip("198.18.1.2"), 24, Optional.of(ip("198.18.1.255"))),
                c0.addresses().getFirst());
        assertTrue(c0.addresses().contains(new InterfaceAddress(ip(Namespaces.CLIENT6), 64, Optional.empty())));
        assertTrue(
                c0.addresses().stream()
                        .anyMatch(each -> each.address().getHostAddress().endsWith("%" + c0.index())
                                || each.address().getHostAddress().endsWith("%c0")),
                "link-local has its scope: " + c0);
    }

    @Test
    void loopbackAndDownInterfacesSayWhatTheyAre() throws Exception {
        NetworkInterfaceFacts lo =
                network.on("client", () -> NetworkInterfaceFacts.named("lo").orElseThrow());
        assertTrue(lo.loopback() && lo.up());
        assertEquals(65_536, lo.mtu());
        NetworkInterfaceFacts down =
                network.on("server", () -> NetworkInterfaceFacts.named("d0").orElseThrow());
        assertFalse(down.up() || down.carrier());
    }

    @Test
    void offloadsAreReadAndTurnedOffAsEthtoolSeesThem() throws Exception {
        Offloads before = network.on("server", () -> Offloads.of("s0"));
        assertTrue(before.transmitChecksum() && before.tso() && before.gso(), before.toString());
        network.in("server", "ethtool", "-K", "s0", "gro", "on");
        assertTrue(network.on("server", () -> Offloads.of("s0")).gro());
        network.on("server", () -> {
            Offloads.switchOff("s0");
            return null;
        });
        Offloads after = network.on("server", () -> Offloads.of("s0"));
        assertFalse(after.transmitChecksum() || after.tso() || after.gso() || after.gro(), after.toString());
        String shown = network.in("server", "ethtool", "-k", "s0");
        for (String feature : List.of(
                "tx-checksumming",
                "tx-tcp-segmentation",
                "tx-tcp6-segmentation",
                "generic-segmentation-offload",
                "generic-receive-offload")) {
            assertTrue(shown.contains(feature + ": off"), shown);
        }
        network.on("server", () -> {
            Offloads.switchOn("s0");
            return null;
        });
        Offloads again = network.on("server", () -> Offloads.of("s0"));
        assertTrue(again.transmitChecksum() && again.tso() && again.gso() && again.gro(), again.toString());
        assertEquals(
                Errno.ENODEV,
                assertThrows(LinuxException.class, () -> Offloads.of("none")).errno());
        assertEquals(
                Errno.ENODEV,
                assertThrows(LinuxException.class, () -> Offloads.of("a-name-too-long-for-linux"))
                        .errno());
    }

    @Test
    void aRouteNamesInterfaceSourceAndGateway() throws Exception {
        for (String[] way : new String[][] {
            {Namespaces.SERVER, Namespaces.CLIENT, Namespaces.ROUTER},
            {Namespaces.SERVER6, Namespaces.CLIENT6, Namespaces.ROUTER6}
        }) {
            Route far = route(way[0]);
            assertEquals(Route.Kind.UNICAST, far.kind());
            assertEquals("c0", far.interfaceName());
            assertEquals(Optional.of(ip(way[1])), far.source());
            assertEquals(Optional.of(ip(way[2])), far.gateway());
            assertEquals(ip(way[2]), far.nextHop(ip(way[0])));
            assertEquals(OptionalInt.empty(), far.mtu());
            Route near = route(way[2]);
            assertEquals(Optional.empty(), near.gateway());
            assertEquals(ip(way[2]), near.nextHop(ip(way[2])));
        }
    }

    @Test
    void aRoutesOwnMtuAndAGatewayOfTheOtherFamilyShow() throws Exception {
        assertEquals(OptionalInt.of(1300), route("198.18.93.1").mtu());
        assertFalse(route("198.18.93.1").mtuLearned());
        assertEquals(OptionalInt.of(1290), route("2001:db8:93::1").mtu());
        assertEquals(Optional.of(ip(Namespaces.ROUTER6)), route("198.18.94.1").gateway());
    }

    @Test
    void everyKindOfRouteIsToldApart() throws Exception {
        assertEquals(Route.Kind.LOCAL, route(Namespaces.CLIENT).kind());
        assertEquals(Route.Kind.LOCAL, route("127.0.0.1").kind());
        assertEquals(Route.Kind.LOCAL, route(Namespaces.CLIENT6).kind());
        assertEquals(Route.Kind.LOCAL, route("::1").kind());
        assertEquals(Route.Kind.BROADCAST, route("198.18.1.255").kind());
        assertEquals(Route.Kind.BROADCAST, route("255.255.255.255").kind());
        assertEquals(Route.Kind.MULTICAST, route("224.0.0.1").kind());
        assertEquals(Route.Kind.MULTICAST, route("ff02::1").kind());
        for (String prefix : List.of("198.18.9%d.1", "2001:db8:9%d::1")) {
            assertEquals(Route.Kind.BLACKHOLE, route(prefix.formatted(0)).kind());
            assertEquals(Route.Kind.UNREACHABLE, route(prefix.formatted(1)).kind());
            assertEquals(Route.Kind.PROHIBIT, route(prefix.formatted(2)).kind());
        }
    }

    @Test
    void noRouteIsEnetunreachByName() throws Exception {
        for (String target : List.of("203.0.113.1", "2001:db8:ffff::1")) {
            LinuxException none =
                    assertThrows(LinuxException.class, () -> network.on("router", () -> Route.to(ip(target))));
            assertEquals("rtnetlink: ENETUNREACH (Network is unreachable)", none.getMessage());
        }
    }

    @Test
    void aNeighbourIsKnownOnceSomethingWasSentThere() throws Exception {
        MacAddress r1 = network.on(
                "router",
                () -> NetworkInterfaceFacts.named("r1").orElseThrow().mac().orElseThrow());
        for (String[] way : new String[][] {
            {Namespaces.ROUTER, "198.18.1.77", Namespaces.SERVER},
            {Namespaces.ROUTER6, "2001:db8:1::77", Namespaces.SERVER6}
        }) {
            network.on("client", () -> {
                int c0 = Route.to(ip(way[0])).interfaceIndex();
                var attempt = TcpConnect.open(new InetSocketAddress(ip(way[2]), 9), Optional.empty(), Map.of());
                try (attempt) {
                    attempt.await(Duration.ofSeconds(5));
                }
                assertEquals(Optional.of(r1), Neighbours.of(c0, ip(way[0])));
                assertEquals(Optional.empty(), Neighbours.of(c0, ip(way[1])), "nobody was asked about this one");
                return null;
            });
        }
        assertThrows(LinuxException.class, () -> Neighbours.of(987_654, ip(Namespaces.ROUTER)));
    }

    @Test
    void javasViewOfThisHostIsTheSame() throws Exception {
        List<NetworkInterfaceFacts> withAddress = NetworkInterfaceFacts.list().stream()
                .filter(each -> !each.addresses().isEmpty()) // Java knows no others
                .toList();
        assertFalse(withAddress.isEmpty());
        for (NetworkInterfaceFacts each : withAddress) {
            NetworkInterface java = NetworkInterface.getByIndex(each.index());
            assertEquals(java.getName(), each.name());
            assertEquals(java.getMTU(), each.mtu());
            assertEquals(java.isLoopback(), each.loopback());
        }
    }
}
