package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.cli.Traffic.Seen;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What each mode puts on the wire.
@ExtendWith(CableResolver.class)
final class ModesOnTheWireTest {
    private static final int IDENTIFICATION_BYTES = 22;
    private static final long MILLI = 1_000_000;
    /// How late a thread may come on a machine that is busy.
    private static final long BUSY_NANOS = 2_000 * MILLI;

    private final Cable cable;
    private final Path into;
    private final WireRuns runs;

    ModesOnTheWireTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
        this.runs = new WireRuns(cable, into);
    }

    /// The identification, in 22 segments of one byte, at most twenty a second.
    @Test
    void bytesModeSendsOneByteASegment() throws Exception {
        Traffic traffic = runs.against(
                peer -> {
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, IDENTIFICATION_BYTES);
                },
                "--mode",
                "bytes");
        List<Seen> bytes = traffic.said().subList(0, IDENTIFICATION_BYTES);
        for (int i = 0; i < bytes.size(); i++) {
            assertEquals(1, bytes.get(i).length(), bytes::toString);
            assertEquals(i, bytes.get(i).offset(), bytes::toString);
            if (i > 0) {
                long gap = bytes.get(i).atNanos() - bytes.get(i - 1).atNanos();
                assertTrue(gap >= 49 * MILLI, () -> "a gap of " + gap + " ns");
            }
        }
        assertEquals('S', last(traffic, bytes.getFirst()));
        assertEquals('\n', last(traffic, bytes.getLast()));
    }

    @Test
    void segmentsHaveTheSizeThatWasAskedFor() throws Exception {
        Traffic small =
                runs.against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", "talk", "--segment", "7");
        assertEquals(
                List.of(7, 7, 7, 1), small.said().stream().map(Seen::length).toList());
        Traffic large = runs.against(
                peer -> {
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, IDENTIFICATION_BYTES + 1_000);
                },
                "--mode",
                "talk",
                "--segment",
                "400");
        assertEquals(
                List.of(IDENTIFICATION_BYTES, 400, 400, 400),
                large.said().stream().map(Seen::length).limit(4).toList());
    }

    @Test
    void nonsshModeSendsOtherTextOfTheSameLength() throws Exception {
        Traffic traffic = runs.against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", "nonssh");
        Seen only = traffic.said().getFirst();
        assertEquals(IDENTIFICATION_BYTES, only.length());
        byte[] frame = traffic.recording().frames().get(only.frame() - 1).bytes();
        assertFalse(new String(frame, frame.length - IDENTIFICATION_BYTES, 4).startsWith("SSH-"));
    }

    /// A segment of 1240 bytes is an IP packet of 1292, with timestamps.
    @Test
    void smallModeSaysNothingLong() throws Exception {
        Traffic traffic = runs.against(
                peer -> {
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, IDENTIFICATION_BYTES + 500);
                },
                "--mode",
                "small");
        Event.Sent kexInit = traffic.events(Event.Sent.class).stream()
                .filter(sent -> sent.message().equals("kexinit"))
                .findFirst()
                .orElseThrow();
        assertTrue(kexInit.length() > 500 && kexInit.length() <= 1_240, kexInit::toString);
    }

    @Test
    void unmarkedModeMarksNothingAndTheOthersDo() throws Exception {
        for (String mode : List.of("unmarked", "talk")) {
            Traffic traffic = runs.against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", mode);
            int expected = mode.equals("talk") ? 0x48 : 0;
            assertTrue(
                    traffic.segments().stream()
                            .filter(Seen::ours)
                            .allMatch(seen -> seen.segment().ip().tos() == expected),
                    mode);
        }
    }

    @Test
    void aChosenAddressOfOursIsTheSourceOfEverything() throws Exception {
        String other = "198.18.50.9";
        cable.ipAtClient("addr", "add", other + "/24", "dev", Cable.INTERFACE);
        try {
            Traffic traffic = runs.against(
                    peer -> {
                        SmallServer.hear(peer, IDENTIFICATION_BYTES);
                        SmallServer.abort(peer);
                    },
                    "--bind",
                    other,
                    "--budget",
                    "2");
            assertEquals(other, traffic.recording().host().address());
            assertTrue(traffic.opened().size() > 1);
            assertTrue(traffic.events(Event.Opened.class).stream()
                    .allMatch(opened -> opened.local().equals(other)));
            assertTrue(traffic.events(Event.Probed.class).stream()
                    .allMatch(probed -> probed.local().equals(other)));
            assertFalse(traffic.events(Event.Probed.class).isEmpty(), "crafted packets too");
        } finally {
            cable.ipAtClient("addr", "del", other + "/24", "dev", Cable.INTERFACE);
        }
    }

    @Test
    void anAddressThatIsNotOursIsRefused() throws Exception {
        for (String[] words : new String[][] {{"--bind", "203.0.113.7"}, {"--also-from", "localhost"}}) {
            Probe.Ran ran = runs.probe(words);
            assertEquals(Exit.CANNOT_PROBE, ran.exit(), ran::toString);
            assertTrue(ran.err().contains("'" + words[1] + "' is no address of this host"), ran::toString);
        }
        assertEquals(Exit.USAGE, runs.probe("--also-from", Cable.CLIENT).exit(), "the address it connects from anyway");
    }

    @Test
    void listenModeSaysNothingForAsLongAsItMay() throws Exception {
        Traffic silent = runs.against(SmallServer::hearOut, "--mode", "listen", "--timeout", "1.2");
        assertEquals(List.of(), silent.said());
        Event.Ended ended = silent.events(Event.Ended.class).getFirst();
        assertEquals(new Outcome.SilentAt(Stage.IDENTIFICATION), ended.outcome());
        long waited = ended.atNanos()
                - silent.events(Event.Connected.class).getFirst().atNanos();
        assertTrue(waited >= 1_195 * MILLI && waited < 2_000 * MILLI, () -> "waited " + waited + " ns");

        Traffic closed = runs.against(peer -> {}, "--mode", "listen");
        assertEquals(List.of(), closed.said());
        assertEquals(new Outcome.ClosedAt(Stage.IDENTIFICATION), closed.outcome());
        assertTrue(closed.segments().stream()
                .noneMatch(seen -> seen.segment().flags().rst()));
    }

    @Test
    void afterModeWaitsForTheServer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Traffic traffic = runs.against(
                peer -> {
                    never.await(400, TimeUnit.MILLISECONDS);
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, IDENTIFICATION_BYTES);
                },
                "--mode",
                "after");
        assertTrue(
                traffic.said().getFirst().frame() > traffic.heard().getFirst().frame());
        assertEquals(IDENTIFICATION_BYTES, traffic.said().getFirst().length());
    }

    private static int last(Traffic traffic, Seen seen) {
        byte[] bytes = traffic.recording().frames().get(seen.frame() - 1).bytes();
        return bytes[bytes.length - 1];
    }
}
