package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import rstprobe.capture.LinkType;
import rstprobe.linux.PacketRing;

/// The memory of the last minutes, and what is gathered out of it.
class FlightRecorderTest {
    private static final int CLIENT = 2, SERVER = 3, SSH = 22;
    private static final long SECOND = 1_000_000_000L;
    private static final long KEEP = 60 * SECOND;
    private static final byte[] NOTHING = new byte[0];

    private final Crafted craft = new Crafted(LinkHeaders.ETHERNET);
    private final FlightRecorder recorder = new FlightRecorder(new FlightPlan(Set.of(SSH), 1 << 20, KEEP, SECOND));
    private final PacketRing.Visitor tap = recorder.tap(LinkType.ETHERNET);
    private long now = 1_760_000_000L * SECOND;

    private void frame(byte[] datagram) {
        byte[] frame = Crafted.ethernet(0x0800, datagram);
        now += SECOND / 1_000;
        tap.frame(MemorySegment.ofArray(frame), 0, frame.length, frame.length, now);
    }

    private void client(int port, int flags, int sequence, byte[] payload) {
        frame(craft.tcp(CLIENT, port, SERVER, SSH, flags, sequence, 1, payload));
    }

    private void server(int port, int flags, int sequence, byte[] payload) {
        frame(craft.tcp(SERVER, SSH, CLIENT, port, flags, sequence, 1, payload));
    }

