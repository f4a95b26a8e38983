package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.capture.VethPair.CLOSED_PORT;
import static rstprobe.capture.VethPair.refusedFrom;

import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A tap whose memory the kernel shares, on a real wire between two namespaces. Needs root.
class RingTapTest {
    private static final int BUFFER = 4 << 20;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int MOST_LOOKS = 50;
    private static final int SYN = 2, RST_AND_ACK = 0x14;

    private VethPair wire;

    @BeforeEach
    void connect() {
        wire = new VethPair();
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    private static TapPlan plan(int port, int snapLength) {
        return new TapPlan("client0", TapPlan.filterForPorts(Set.of(port)), snapLength, BUFFER);
    }

    /// What a tap shows, until there are so many.
    private static List<Frame> taken(RingTap tap, int wanted) throws Exception {
        List<Frame> frames = new ArrayList<>();
        for (int look = 0; look < MOST_LOOKS && frames.size() < wanted; look++) {
            assertTrue(tap.await(LOOK).isEmpty());
            tap.take((bytes, at, captured, length, atNanos) -> frames.add(new Frame(
                    frames.size() + 1,
                    atNanos,
                    tap.link(),
                    bytes.asSlice(at, captured).toArray(ValueLayout.JAVA_BYTE),
                    length,
                    0)));
        }
        return frames;
    }

    /// Where TCP begins on Ethernet, without options of IP.
    private static int tcpAt(Frame frame) {
        return frame.bytes()[12] == 0x08 ? 34 : 54;
    }

    private static int flags(Frame frame) {
        return frame.bytes()[tcpAt(frame) + 13];
    }

    private static int from(Frame frame) {
        return Short.toUnsignedInt(ByteBuffer.wrap(frame.bytes()).getShort(tcpAt(frame)));
    }

    private static RingTap live(TapPlan plan) throws TapFailure {
        RingTap tap = RingTap.open(plan);
        tap.start();
        return tap;
    }

    @Test
    void a_tap_hears_nothing_before_it_is_started() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        wire.atClient(() -> {
            try (RingTap tap = RingTap.open(plan(CLOSED_PORT, 4_096))) {
                refusedFrom(server);
                tap.start();
                int port = refusedFrom(server);
                List<Frame> frames = taken(tap, 2);
                assertEquals(2, frames.size());
                assertEquals(port, from(frames.get(0)));
            }
            return server;
        });
    }

    @Test
    void what_passes_the_filter_is_shown_in_order_with_its_time() throws Exception {
        for (String address : List.of(VethPair.SERVER4, VethPair.SERVER6)) {
            InetAddress server = InetAddress.getByName(address);
            wire.atClient(() -> {
                long before = System.currentTimeMillis() * 1_000_000L;
                try (RingTap tap = live(plan(CLOSED_PORT, 4_096))) {
                    int port = refusedFrom(server);
                    List<Frame> frames = taken(tap, 2);
                    assertEquals(SYN, flags(frames.get(0)));
                    assertEquals(port, from(frames.get(0)));
                    assertEquals(RST_AND_ACK, flags(frames.get(1)));
                    assertEquals(2, frames.size());
                    assertTrue(frames.get(0).atNanos() >= before);
                    assertTrue(frames.get(1).atNanos() >= frames.get(0).atNanos());
                    assertEquals(new TapStatistics(2, 0, 0), tap.statistics());
                }
                return server;
            });
        }
    }

    @Test
    void the_kernel_cuts_frames_and_says_how_long_they_were() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        wire.atClient(() -> {
            try (RingTap tap = live(plan(CLOSED_PORT, 40))) {
                refusedFrom(server);
                for (Frame frame : taken(tap, 2)) {
                    assertEquals(40, frame.bytes().length);
                    assertTrue(frame.originalLength() >= 54, frame::toString);
                }
            }
            return server;
        });
    }

    @Test
    void other_ports_do_not_pass() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        wire.atClient(() -> {
            try (RingTap tap = live(plan(CLOSED_PORT + 1, 4_096))) {
                refusedFrom(server);
                assertTrue(tap.await(LOOK).isEmpty());
                assertEquals(0, tap.take((_, _, _, _, _) -> {}));
                assertEquals(0, tap.statistics().received());
            }
            return server;
        });
    }

    @Test
    void what_cannot_be_opened_is_told_by_kind() throws Exception {
        wire.atClient(() -> {
            TapPlan none = new TapPlan("nothing0", "tcp", 4_096, BUFFER);
            TapFailure failed = assertThrows(TapFailure.class, () -> RingTap.open(none));
            assertEquals(TapFailure.Kind.NO_SUCH_INTERFACE, failed.kind());
            TapPlan wrong = new TapPlan("client0", "tcp port nothing", 4_096, BUFFER);
            assertEquals(
                    TapFailure.Kind.FILTER,
                    assertThrows(TapFailure.class, () -> RingTap.open(wrong)).kind());
            return failed;
        });
    }
}
