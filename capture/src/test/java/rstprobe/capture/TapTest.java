package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.capture.VethPair.CLOSED_PORT;
import static rstprobe.capture.VethPair.await;
import static rstprobe.capture.VethPair.refusedFrom;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tap on a real wire, between two namespaces. Needs root.
class TapTest {
    private static final int TIMES_IN_A_ROW = 200;

    private VethPair wire;

    @TempDir
    Path folder;

    @BeforeEach
    void connect() {
        wire = new VethPair();
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    @Test
    void the_first_syn_after_open_is_always_captured() throws Exception {
        for (String address : List.of(VethPair.SERVER4, VethPair.SERVER6)) {
            InetAddress server = InetAddress.getByName(address);
            TapPlan plan = new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT));
            for (int round = 1; round <= TIMES_IN_A_ROW; round++) {
                List<Frame> frames = new ArrayList<>();
                int port = wire.atClient(() -> {
                    try (Tap _ = Tap.open(plan, frames::add)) {
                        return refusedFrom(server);
                    }
                });
                Segment first = Segment.of(frames.getFirst());
                assertEquals(Segment.SYN, first.flags(), address + ", round " + round);
                assertEquals(port, first.from(), address + ", round " + round);
                assertEquals(
                        Segment.RST | Segment.ACK, Segment.of(frames.getLast()).flags());
                assertEquals(List.of(1, 2), frames.stream().map(Frame::number).toList());
            }
        }
    }

    @Test
    void the_first_syn_is_captured_though_the_link_is_flooded_while_the_tap_opens() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        InetAddress client = InetAddress.getByName(VethPair.CLIENT4);
        TapPlan plan = new TapPlan("client0", "tcp port " + CLOSED_PORT);
        // Our own host answers the flood with ICMP errors, which the usual filter lets through.
        AtomicBoolean flooding = new AtomicBoolean(true);
        try (DatagramSocket socket = wire.atServer(DatagramSocket::new)) {
            Thread flood = Thread.ofPlatform().start(() -> {
                DatagramPacket datagram = new DatagramPacket(new byte[100], 100, client, 9_999);
                while (flooding.get()) {
                    sendIgnoringRefusal(socket, datagram);
                }
            });
            try {
                for (int round = 1; round <= 30; round++) {
                    List<Frame> frames = new ArrayList<>();
                    TapStatistics statistics = wire.atClient(() -> {
                        try (Tap tap = Tap.open(plan, frames::add)) {
                            refusedFrom(server);
                            return tap.stop();
                        }
                    });
                    assertEquals(Segment.SYN, Segment.firstFlags(frames), "round " + round);
                    assertEquals(0, statistics.droppedByKernel(), "round " + round);
                }
            } finally {
                flooding.set(false);
                flood.join();
            }
        }
    }

    @Test
    void the_last_datagram_before_stop_is_always_captured_at_both_ends() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        InetAddress client = InetAddress.getByName(VethPair.CLIENT4);
        try (DatagramSocket socket = wire.atClient(DatagramSocket::new);
                DatagramSocket sink = wire.atServer(() -> new DatagramSocket(9_999, server))) {
            assertTrue(sink.isBound());
            for (int round = 1; round <= TIMES_IN_A_ROW; round++) {
                List<Frame> sent = new ArrayList<>();
                List<Frame> received = new ArrayList<>();
                Tap near = wire.atClient(
                        () -> Tap.open(new TapPlan("client0", TapPlan.filterForHosts(Set.of(server))), sent::add));
                Tap far = wire.atServer(
                        () -> Tap.open(new TapPlan("server0", TapPlan.filterForHosts(Set.of(client))), received::add));
                byte[] last = ("last of round " + round).getBytes(StandardCharsets.US_ASCII);
                socket.send(new DatagramPacket("first".getBytes(StandardCharsets.US_ASCII), 5, server, 9_999));
                socket.send(new DatagramPacket(last, last.length, server, 9_999));
                assertEquals(0, near.stop().droppedByKernel());
                assertEquals(0, far.stop().droppedByKernel());
                for (List<Frame> frames : List.of(sent, received)) {
                    assertTrue(!frames.isEmpty() && endsWith(frames.getLast(), last), "round " + round + ": " + frames);
                }
            }
        }
    }

    @Test
    void a_thousand_strange_datagrams_leave_no_frame() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        InetAddress server6 = InetAddress.getByName(VethPair.SERVER6);
        wire.ipAtClient("neigh", "flush", "dev", "client0");
        List<Frame> frames = new ArrayList<>();
        String filter = TapPlan.filterFor(Set.of(server, server6), CLOSED_PORT);
        TapStatistics statistics = wire.atClient(() -> {
            try (Tap tap = Tap.open(new TapPlan("client0", filter), frames::add);
                    DatagramSocket socket = new DatagramSocket();
                    DatagramSocket open = wire.atServer(() -> new DatagramSocket(9_999))) {
                assertTrue(open.isBound());
                for (int i = 0; i < 500; i++) {
                    socket.send(new DatagramPacket(new byte[100], 100, server, 9_999));
                    socket.send(new DatagramPacket(new byte[100], 100, server6, 9_999));
                }
                assertThrows(ConnectException.class, () -> new Socket(server, CLOSED_PORT + 1));
                return tap.stop();
            }
        });
        assertEquals(List.of(), frames);
        assertEquals(0, statistics.droppedByKernel());
    }

    @Test
    void icmp_errors_are_captured_in_both_families() throws Exception {
        for (String address : List.of(VethPair.SERVER4, VethPair.SERVER6)) {
            InetAddress server = InetAddress.getByName(address);
            List<Frame> frames = Collections.synchronizedList(new ArrayList<>());
            wire.atClient(() -> {
                try (Tap tap = Tap.open(
                                new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)), frames::add);
                        DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket(new byte[10], 10, server, 9));
                    await(() -> !frames.isEmpty());
                    return tap.stop();
                }
            });
            boolean four = address.equals(VethPair.SERVER4);
            assertEquals(1, frames.size());
            byte[] bytes = frames.getFirst().bytes();
            assertEquals(four ? 3 : 1, bytes[four ? 34 : 54], "unreachable");
            assertEquals(four ? 3 : 4, bytes[four ? 35 : 55], "port");
        }
    }

    @Test
    void times_are_of_now_in_nanoseconds_and_bytes_are_cut_to_the_snapshot_length() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        List<Frame> frames = new ArrayList<>();
        TapPlan plan = new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT), 54, TapPlan.BUFFER_BYTES);
        long before = System.currentTimeMillis();
        wire.atClient(() -> {
            try (Tap tap = Tap.open(plan, frames::add)) {
                assertTrue(tap.nanoseconds());
                assertEquals(LinkType.ETHERNET, tap.link());
                for (int i = 0; i < 20; i++) {
                    refusedFrom(server);
                }
                return tap.stop();
            }
        });
        long after = System.currentTimeMillis() + 1;
        assertEquals(40, frames.size());
        for (Frame frame : frames) {
            long millis = frame.atNanos() / 1_000_000;
            assertTrue(before <= millis && millis <= after, before + " <= " + millis + " <= " + after);
            assertEquals(54, frame.bytes().length);
        }
        assertTrue(frames.stream().anyMatch(frame -> frame.atNanos() % 1_000 != 0));
        assertEquals(74, frames.getFirst().originalLength());
        assertTrue(frames.getFirst().cut());
    }

    @Test
    void what_the_kernel_dropped_is_counted() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        CountDownLatch awake = new CountDownLatch(1);
        List<Frame> frames = new ArrayList<>();
        FrameSink slow = frame -> {
            awaitUninterrupted(awake);
            frames.add(frame);
        };
        TapPlan plan = new TapPlan(
                "client0", TapPlan.filterForHosts(Set.of(server)), TapPlan.WHOLE_FRAMES, TapPlan.MIN_BUFFER_BYTES);
        TapStatistics last = wire.atClient(() -> {
            try (Tap tap = Tap.open(plan, slow);
                    DatagramSocket socket = new DatagramSocket();
                    DatagramSocket open = wire.atServer(() -> new DatagramSocket(9_999))) {
                assertTrue(open.isBound());
                for (int i = 0; i < 3_000; i++) {
                    socket.send(new DatagramPacket(new byte[10], 10, server, 9_999));
                }
                TapStatistics live = tap.statistics();
                assertTrue(live.droppedByKernel() > 0, live.toString());
                awake.countDown();
                return tap.stop();
            }
        });
        assertEquals(3_000, last.received());
        assertEquals(last.received() - last.droppedByKernel(), frames.size());
    }

    @Test
    void a_thousand_frames_wait_for_a_sink_that_is_away() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        CountDownLatch back = new CountDownLatch(1);
        List<Frame> frames = new ArrayList<>();
        FrameSink away = frame -> {
            awaitUninterrupted(back);
            frames.add(frame);
        };
        TapStatistics last = wire.atClient(() -> {
            try (Tap tap = Tap.open(new TapPlan("client0", TapPlan.filterForHosts(Set.of(server))), away);
                    DatagramSocket socket = new DatagramSocket();
                    DatagramSocket open = wire.atServer(() -> new DatagramSocket(9_999))) {
                assertTrue(open.isBound());
                for (int i = 0; i < 1_000; i++) {
                    socket.send(new DatagramPacket(new byte[1_400], 1_400, server, 9_999));
                }
                back.countDown();
                return tap.stop();
            }
        });
        assertEquals(new TapStatistics(1_000, 0, 0), last);
        assertEquals(1_000, frames.size());
    }

    @Test
    void a_tap_into_a_file_is_what_tshark_shows_number_by_number() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        Path file = folder.resolve("capture.pcapng");
        TapPlan plan = new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT));
        try (PcapngWriter writer = PcapngWriter.create(file, SectionFacts.NONE)) {
            TapStatistics statistics = wire.atClient(() -> {
                writer.addInterface(
                        new InterfaceFacts(plan.interfaceName(), LinkType.ETHERNET, plan.snapLength(), plan.filter()));
                try (Tap tap = Tap.open(plan, frame -> assertEquals(frame.number(), writer.write(frame)))) {
                    refusedFrom(server);
                    refusedFrom(server);
                    return tap.stop();
                }
            });
            writer.statistics(0, statistics, 1);
        }
        List<String> shown = Commands.run(
                        "tshark", "-r", file.toString(), "-T", "fields", "-e", "frame.number", "-e", "tcp.flags.str")
                .lines()
                .filter(line -> line.contains("\t"))
                .toList();
        assertEquals(List.of("1\t··········S·", "2\t·······A·R··", "3\t··········S·", "4\t·······A·R··"), shown);
    }

    /// The port may be closed: a refusal is reported to the socket, and the next datagram is sent all the same.
    private static void sendIgnoringRefusal(DatagramSocket socket, DatagramPacket datagram) {
        try {
            socket.send(datagram);
        } catch (IOException refused) {
            assertTrue(refused.getMessage() != null);
        }
    }

    private static boolean endsWith(Frame frame, byte[] payload) {
        byte[] bytes = frame.bytes();
        int from = 14 + 20 + 8;
        return bytes.length >= from + payload.length
                && Arrays.equals(bytes, from, from + payload.length, payload, 0, payload.length);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /// Ports and flags of a TCP segment without IP options, RFC 9293 section 3.1.
    private record Segment(int from, int flags) {
        static final int SYN = 2;
        static final int RST = 4;
        static final int ACK = 16;

        static int firstFlags(List<Frame> frames) {
            return of(frames.getFirst()).flags();
        }

        static Segment of(Frame frame) {
            ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
            int tcp = 14 + (bytes.getShort(12) == 0x0800 ? 20 : 40);
            return new Segment(bytes.getShort(tcp) & 0xFFFF, bytes.get(tcp + 13) & 0xFF);
        }
    }
}
