package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static Namespaces network;

    @BeforeAll
    static void build() throws Exception {
        network = new Namespaces();
        for (String[] end : new String[][] {{"client", "c0"}, {"router", "r1"}, {"router", "r2"}, {"server", "s0"}}) {
            network.on(end[0], () -> {
                Offloads.switchOff(end[1]);
                return null;
            });
        }
    }

    @AfterAll
    static void remove() {
        network.close();
    }

    private static ServerSocket listener(String address) throws Exception {
        return network.on("server", () -> new ServerSocket(0, 8, InetAddress.getByName(address)));
    }

    private static int connected(TcpConnect.Attempt attempt) throws Exception {
        return assertInstanceOf(TcpConnect.Connected.class, attempt.await(PATIENCE))
                .fd();
    }

    private static InetSocketAddress at(ServerSocket server) {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void theOptionsOfAConnectionShowInItsSyn(String address) throws Exception {
        Map<IntOption, Integer> options = Map.of(
                IntOption.IP_TTL, 33,
                IntOption.IP_TOS, 0x48,
                IntOption.IP_MTU_DISCOVER, IntOption.PMTUDISC_DO,
                IntOption.TCP_MAXSEG, 600,
                IntOption.TCP_NODELAY, 1);
        try (ServerSocket server = listener(address)) {
            network.on("client", () -> {
                int c0 = NetworkInterfaceFacts.named("c0").orElseThrow().index();
                try (PacketSocket seen = PacketSocket.openBothWays(c0, false);
                        TcpConnect.Attempt attempt = TcpConnect.open(at(server), Optional.empty(), options)) {
                    byte[] syn = Frames.await(seen, Frames::isSyn);
                    assertTrue(seen.outgoing());
                    assertEquals(attempt.local().getPort(), Frames.sourcePort(syn));
                    assertEquals(33, Frames.ttl(syn));
                    assertEquals(0x48, Frames.trafficClass(syn));
                    assertEquals(600, Frames.mss(syn));
                    assertTrue(Frames.isIpv6(syn) || Frames.dontFragment(syn));
                    try (Descriptor socket = new Descriptor(connected(attempt))) {
                        int fd = socket.number();
                        InetAddress target = server.getInetAddress();
                        assertEquals(33, Sockets.get(fd, IntOption.IP_TTL.on(target)));
                        assertEquals(0x48, Sockets.get(fd, IntOption.IP_TOS.on(target)));
                        assertEquals(1500, Sockets.get(fd, IntOption.IP_MTU.on(target)));
                        assertEquals(SocketAddress.family(target), Sockets.get(fd, IntOption.SO_DOMAIN));
                        assertEquals(attempt.local(), Sockets.localAddress(fd));
                        TcpInfo info = Sockets.tcpInfo(fd);
                        assertEquals(TcpInfo.State.ESTABLISHED, info.state());
                        assertEquals(600 - (info.timestamps() ? 12 : 0), info.sendMss());
                        assertEquals(1500, info.pathMtu());
                        assertTrue(info.rttMicros() > 0 && info.segmentsOut() >= 2, info.toString());
                    }
                }
                return null;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void sixtyBytesAreSixtySegmentsWhenEachEndsARecord(String address) throws Exception {
        byte[] sent =
                "SSH-2.0-rstprobe_one_byte_a_segment_whatever_the_window_is\r\n".getBytes(StandardCharsets.US_ASCII);
        assertEquals(60, sent.length);
        try (ServerSocket server = listener(address)) {
            network.on("client", () -> {
                int c0 = NetworkInterfaceFacts.named("c0").orElseThrow().index();
                try (PacketSocket seen = PacketSocket.openBothWays(c0, false);
                        TcpConnect.Attempt attempt =
                                TcpConnect.open(at(server), Optional.empty(), Map.of(IntOption.TCP_NODELAY, 1));
                        Descriptor socket = new Descriptor(connected(attempt));
                        Socket accepted = server.accept()) {
                    for (int i = 0; i < sent.length; i++) {
                        assertEquals(1, Sockets.sendEndOfRecord(socket.number(), sent, i, 1));
                    }
                    accepted.setSoTimeout(5000);
                    assertTrue(Arrays.equals(sent, accepted.getInputStream().readNBytes(sent.length)));
                    Map<Integer, Integer> payloads = new TreeMap<>();
                    Frames.drain(seen).stream()
                            .filter(frame -> Frames.isTcp(frame)
                                    && Frames.sourcePort(frame)
                                            == attempt.local().getPort())
                            .filter(frame -> Frames.payload(frame) > 0)
                            .forEach(frame -> payloads.merge(Frames.sequence(frame), Frames.payload(frame), Math::max));
                    assertEquals(
                            Collections.nCopies(60, 1),
                            List.copyOf(payloads.values()),
                            "a busy machine may repeat a segment, but none holds two bytes");
                    return null;
                }
            });
        }
    }

    @Test
    void whatWasReceivedBeforeAResetCanStillBeRead() throws Exception {
        try (ServerSocket server = listener(Namespaces.SERVER)) {
            network.on("client", () -> {
                try (TcpConnect.Attempt attempt = TcpConnect.open(at(server), Optional.empty(), Map.of());
                        Descriptor socket = new Descriptor(connected(attempt))) {
                    int fd = socket.number();
                    byte[] into = new byte[4];
                    assertEquals(0, Sockets.receive(fd, into), "nothing yet");
                    try (Socket accepted = server.accept()) {
                        accepted.getOutputStream().write("gone".getBytes(StandardCharsets.US_ASCII));
                        accepted.setSoLinger(true, 0);
                    }
                    long deadline = System.nanoTime() + PATIENCE.toNanos();
                    while (Sockets.tcpInfo(fd).state() != TcpInfo.State.CLOSED && System.nanoTime() < deadline) {
                        Thread.onSpinWait();
                    }
                    assertEquals(4, Sockets.receive(fd, into));
                    assertEquals("gone", new String(into, StandardCharsets.US_ASCII));
                    assertEquals(
                            Errno.ECONNRESET,
                            assertThrows(LinuxException.class, () -> Sockets.receive(fd, into))
                                    .errno());
                }
                return null;
            });
        }
    }

    @Test
    void bytesNobodyReadsAreCountedAsUnsentAndAFullBufferTakesNothing() throws Exception {
        try (ServerSocket server = listener(Namespaces.SERVER)) {
            network.on("client", () -> {
                try (TcpConnect.Attempt attempt =
                                TcpConnect.open(at(server), Optional.empty(), Map.of(IntOption.SO_SNDBUF, 4096));
                        Descriptor socket = new Descriptor(connected(attempt))) {
                    int fd = socket.number();
                    assertEquals(0, Sockets.unacknowledgedBytes(fd));
                    byte[] much = new byte[1 << 16];
                    long deadline = System.nanoTime() + PATIENCE.toNanos();
                    int taken = 1;
                    // A full buffer drains into the peer's window for a while; then it stays full.
                    while (taken > 0 || Sockets.unsentBytes(fd) == 0) {
                        assertTrue(System.nanoTime() < deadline, "the peer's window never filled");
                        taken = Sockets.sendEndOfRecord(fd, much, 0, much.length);
                    }
                    assertTrue(Sockets.unsentBytes(fd) > 0);
                    assertTrue(Sockets.unacknowledgedBytes(fd) >= Sockets.unsentBytes(fd));
                    assertTrue(Sockets.tcpInfo(fd).unsentBytes() > 0);
                    return null;
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void aClosedPortIsARefusalWithAnEmptyQueue(String address) throws Exception {
        network.on("client", () -> {
            try (TcpConnect.Attempt attempt =
                    TcpConnect.open(new InetSocketAddress(address, 9), Optional.empty(), Map.of())) {
                assertTrue(attempt.local().getPort() > 0);
                assertEquals(new TcpConnect.Failed(Errno.ECONNREFUSED, List.of()), attempt.await(PATIENCE));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void aRouterThatProhibitsIsNamedAsTheOffender(String address) throws Exception {
        boolean ipv6 = address.contains(":");
        network.in(
                "router",
                "nft",
                "add table inet t; add chain inet t f { type filter hook forward priority 0; };"
                        + (ipv6
                                ? "add rule inet t f meta nfproto ipv6 tcp dport 2201 reject with icmpv6 admin-prohibited"
                                : "add rule inet t f meta nfproto ipv4 tcp dport 2201 reject with icmp admin-prohibited"));
        network.on("client", () -> {
            InetSocketAddress target = new InetSocketAddress(address, 2201);
            try (TcpConnect.Attempt attempt = TcpConnect.open(target, Optional.empty(), Map.of())) {
                var failed = assertInstanceOf(TcpConnect.Failed.class, attempt.await(PATIENCE));
                assertEquals(ipv6 ? Errno.EACCES : Errno.EHOSTUNREACH, failed.errno());
                QueuedError error = failed.queue().getFirst();
                assertEquals(ipv6 ? QueuedError.Origin.ICMP6 : QueuedError.Origin.ICMP, error.origin());
                assertEquals(ipv6 ? 1 : 3, error.type());
                assertEquals(ipv6 ? 1 : 13, error.code());
                assertEquals(
                        Optional.of(InetAddress.getByName(ipv6 ? Namespaces.ROUTER6 : Namespaces.ROUTER)),
                        error.offender());
                assertEquals(Optional.of(target), error.destination());
            }
            return null;
        });
    }

    @Test
    void silenceIsAnOutcomeThatCanBeAwaitedAgain() throws Exception {
        network.in(
                "router",
                "nft",
                "add table inet t; add chain inet t f { type filter hook forward priority 0; };"
                        + "add rule inet t f tcp dport 2202 drop");
        network.on("client", () -> {
            try (TcpConnect.Attempt attempt =
                    TcpConnect.open(new InetSocketAddress(Namespaces.SERVER, 2202), Optional.empty(), Map.of())) {
                assertEquals(new TcpConnect.Silent(List.of()), attempt.await(Duration.ofMillis(50)));
                assertEquals(new TcpConnect.Silent(List.of()), attempt.await(Duration.ZERO));
            }
            return null;
        });
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        network.in(
                "router",
                "nft",
                "add table inet t; add chain inet t f { type filter hook forward priority 0; };"
                        + "add rule inet t f tcp dport 2202 drop");
        network.on("client", () -> {
            try (TcpConnect.Attempt attempt =
                    TcpConnect.open(new InetSocketAddress(Namespaces.SERVER, 2202), Optional.empty(), Map.of())) {
                Thread.currentThread().interrupt();
                assertThrows(InterruptedIOException.class, () -> attempt.await(Duration.ofDays(1_000_000)));
                assertTrue(Thread.interrupted());
            }
            return null;
        });
    }

    @Test
    void whatTheKernelRefusesAtOnceIsKeptByName() throws Exception {
        network.on("router", () -> {
            InetSocketAddress nowhere = new InetSocketAddress("203.0.113.1", 22);
            try (TcpConnect.Attempt attempt = TcpConnect.open(nowhere, Optional.empty(), Map.of())) {
                assertEquals(Optional.of(Errno.ENETUNREACH), attempt.immediateError());
                assertEquals(new TcpConnect.Failed(Errno.ENETUNREACH, List.of()), attempt.await(PATIENCE));
            }
            return null;
        });
    }

    @Test
    void aLocalAddressAndPortCanBeChosenAndAnAddressNotOursIsRefused() throws Exception {
        try (ServerSocket server = listener(Namespaces.SERVER6)) {
            network.on("client", () -> {
                InetSocketAddress local = new InetSocketAddress(Namespaces.CLIENT6, 40_022);
                try (TcpConnect.Attempt attempt = TcpConnect.open(at(server), Optional.of(local), Map.of());
                        Descriptor socket = new Descriptor(connected(attempt));
                        Socket accepted = server.accept()) {
                    assertEquals(local, attempt.local());
                    assertEquals(40_022, accepted.getPort());
                    assertTrue(socket.number() > 0);
                }
                InetSocketAddress foreign = new InetSocketAddress(Namespaces.SERVER6, 0);
                LinuxException refused = assertThrows(
                        LinuxException.class, () -> TcpConnect.open(at(server), Optional.of(foreign), Map.of()));
                assertEquals("bind: EADDRNOTAVAIL (Cannot assign requested address)", refused.getMessage());
                return null;
            });
        }
    }

    @Test
    void anOptionTheKernelRefusesNamesItself() throws Exception {
        LinuxException refused = assertThrows(
                LinuxException.class,
                () -> TcpConnect.open(
                        new InetSocketAddress("127.0.0.1", 9), Optional.empty(), Map.of(IntOption.IP_TTL, 256)));
        assertEquals("setsockopt IP_TTL: EINVAL (Invalid argument)", refused.getMessage());
        assertEquals(
                Errno.EBADF,
                assertThrows(LinuxException.class, () -> Sockets.get(1 << 30, IntOption.SO_ERROR))
                        .errno());
    }

    @Test
    void everyOptionHasATwinThatLeadsBack() throws Exception {
        InetAddress four = InetAddress.getByName("127.0.0.1");
        InetAddress six = InetAddress.getByName("::1");
        assertEquals(IntOption.IPV6_UNICAST_HOPS, IntOption.IP_TTL.on(six));
        assertEquals(IntOption.IP_TOS, IntOption.IPV6_TCLASS.on(four));
        for (IntOption option : IntOption.values()) {
            assertEquals(option.on(four), option.on(six).on(four), option.name());
        }
    }
}
