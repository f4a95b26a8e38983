package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.capture.VethPair.CLOSED_PORT;
import static rstprobe.capture.VethPair.await;
import static rstprobe.capture.VethPair.refusedFrom;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a tap that cannot be, or cannot go on, ends. Needs root.
class TapEndingTest {

    private VethPair wire;

    @BeforeEach
    void connect() {
        wire = new VethPair();
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    @Test
    void an_interface_that_disappears_ends_the_capture_and_keeps_what_was_seen() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        List<Frame> frames = new ArrayList<>();
        Tap tap = wire.atClient(() -> {
            Tap opened = Tap.open(new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)), frames::add);
            refusedFrom(server);
            return opened;
        });
        wire.ipAtClient("link", "del", "client0");
        await(() -> tap.failure().isPresent());

        TapFailure failure = tap.failure().orElseThrow();
        assertEquals(TapFailure.Kind.INTERFACE_GONE, failure.kind());
        assertTrue(failure.what().startsWith("the capture on client0 ended: "), failure.what());
        assertEquals(new TapStatistics(2, 0, 0), tap.stop());
        assertEquals(2, frames.size());
    }

    @Test
    void a_capture_outlives_an_interface_that_goes_down_and_up() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        List<Frame> frames = Collections.synchronizedList(new ArrayList<>());
        wire.atClient(() -> {
            try (Tap tap =
                    Tap.open(new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)), frames::add)) {
                refusedFrom(server);
                wire.ipAtClient("link", "set", "client0", "down");
                wire.ipAtClient("link", "set", "client0", "up");
                await(() -> wire.ipAtClient("link", "show", "client0").contains("state UP"));
                refusedFrom(server);
                TapStatistics statistics = tap.stop();
                assertEquals(Optional.empty(), tap.failure());
                return statistics;
            }
        });
        assertTrue(frames.size() >= 4, "saw " + frames.size());
    }

    @Test
    void a_sink_that_can_take_no_more_ends_the_capture_with_its_reason() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        IOException full = new IOException("the disk is full");
        wire.atClient(() -> {
            try (Tap tap = Tap.open(new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)), frame -> {
                throw full;
            })) {
                refusedFrom(server);
                await(() -> tap.failure().isPresent());
                TapFailure failure = tap.failure().orElseThrow();
                assertEquals(TapFailure.Kind.SINK, failure.kind());
                assertEquals("frame 1 could not be kept: the disk is full", failure.what());
                assertEquals(full, failure.getCause());
                return tap.stop();
            }
        });
    }

    @Test
    void a_mistake_in_the_sink_is_not_swallowed() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        AssertionError mistake = new AssertionError("not so");
        IllegalStateException told = assertThrows(
                IllegalStateException.class,
                () -> wire.atClient(() -> {
                    Tap tap =
                            Tap.open(new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)), frame -> {
                                throw mistake;
                            });
                    refusedFrom(server);
                    return tap.stop();
                }));
        assertEquals(mistake, told.getCause());
    }

    @Test
    void a_sink_that_never_returns_holds_stop_up_for_two_seconds_and_no_longer() throws Exception {
        InetAddress server = InetAddress.getByName(VethPair.SERVER4);
        CountDownLatch release = new CountDownLatch(1);
        wire.atClient(() -> {
            Tap tap = Tap.open(
                    new TapPlan("client0", TapPlan.filterFor(Set.of(server), CLOSED_PORT)),
                    frame -> awaitRelease(release));
            refusedFrom(server);
            long start = System.nanoTime();
            TapStatistics statistics = tap.stop();
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertTrue(1_900 <= millis && millis < 4_000, "took " + millis + " ms");
            assertEquals(new TapStatistics(2, 0, 0), statistics);
            assertEquals(
                    "the last frames on client0 were not kept: taking them took too long",
                    tap.failure().orElseThrow().what());
            release.countDown();
            return statistics;
        });
    }

    @Test
    void each_trouble_of_opening_has_its_kind_and_two_plain_sentences() throws Exception {
        wire.atClient(() -> {
            TapFailure none = assertThrows(TapFailure.class, () -> Tap.open(new TapPlan("eth77", ""), frame -> {}));
            assertEquals(TapFailure.Kind.NO_SUCH_INTERFACE, none.kind());
            assertTrue(none.what().startsWith("there is no interface eth77; there are client0, "), none.what());
            assertEquals(0, none.getStackTrace().length);
            for (int i = 1; i <= 9; i++) {
                wire.ipAtClient("link", "add", "x" + i, "type", "veth", "peer", "name", "y" + i);
            }
            TapFailure many = assertThrows(TapFailure.class, () -> Tap.open(new TapPlan("eth77", ""), frame -> {}));
            assertTrue(many.what().matches(".*; there are client0, .* and \\d+ more"), many.what());

            TapFailure filter =
                    assertThrows(TapFailure.class, () -> Tap.open(new TapPlan("client0", "tcp prt 22"), frame -> {}));
            assertEquals(TapFailure.Kind.FILTER, filter.kind());
            assertTrue(filter.what().contains("\"tcp prt 22\": "), filter.what());

            wire.ipAtClient("link", "set", "client0", "down");
            TapFailure down = assertThrows(TapFailure.class, () -> Tap.open(new TapPlan("client0", ""), frame -> {}));
            assertEquals(TapFailure.Kind.INTERFACE_DOWN, down.kind());
            assertEquals("the interface client0 is down", down.what());
            assertEquals("bring it up: ip link set client0 up", down.fix());
            return down;
        });
    }

    @Test
    void taps_leave_no_descriptor_and_no_thread_behind() throws Exception {
        TapPlan plan = new TapPlan("client0", "");
        wire.atClient(() -> Tap.open(plan, frame -> {}).stop());
        await(() -> threads() == 0);
        int before = descriptors();
        wire.atClient(() -> {
            for (int i = 0; i < 20; i++) {
                Tap tap = Tap.open(plan, frame -> {});
                tap.stop();
                tap.close();
            }
            return before;
        });
        await(() -> threads() == 0 && descriptors() <= before);
        assertFalse(descriptors() > before);
    }

    private static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tap "))
                .count();
    }

    private static void awaitRelease(CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
