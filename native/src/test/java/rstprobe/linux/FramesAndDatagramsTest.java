package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesAndDatagramsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /// Bytes on the far link: the router must refuse what is larger.
    private static final int NARROW = 1400;

    private static Namespaces network;

    @BeforeAll
    static void build() throws Exception {
        network = new Namespaces();
        network.ip("router", "link set r2 mtu " + NARROW);
        network.ip("server", "link set s0 mtu " + NARROW);
    }

    @AfterAll
    static void remove() {
        network.close();
    }

    /// A frame with an EtherType for local experiments (IEEE Std 802), which no stack answers.
    private static byte[] experiment(int length, int mark) {
        byte[] frame = new byte[length];
        Arrays.fill(frame, 0, 6, (byte) 0xff);
        Arrays.fill(frame, 6, 12, (byte) 0x02);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        Arrays.fill(frame, 14, length, (byte) mark);
        return frame;
    }

    private static int index(String namespace, String name) throws Exception {
        return network.on(
                namespace, () -> NetworkInterfaceFacts.named(name).orElseThrow().index());
    }

    private static PacketSocket open(String namespace, String name) throws Exception {
        int index = index(namespace, name);
        return network.on(namespace, () -> PacketSocket.open(index, true));
    }

    private static boolean isExperiment(byte[] frame) {
        return Frames.etherType(frame) == 0x88b5;
    }

    /// Closing frees the buffer the other thread receives into: it must not do so under its hands.
    @Test
    void closingWaitsForWhoeverReceives() throws Exception {
        for (int i = 0; i < 5; i++) {
            PacketSocket socket = open("client", "c0");
            Thread receiver = Thread.ofPlatform().start(() -> {
                byte[] into = new byte[PacketSocket.LARGEST_FRAME];
                assertThrows(IllegalStateException.class, () -> {
                    while (true) {
                        socket.receive(into, Duration.ofSeconds(60));
                    }
                });
            });
            socket.close();
            assertTrue(receiver.join(Duration.ofSeconds(20)));
        }
    }

    @Test
    void aWholeFrameArrivesByteForByteAndItsSenderDoesNotHearItself() throws Exception {
        try (PacketSocket near = open("client", "c0");
                PacketSocket far = open("router", "r1")) {
            byte[] frame = experiment(1514, 1);
            near.send(frame, 0, frame.length);
            assertArrayEquals(frame, Frames.await(far, FramesAndDatagramsTest::isExperiment));
            assertFalse(far.outgoing());
            assertEquals(
                    List.of(),
                    Frames.drain(near).stream()
                            .filter(FramesAndDatagramsTest::isExperiment)
                            .toList());
        }
    }

    @Test
    void manyFramesLeaveInOrderAndWhatIsTooLongEndsThem() throws Exception {
        try (PacketSocket near = open("client", "c0");
                PacketSocket far = open("router", "r1")) {
            List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < PacketSocket.BATCH + 10; i++) {
                frames.add(experiment(60 + i, i));
            }
            assertEquals(frames.size(), near.send(frames));
            for (byte[] frame : frames) {
                assertArrayEquals(frame, Frames.await(far, FramesAndDatagramsTest::isExperiment));
            }
            assertEquals(1, near.send(List.of(experiment(60, 1), experiment(1519, 2), experiment(60, 3))));
            List<byte[]> tooLong = List.of(experiment(1519, 2));
            assertEquals(
                    Errno.EMSGSIZE,
                    assertThrows(LinuxException.class, () -> near.send(tooLong)).errno());
        }
    }

    @Test
    void aSocketForBothWaysHearsItsOwnHostAndSaysSo() throws Exception {
        int index = index("client", "c0");
        try (PacketSocket near = network.on("client", () -> PacketSocket.openBothWays(index, false));
                PacketSocket other = open("client", "c0")) {
            other.send(experiment(60, 2), 0, 60);
            Frames.await(near, FramesAndDatagramsTest::isExperiment);
            assertTrue(near.outgoing());
        }
    }

    @Test
    void whatDoesNotFitIsRefusedByName() throws Exception {
        try (PacketSocket near = open("client", "c0");
                PacketSocket far = open("router", "r1")) {
            byte[] large = experiment(1519, 3);
            assertEquals(
                    Errno.EMSGSIZE,
                    assertThrows(LinuxException.class, () -> near.send(large, 0, large.length))
                            .errno());
            assertThrows(IndexOutOfBoundsException.class, () -> near.send(large, 1500, 100));
            near.send(large, 0, 100);
            assertEquals(1, PacketSocket.awaitReadable(List.of(far), PATIENCE));
            LinuxException lost = assertThrows(LinuxException.class, () -> {
                while (far.receive(new byte[13], PATIENCE) >= 0) {}
            });
            assertEquals(Errno.EMSGSIZE, lost.errno());
        }
        LinuxException absent = assertThrows(LinuxException.class, () -> PacketSocket.open(987_654, false));
        assertEquals(Errno.ENODEV, absent.errno());
    }

    @Test
    void aBridgeSeesWhichOfItsTwoSidesIsReady() throws Exception {
        network.ip("router", "link add x0 type veth peer name x1");
        network.ip("router", "link add y0 type veth peer name y1");
        for (String link : List.of("x0", "x1", "y0", "y1")) {
            // No address, no IPv6: such a link carries only what this test sends.
            network.in("router", "sysctl", "-qw", "net.ipv6.conf." + link + ".disable_ipv6=1");
            network.ip("router", "link set " + link + " up");
        }
        try (PacketSocket left = open("router", "x0");
                PacketSocket right = open("router", "y0");
                PacketSocket sendsLeft = open("router", "x1");
                PacketSocket sendsRight = open("router", "y1")) {
            List<PacketSocket> sides = List.of(left, right);
            assertEquals(0, PacketSocket.awaitReadable(sides, Duration.ofMillis(1)));
            assertEquals(-1, left.receive(new byte[100], Duration.ZERO));
            sendsRight.send(experiment(60, 4), 0, 60);
            assertEquals(0b10, PacketSocket.awaitReadable(sides, PATIENCE));
            sendsLeft.send(experiment(60, 5), 0, 60);
            assertEquals(0b11, PacketSocket.awaitReadable(sides, PATIENCE));
            assertEquals(60, left.receive(new byte[60], Duration.ZERO));
            assertEquals(60, right.receive(new byte[60], Duration.ZERO));
            network.ip("router", "link set x0 down");
            assertEquals(0b01, PacketSocket.awaitReadable(sides, PATIENCE));
            LinuxException down = assertThrows(LinuxException.class, () -> left.receive(new byte[60], PATIENCE));
            assertEquals("recvfrom AF_PACKET: ENETDOWN (Network is down)", down.getMessage());
        }
    }

    @Test
    void closingTwiceIsHarmlessAndAClosedSocketIsNotUsed() throws Exception {
        PacketSocket socket = open("client", "c0");
        socket.close();
        socket.close();
        assertThrows(IllegalStateException.class, () -> socket.send(experiment(60, 6), 0, 60));
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void anEchoOfTheNarrowMtuIsAnsweredAndOneByteMoreIsTooBig(String address) throws Exception {
        boolean ipv6 = address.contains(":");
        int header = ipv6 ? 40 : 20;
        InetSocketAddress server = new InetSocketAddress(address, 0);
        network.on("client", () -> {
            try (RawSocket socket = RawSocket.open(ipv6 ? RawSocket.Kind.ICMP6 : RawSocket.Kind.ICMP)) {
                socket.set(IntOption.IP_MTU_DISCOVER, IntOption.PMTUDISC_PROBE);
                byte[] fits = Frames.echo(ipv6, NARROW - header);
                socket.send(fits, 0, fits.length, server);
                assertEquals(ipv6 ? 129 : 0, replyType(socket, server.getAddress(), ipv6));
                byte[] large = Frames.echo(ipv6, NARROW - header + 1);
                socket.send(large, 0, large.length, server);
                QueuedError error = firstError(socket);
                assertEquals(Errno.EMSGSIZE, error.errno());
                assertEquals(ipv6 ? QueuedError.Origin.ICMP6 : QueuedError.Origin.ICMP, error.origin());
                assertEquals(ipv6 ? 2 : 3, error.type());
                assertEquals(ipv6 ? 0 : 4, error.code());
                assertEquals(NARROW, error.information());
                assertEquals(
                        Optional.of(InetAddress.getByName(ipv6 ? Namespaces.ROUTER6 : Namespaces.ROUTER)),
                        error.offender());
            }
            Route learned = Route.to(server.getAddress());
            assertEquals(OptionalInt.of(NARROW), learned.mtu(), "the kernel learned it");
            assertTrue(learned.mtuLearned());
            return null;
        });
    }

    private static int replyType(RawSocket socket, InetAddress from, boolean ipv6) throws Exception {
        byte[] buffer = new byte[RawSocket.LARGEST_DATAGRAM];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<RawSocket.Arrival> arrival = socket.receive(buffer, Duration.ofMillis(200));
            if (arrival.isPresent() && arrival.get().sender().getAddress().equals(from)) {
                return Byte.toUnsignedInt(buffer[ipv6 ? 0 : (buffer[0] & 0xf) * 4]);
            }
        }
        throw new AssertionError("no reply");
    }

    private static QueuedError firstError(RawSocket socket) throws Exception {
        byte[] buffer = new byte[RawSocket.LARGEST_DATAGRAM];
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            List<QueuedError> errors = socket.errorQueue();
            if (!errors.isEmpty()) {
                return errors.getFirst();
            }
            socket.receive(buffer, Duration.ofMillis(200));
        }
        throw new AssertionError("no error in the queue");
    }

    @ParameterizedTest
    @ValueSource(strings = {Namespaces.SERVER, Namespaces.SERVER6})
    void aUdpProbeLearnsOfClosedPortsHopsAndItsOwnMtu(String address) throws Exception {
        boolean ipv6 = address.contains(":");
        InetSocketAddress closed = new InetSocketAddress(address, 33_434);
        Optional<InetAddress> router =
                Optional.of(InetAddress.getByName(ipv6 ? Namespaces.ROUTER6 : Namespaces.ROUTER));
        network.on("client", () -> {
            try (RawSocket socket = RawSocket.open(ipv6 ? RawSocket.Kind.UDP6 : RawSocket.Kind.UDP)) {
                socket.set(IntOption.IP_MTU_DISCOVER, IntOption.PMTUDISC_PROBE);
                socket.bind(InetAddress.getByName(ipv6 ? Namespaces.CLIENT6 : Namespaces.CLIENT), 0);
                assertTrue(Sockets.localAddress(socket.fd()).getPort() > 0);
                socket.send(new byte[8], 0, 8, closed);
                QueuedError port = firstError(socket);
                assertEquals(Errno.ECONNREFUSED, port.errno());
                assertEquals(ipv6 ? 4 : 3, port.code());
                assertEquals(Optional.of(closed.getAddress()), port.offender());
                assertEquals(Optional.of(closed), port.destination());

                socket.set(IntOption.IP_TTL, 1);
                socket.send(new byte[8], 0, 8, closed);
                QueuedError hop = firstError(socket);
                assertEquals(ipv6 ? 3 : 11, hop.type());
                assertEquals(router, hop.offender());

                LinuxException tooLarge =
                        assertThrows(LinuxException.class, () -> socket.send(new byte[1500], 0, 1500, closed));
                assertEquals(Errno.EMSGSIZE, tooLarge.errno());
                QueuedError local = firstError(socket);
                assertEquals(QueuedError.Origin.LOCAL, local.origin());
                assertEquals(1500, local.information());
                assertEquals(Optional.empty(), local.offender());
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ourOwnIpHeaderGoesOutAsWritten(boolean ipv6) throws Exception {
        InetAddress target = InetAddress.getByName(ipv6 ? Namespaces.ROUTER6 : Namespaces.ROUTER);
        byte[] source = InetAddress.getByName(ipv6 ? Namespaces.CLIENT6 : Namespaces.CLIENT)
                .getAddress();
        byte[] packet = new byte[ipv6 ? 48 : 28];
        packet[0] = (byte) (ipv6 ? 0x60 : 0x45);
        packet[ipv6 ? 6 : 9] = (byte) 253; // a protocol number for experiments (RFC 3692)
        packet[ipv6 ? 7 : 8] = 77;
        if (ipv6) {
            packet[5] = 8;
        }
        System.arraycopy(source, 0, packet, ipv6 ? 8 : 12, source.length);
        System.arraycopy(target.getAddress(), 0, packet, ipv6 ? 24 : 16, source.length);
        try (PacketSocket router = open("router", "r1")) {
            network.on("client", () -> {
                try (RawSocket raw = RawSocket.open(ipv6 ? RawSocket.Kind.IPV6 : RawSocket.Kind.IPV4)) {
                    raw.send(packet, 0, packet.length, new InetSocketAddress(target, 0));
                }
                return null;
            });
            int protocol = Frames.LINK_HEADER + (ipv6 ? 6 : 9);
            byte[] frame =
                    Frames.await(router, each -> each.length > protocol && Byte.toUnsignedInt(each[protocol]) == 253);
            assertEquals(77, Frames.ttl(frame));
        }
    }
}