    private void handshake(int port) {
        client(port, Crafted.SYN, 100, NOTHING);
        server(port, Crafted.SYN | Crafted.ACK, 200, NOTHING);
        client(port, Crafted.ACK, 101, NOTHING);
        client(port, Crafted.ACK | Crafted.PSH, 101, "SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aResetBringsBackWhatCameBeforeItAndWhatComesAfter() {
        handshake(40_000);
        handshake(40_001);
        server(40_000, Crafted.RST, 201, NOTHING);
        assertEquals(List.of(), recorder.due(now), "it is too early");
        server(40_000, Crafted.ACK, 201, NOTHING);
        List<FlightRecord> records = recorder.due(now + 2 * SECOND);
        assertEquals(1, records.size());
        AccusedConversation accused = records.getFirst().accused();
        assertEquals(6, accused.frames().size());
        assertEquals(List.of(4), accused.resets());
        assertTrue(accused.openingSeen());
        assertEquals(40_000, accused.conversation().ours().port());
        assertEquals(0, accused.leftOut());
        assertEquals(List.of(), recorder.rest(now), "once");
        assertEquals(1, Attribution.of(accused).size());
        assertEquals(
                6,
                Attribution.around(accused, Attribution.of(accused).getFirst())
                        .orElseThrow()
                        .frames()
                        .size());
    }

    @Test
    void allThatARehearsalShowsIsKept() {
        int connections = 48;
        int segmentsEach = 2 + 2 + 60 + 1;
        assertEquals(connections * segmentsEach * 160L, FlightRehearsal.play());
    }

    @Test
    void manyResetsInOneSecondAreGatheredTogether() {
        for (int port = 40_000; port < 40_000 + FlightRecorder.MOST_WAITING + 10; port++) {
            handshake(port);
            server(port, Crafted.RST, 201, NOTHING);
            server(port, Crafted.RST, 202, NOTHING);
        }
        List<FlightRecord> records = recorder.rest(now);
        assertEquals(FlightRecorder.MOST_WAITING, records.size());
        assertTrue(records.stream().allMatch(record -> record.accused().resets().size() == 2));
        assertEquals(2 * FlightRecorder.MOST_WAITING + 20, recorder.resets());
        assertEquals(20, recorder.unheard());
    }

    @Test
    void whatWasToldOnceIsNotToldAgain() {
        handshake(40_000);
        server(40_000, Crafted.RST, 201, NOTHING);
        assertEquals(1, recorder.rest(now).size());
        now += 10 * SECOND;
        client(40_000, Crafted.SYN, 9_000, NOTHING);
        server(40_000, Crafted.RST | Crafted.ACK, 0, NOTHING);
        List<FlightRecord> records = recorder.rest(now);
        assertEquals(1, records.size());
        assertEquals(2, records.getFirst().accused().frames().size(), "the ports are another conversation's now");
    }

    @Test
    void aResetWithoutItsHandshakeIsGatheredAsWell() {
        server(40_000, Crafted.ACK | Crafted.PSH, 500, "secret".getBytes(StandardCharsets.US_ASCII));
        client(40_000, Crafted.RST, 700, NOTHING);
        AccusedConversation accused = recorder.rest(now).getFirst().accused();
        assertEquals(false, accused.openingSeen());
        assertEquals(SSH, accused.conversation().theirs().port());
        assertEquals(54, accused.frames().getFirst().frame().bytes().length, "headers alone");
        assertEquals(60, accused.frames().getFirst().frame().originalLength());
    }

    @Test
    void lostFramesCountAsMissingAsLongAsTheMemoryReachesThem() {
        handshake(40_000);
        recorder.lost(7, now);
        server(40_000, Crafted.RST, 201, NOTHING);
        assertEquals(7, recorder.rest(now).getFirst().accused().missing());
        now += SECOND;
        client(40_001, Crafted.SYN, 1, NOTHING);
        server(40_001, Crafted.RST | Crafted.ACK, 0, NOTHING);
        assertEquals(0, recorder.rest(now).getFirst().accused().missing());
    }

    @Test
    void olderFramesThanAskedForAreLeftOut() {
        handshake(40_000);
        now += KEEP + SECOND;
        server(40_000, Crafted.RST, 201, NOTHING);
        assertEquals(1, recorder.rest(now).getFirst().accused().frames().size());
    }

    @Test
    void otherPortsAndWhatIsNotTcpLeaveNoTrace() {
        frame(craft.tcp(CLIENT, 1_000, SERVER, 80, Crafted.RST, 1, 1, NOTHING));
        frame(craft.ip(CLIENT, SERVER, 17, new byte[30], 0));
        frame(new byte[] {0x45});
        assertEquals(0, recorder.frames());
        assertEquals(0, recorder.kept());
        assertEquals(0, recorder.reachNanos(now));
    }

    @Test
    void anIcmpErrorKeepsTheQuotedHeadersAndNoPayload() {
        byte[] secret = "this was encrypted".getBytes(StandardCharsets.US_ASCII);
        client(40_000, Crafted.SYN, 100, NOTHING);
        byte[] quoted = craft.tcp(CLIENT, 40_000, SERVER, SSH, Crafted.ACK, 101, 1, secret);
        frame(craft.ip(9, CLIENT, 1, Crafted.join(new byte[] {3, 13, 0, 0, 0, 0, 0, 0}, quoted), 0));
        server(40_000, Crafted.RST | Crafted.ACK, 0, NOTHING);
        AccusedConversation accused = recorder.rest(now).getFirst().accused();
        assertEquals(3, accused.frames().size());
        assertEquals(14 + 20 + 8 + 20 + 20, accused.frames().get(1).frame().bytes().length);
    }

    @Test
    void theRingHoldsTheNewestFramesWhateverTheirLengths() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        FlightRing ring = new FlightRing(FlightRing.LEAST_BYTES);
        byte[] bytes = new byte[4_096];
        for (int number = 0; number < 20_000; number++) {
            int kept = random.nextInt(1, bytes.length);
            bytes[0] = (byte) number;
            ring.keep(MemorySegment.ofArray(bytes), 0, kept, kept + 1, 3, number, number % 3);
            if (number % 997 == 0) {
                long expected = number - ring.frames() + 1;
                for (long place = ring.oldest(); place < ring.end(); place = ring.after(place)) {
                    assertEquals(expected, ring.atNanos(place), "seed " + seed);
                    assertEquals(ring.kept(place) + 1, ring.length(place));
                    assertEquals(3, ring.tap(place));
                    assertEquals(
                            (byte) expected,
                            ring.memory().get(java.lang.foreign.ValueLayout.JAVA_BYTE, ring.bytesAt(place)));
                    expected++;
                }
                assertEquals(number + 1, expected, "none is missing, seed " + seed);
                long chained = number;
                long chain = number - ring.frames();
                for (long place = ring.newest(number % 3); place != FlightRing.NONE; place = ring.before(place)) {
                    assertEquals(chained, ring.atNanos(place), "seed " + seed);
                    chained -= 3;
                }
                assertTrue(chained <= chain, "none of its chain is missing, seed " + seed);
                assertTrue(ring.bytes() <= FlightRing.LEAST_BYTES);
            }
        }
        assertTrue(ring.frames() > 300, ring.frames() + " frames");
    }

    @Test
    void aPlanIsWithinItsBounds() {
        assertThrows(IllegalArgumentException.class, () -> new FlightPlan(Set.of(), 1 << 20, KEEP, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new FlightPlan(Set.of(0), 1 << 20, KEEP, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new FlightPlan(Set.of(SSH), 1 << 19, KEEP, SECOND));
        assertThrows(IllegalArgumentException.class, () -> new FlightPlan(Set.of(SSH), 1 << 20, 0, SECOND));
    }
}
