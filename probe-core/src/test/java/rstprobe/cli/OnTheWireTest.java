package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.cli.Traffic.Seen;
import rstprobe.incident.IncidentReader;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What the modes do on the wire, and what a recording says of it.
final class OnTheWireTest {
    private static final int IDENTIFICATION_BYTES = 22;
    private static final long MILLI = 1_000_000;
    /// How late a thread may come on a machine that is busy.
    private static final long BUSY_NANOS = 2_000 * MILLI;

    private static Cable cable;

    @TempDir
    private Path into;

    @BeforeAll
    static void lay() {
        cable = new Cable();
    }

    @AfterAll
    static void remove() {
        cable.close();
    }

    /// The identification, in 22 segments of one byte, at most twenty a second.
    @Test
    void bytesModeSendsOneByteASegment() throws Exception {
        Traffic traffic = against(
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
                against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", "talk", "--segment", "7");
        assertEquals(
                List.of(7, 7, 7, 1), small.said().stream().map(Seen::length).toList());
        Traffic large = against(
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
        Traffic traffic = against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", "nonssh");
        Seen only = traffic.said().getFirst();
        assertEquals(IDENTIFICATION_BYTES, only.length());
        byte[] frame = traffic.recording().frames().get(only.frame() - 1).bytes();
        assertFalse(new String(frame, frame.length - IDENTIFICATION_BYTES, 4).startsWith("SSH-"));
    }

    /// A segment of 1240 bytes is an IP packet of 1292, with timestamps.
    @Test
    void smallModeSaysNothingLong() throws Exception {
        Traffic traffic = against(
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
            Traffic traffic = against(peer -> SmallServer.hear(peer, IDENTIFICATION_BYTES), "--mode", mode);
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
            Traffic traffic = against(
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
            Probe.Ran ran = probe(words);
            assertEquals(Exit.CANNOT_PROBE, ran.exit(), ran::toString);
            assertTrue(ran.err().contains("'" + words[1] + "' is no address of this host"), ran::toString);
        }
        assertEquals(Exit.USAGE, probe("--also-from", Cable.CLIENT).exit(), "the address it connects from anyway");
    }

    @Test
    void listenModeSaysNothingForAsLongAsItMay() throws Exception {
        Traffic silent = against(SmallServer::hearOut, "--mode", "listen", "--timeout", "1.2");
        assertEquals(List.of(), silent.said());
        Event.Ended ended = silent.events(Event.Ended.class).getFirst();
        assertEquals(new Outcome.SilentAt(Stage.IDENTIFICATION), ended.outcome());
        long waited = ended.atNanos()
                - silent.events(Event.Connected.class).getFirst().atNanos();
        assertTrue(waited >= 1_195 * MILLI && waited < 2_000 * MILLI, () -> "waited " + waited + " ns");

        Traffic closed = against(peer -> {}, "--mode", "listen");
        assertEquals(List.of(), closed.said());
        assertEquals(new Outcome.ClosedAt(Stage.IDENTIFICATION), outcome(closed));
        assertTrue(closed.segments().stream()
                .noneMatch(seen -> seen.segment().flags().rst()));
    }

    @Test
    void afterModeWaitsForTheServer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Traffic traffic = against(
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

    /// What we sent was noted before it was captured, what came was captured before it was noted, all on one clock.
    @Test
    void eventsAndFramesShareOneClock() throws Exception {
        Traffic traffic = against(
                peer -> {
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, IDENTIFICATION_BYTES + 1_000);
                    SmallServer.say(peer, "text");
                },
                "--mode",
                "talk");
        assertEquals(1, traffic.recording().capture().firstOwnSyn().orElseThrow());
        for (Event.Sent sent : traffic.events(Event.Sent.class)) {
            Seen frame = traffic.said().stream()
                    .filter(seen -> seen.offset() + seen.length() > sent.offset())
                    .findFirst()
                    .orElseThrow();
            long later = frame.atNanos() - sent.atNanos();
            assertTrue(later >= -MILLI / 10 && later < BUSY_NANOS, () -> sent + " was captured after " + later + " ns");
        }
        for (Event.Received received : traffic.events(Event.Received.class)) {
            Seen frame = traffic.heard().stream()
                    .filter(seen -> seen.offset() + seen.length() >= received.offset() + received.length())
                    .findFirst()
                    .orElseThrow();
            long later = received.atNanos() - frame.atNanos();
            assertTrue(later >= -MILLI / 10 && later < BUSY_NANOS, () -> received + " came after " + later + " ns");
        }
    }

    @Test
    void aResetIsAResetWhereverItComes() throws Exception {
        Traffic atOnce = against(SmallServer::abort, "--mode", "listen");
        assertTrue(
                atOnce.events(Event.ConnectFailed.class).stream()
                                .anyMatch(failed -> failed.errno().equals("ECONNRESET"))
                        || outcome(atOnce).equals(new Outcome.ResetAt(Stage.IDENTIFICATION)),
                () -> atOnce.recording().events().toString());
        assertEquals(
                new Outcome.ResetAt(Stage.KEXINIT),
                outcome(against(
                        peer -> {
                            SmallServer.say(peer, SmallServer.IDENTIFICATION);
                            SmallServer.hear(peer, IDENTIFICATION_BYTES + 500);
                        },
                        "--mode",
                        "talk")),
                "closed with bytes unread");
        assertEquals(
                new Outcome.ResetAt(Stage.IDENTIFICATION),
                outcome(against(
                        peer -> {
                            SmallServer.hear(peer, 5);
                            SmallServer.abort(peer);
                        },
                        "--mode",
                        "bytes")),
                "while we write");
        assertEquals(
                new Outcome.ClosedAt(Stage.IDENTIFICATION),
                outcome(against(
                        peer -> {
                            peer.shutdownOutput();
                            SmallServer.hear(peer, 1);
                            SmallServer.abort(peer);
                        },
                        "--mode",
                        "listen")),
                "a FIN came first");
    }

    /// A client outlives ICMP errors on an open connection, and so do we: the errors are in the capture.
    @Test
    void anIcmpErrorOnAnOpenConnectionIsSilenceWithFrames() throws Exception {
        cable.atServer(
                "nft",
                "add table inet t; add chain inet t i { type filter hook input priority 0; };"
                        + " add rule inet t i tcp dport 22 tcp flags & (syn|fin) == 0 meta length > 70"
                        + " reject with icmpx type admin-prohibited");
        try {
            Probe.Ran ran;
            try (SmallServer _ = new SmallServer(cable, SmallServer::hearOut)) {
                ran = probe("--mode", "talk", "--timeout", "1");
            }
            IncidentReader.Read read = IncidentReader.read(Probe.incident(into));
            assertTrue(
                    read.recording().events().stream()
                            .anyMatch(event -> event instanceof Event.Ended ended
                                    && ended.outcome().equals(new Outcome.SilentAt(Stage.IDENTIFICATION))),
                    () -> ran + " " + read.recording().events());
        } finally {
            cable.atServer("nft", "delete table inet t");
        }
    }

    @Test
    void connectionsAreFewAndApart() throws Exception {
        try (SmallServer server = new SmallServer(cable, peer -> {
            SmallServer.hear(peer, IDENTIFICATION_BYTES);
            SmallServer.abort(peer);
        })) {
            probe("--budget", "3", "--timeout", "2");
            Traffic traffic = traffic();
            assertEquals(3, server.accepted());
            assertEquals(3, traffic.opened().size());
            for (int i = 1; i < 3; i++) {
                long apart = traffic.opened().get(i).atNanos()
                        - traffic.opened().get(i - 1).atNanos();
                assertTrue(apart >= 249 * MILLI, () -> "connections " + apart + " ns apart");
            }
        }
    }

    @Test
    void aServerThatCountsUsIsNotAskedAgain() throws Exception {
        try (SmallServer server =
                new SmallServer(cable, peer -> SmallServer.say(peer, "Not allowed at this time\r\n"))) {
            assertEquals(13, probe("--timeout", "2").exit());
            assertEquals(1, server.accepted());
        }
        remove(Probe.incident(into));
        List<Integer> order = new ArrayList<>();
        try (SmallServer server = new SmallServer(cable, peer -> {
            synchronized (order) {
                order.add(1);
            }
            if (order.size() > 1) {
                SmallServer.say(peer, "Not allowed at this time\r\n");
                SmallServer.hear(peer, IDENTIFICATION_BYTES);
            } else {
                SmallServer.hear(peer, IDENTIFICATION_BYTES);
                SmallServer.abort(peer);
            }
        })) {
            probe("--timeout", "2");
            assertEquals(2, server.accepted(), "it said so at the second");
        }
    }

    /// Bytes of strangers meet only threads that may do nothing.
    @Test
    void nothingThatReadsTheNetworkHasAPrivilege() throws Exception {
        CountDownLatch met = new CountDownLatch(1);
        try (SmallServer _ = new SmallServer(cable, peer -> {
            SmallServer.say(peer, SmallServer.IDENTIFICATION);
            met.countDown();
            SmallServer.hearOut(peer);
        })) {
            Probe.Running running =
                    Probe.at(cable).start("ssh", Cable.SERVER, "--hurry", "--into", into.toString(), "--timeout", "3");
            assertTrue(met.await(20, TimeUnit.SECONDS));
            List<String> seen = unprivileged(running.process().pid());
            for (int again = 0; seen.size() < 3 && again < 1_000; again++) {
                seen = unprivileged(running.process().pid());
            }
            assertEquals(3, seen.size(), seen::toString);
            running.signal("INT");
            running.ended();
        }
    }

    /// Empty where the thread has ended since it was listed.
    private static String nameOf(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (NoSuchFileException _) {
            return "";
        }
    }

    /// A thread's name; none where it has ended by now.
    private static String name(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (NoSuchFileException ended) {
            return "";
        }
    }

    private static List<String> unprivileged(long process) throws IOException {
        List<String> seen = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
            for (Path task : tasks.toList()) {
                String name = nameOf(task);
                boolean primordial = task.endsWith(Long.toString(process));
                if (name.equals("java") && !primordial || name.startsWith("rstprobe-net") || name.startsWith("tap ")) {
                    seen.add(name);
                    String status = Files.readString(task.resolve("status"));
                    assertTrue(status.contains("CapEff:\t0000000000000000"), () -> name + "\n" + status);
                    assertTrue(status.contains("NoNewPrivs:\t1"), () -> name + "\n" + status);
                }
            }
        }
        return seen;
    }

    @Test
    void aCaptureElsewhereProvesNothing() throws Exception {
        try (SmallServer _ = new SmallServer(cable, SmallServer::abort)) {
            Probe.Ran ran = probe("-i", "lo", "--timeout", "2", "--json");
            assertEquals(19, ran.exit(), ran::toString);
            assertTrue(ran.out().contains("capture-not-live"), ran::toString);
        }
    }

    /// Twenty times: DISCONNECT, FIN, and nobody is reset.
    @Test
    void aHealthyConnectionEndsWithoutAReset() throws Exception {
        try (OpenSsh _ = new OpenSsh(cable)) {
            for (int run = 0; run < 20; run++) {
                Probe.Ran ran = probe("--quiet");
                assertEquals(0, ran.exit(), ran::toString);
                Traffic traffic = traffic();
                assertTrue(
                        traffic.segments().stream()
                                .noneMatch(seen -> seen.segment().flags().rst()),
                        () -> traffic.segments().toString());
                assertEquals(
                        2,
                        traffic.segments().stream()
                                .filter(seen -> seen.segment().flags().fin())
                                .map(Seen::ours)
                                .distinct()
                                .count());
                remove(Probe.incident(into));
            }
        }
    }

    private Traffic against(SmallServer.Part part, String... options) throws Exception {
        try (SmallServer _ = new SmallServer(cable, part)) {
            probe(options).noTrace();
            Traffic traffic = traffic();
            remove(Probe.incident(into));
            return traffic;
        }
    }

    private Probe.Ran probe(String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("ssh", Cable.SERVER, "--hurry", "--into", into.toString()));
        words.addAll(List.of(options));
        return Probe.at(cable).run(words.toArray(String[]::new));
    }

    private Traffic traffic() throws Exception {
        return Traffic.of(IncidentReader.read(Probe.incident(into)).recording());
    }

    private static Outcome outcome(Traffic traffic) {
        return traffic.events(Event.Ended.class).getFirst().outcome();
    }

    private static int last(Traffic traffic, Seen seen) {
        byte[] bytes = traffic.recording().frames().get(seen.frame() - 1).bytes();
        return bytes[bytes.length - 1];
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
