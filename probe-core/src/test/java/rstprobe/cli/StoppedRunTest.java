package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.incident.IncidentReader;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// Runs that do not come to their own end: Ctrl-C, SIGTERM, kill -9, and a mistake of ours.
@ExtendWith(CableResolver.class)
final class StoppedRunTest {
    private static final int INTERRUPTIONS = 12;
    private static final int LATEST_MILLIS = 1_400;
    /// Sending halts within 200 ms; the rest is for a busy machine.
    private static final long HALT_MILLIS = 200 + 300;

    private final Cable cable;
    private final Path into;

    StoppedRunTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
    }

    @Test
    void ctrlCAtAnyMomentLeavesAWholeFolderOrNone() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int whole = 0;
        try (SmallServer _ = new SmallServer(cable, StoppedRunTest::resetLater)) {
            for (int run = 0; run < INTERRUPTIONS; run++) {
                Path folder = Files.createDirectory(into.resolve("run" + run));
                int millis = random.nextInt(LATEST_MILLIS);
                Probe.Running running = Probe.at(cable).start("ssh", Cable.SERVER, "--into", folder.toString());
                running.process().waitFor(millis, TimeUnit.MILLISECONDS);
                running.signal("INT");
                Probe.Ran ran = running.ended();
                String why = "seed " + seed + ", after " + millis + " ms: " + ran;
                assertEquals(Exit.INTERRUPTED, ran.exit(), why);
                assertTrue(ran.err().lines().count() <= 1, why);
                ran.noTrace();
                whole += assertWholeOrNone(folder, why);
            }
        }
        assertTrue(whole > 0, "no run lasted long enough to leave a folder");
    }

    private static void resetLater(java.nio.channels.SocketChannel peer) throws IOException, InterruptedException {
        SmallServer.say(peer, SmallServer.IDENTIFICATION);
        SmallServer.hear(peer, 600);
        SmallServer.abort(peer);
    }

    private static int assertWholeOrNone(Path into, String why) throws Exception {
        try (Stream<Path> folders = Files.list(into)) {
            List<Path> all = folders.toList();
            if (all.isEmpty()) {
                return 0;
            }
        }
        IncidentReader.Read read = IncidentReader.read(Probe.incident(into));
        assertEquals(Optional.empty(), read.caution(), why);
        return 1;
    }

    /// While it connects, while it sends byte by byte, while it waits after a reset, and while it waits for an answer.
    @ParameterizedTest
    @ValueSource(strings = {"connecting", "sending", "after a reset", "waiting"})
    void sendingHaltsAtOnce(String when) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        boolean refuses = when.equals("connecting");
        if (refuses) {
            cable.atServer(
                    "nft",
                    "add table inet s; add chain inet s i { type filter hook input priority 0; };"
                            + " add rule inet s i tcp dport 22 drop");
        }
        try (SmallServer _ = new SmallServer(cable, peer -> {
            if (when.equals("after a reset")) {
                SmallServer.hear(peer, 5);
                SmallServer.abort(peer);
                peer.close();
            } else if (when.equals("sending")) {
                SmallServer.hear(peer, 3);
            }
            reached.countDown();
            SmallServer.hearOut(peer);
        })) {
            String mode = when.equals("sending") ? "bytes" : "talk";
            Probe.Running running =
                    Probe.at(cable).start("ssh", Cable.SERVER, "--into", into.toString(), "--mode", mode);
            if (refuses) {
                awaitEvent(running, "\"opened\"");
            } else {
                assertTrue(reached.await(20, TimeUnit.SECONDS));
            }
            running.process().waitFor(120, TimeUnit.MILLISECONDS);
            long signalled = System.currentTimeMillis();
            running.signal("INT");
            Probe.Ran ran = running.ended();
            assertEquals(Exit.INTERRUPTED, ran.exit(), ran::toString);
            Recording recording = IncidentReader.read(Probe.incident(into)).recording();
            long halted = recording.events().stream()
                            .filter(Event.Interrupted.class::isInstance)
                            .mapToLong(Event::atNanos)
                            .findFirst()
                            .orElseThrow()
                    / 1_000_000;
            System.out.println(when + ": halted after ms: " + (halted - signalled));
            assertTrue(halted - signalled < HALT_MILLIS, () -> when + ": " + (halted - signalled) + " ms");
            long last = recording.frames().getLast().atNanos() / 1_000_000;
            assertTrue(last - signalled < HALT_MILLIS + 250, () -> "a frame " + (last - signalled) + " ms later");
        } finally {
            if (refuses) {
                cable.atServer("nft", "delete table inet s");
            }
        }
    }

    @Test
    void sigtermIsAsCtrlC() throws Exception {
        try (SmallServer _ = new SmallServer(cable, SmallServer::hearOut)) {
            Probe.Running running = started();
            running.signal("TERM");
            Probe.Ran ran = running.ended();
            assertEquals(Exit.INTERRUPTED, ran.exit(), ran::toString);
            ran.oneLine(Exit.INTERRUPTED, "interrupted");
            assertWholeOrNone(into, ran.toString());
        }
    }

    /// What was captured and noted until then is readable, here and in Wireshark, and the next run works.
    @Test
    void afterKillNineTheFolderIsReadable() throws Exception {
        try (SmallServer _ = new SmallServer(cable, SmallServer::hearOut)) {
            Probe.Running running = started();
            running.signal("KILL");
            assertEquals(128 + 9, running.ended().exit());
        }
        Path folder = Probe.incident(into);
        Path capture = folder.resolve("capture.pcapng.part");
        Cable.run("tshark", "-r", capture.toString());
        Probe.Ran replayed = new Probe().run("replay", folder.toString());
        replayed.oneLine(19, "the run did not end by itself");
        Path lines = folder.resolve("recording.jsonl.part");
        String text = Files.readString(lines);
        Files.writeString(lines, text.substring(0, text.length() - 20));
        byte[] frames = Files.readAllBytes(capture);
        Files.write(capture, java.util.Arrays.copyOf(frames, frames.length - 7));
        new Probe().run("replay", folder.toString()).noTrace().oneLine(19, "ends early");
        try (SmallServer _ = new SmallServer(cable, peer -> SmallServer.say(peer, "Exceeded MaxStartups\r\n"))) {
            assertEquals(
                    13,
                    Probe.at(cable)
                            .run("ssh", Cable.SERVER, "--into", folder.toString())
                            .exit());
        }
    }

    /// Started, connected and talking.
    private Probe.Running started() throws IOException, InterruptedException {
        Probe.Running running = Probe.at(cable).start("ssh", Cable.SERVER, "--into", into.toString());
        awaitEvent(running, "\"sent\"");
        return running;
    }

    private void awaitEvent(Probe.Running running, String kind) throws IOException, InterruptedException {
        for (int again = 0; again < 2_000; again++) {
            running.process().waitFor(5, TimeUnit.MILLISECONDS);
            try (Stream<Path> files = Files.walk(into)) {
                Optional<Path> lines = files.filter(file -> file.endsWith("recording.jsonl.part"))
                        .findFirst();
                if (lines.isPresent() && Files.readString(lines.get()).contains(kind)) {
                    return;
                }
            }
        }
        throw new IOException("no " + kind + ": " + running.ended());
    }

    /// The rule that picks the next probe is replaced by one that fails: a mistake in the middle of a run.
    @Test
    void aMistakeOfOursAccusesNobody() throws Exception {
        Path classes = Files.createDirectory(into.resolve("classes"));
        Path source = Files.writeString(into.resolve("NextProbe.java"), """
                package rstprobe.diagnose;
                public sealed interface NextProbe {
                    record Connect(rstprobe.record.Mode mode, boolean quietly) implements NextProbe {}
                    record Ask(rstprobe.record.ActiveTest test) implements NextProbe {}
                    static java.util.Optional<NextProbe> of(
                            rstprobe.record.Recording recording, Finding finding) {
                        throw new StackOverflowError("made for a test");
                    }
                }
                """);
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int compiled = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", path, "-d", classes.toString(), source.toString());
        assertEquals(0, compiled);
        try (SmallServer _ = new SmallServer(cable, peer -> SmallServer.say(peer, "Exceeded MaxStartups\r\n"))) {
            Probe.Ran ran =
                    Probe.at(cable).classesFirst(classes).run("ssh", Cable.SERVER, "--into", into.toString(), "--json");
            assertEquals(Exit.BUG, ran.exit(), ran::toString);
            assertEquals(1, ran.err().lines().count(), ran::toString);
            assertTrue(ran.err().contains("this is a bug in rstprobe"), ran::toString);
            assertTrue(ran.out().contains("\"status\": \"undetermined\""), ran::toString);
            assertTrue(ran.out().contains("\"cause\": null"), ran::toString);
        }
        Path folder = Probe.incident(into);
        assertTrue(Files.readString(folder.resolve("bug.txt")).contains("made for a test"));
        Probe.Ran replayed = new Probe().run("replay", folder.toString());
        assertEquals(19, replayed.exit(), replayed::toString);
        assertTrue(replayed.out().contains("rstprobe itself failed"), replayed::toString);
    }
}
