package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.cli.Traffic.Seen;
import rstprobe.incident.IncidentReader;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// How runs end on the wire, and what a recording says of it.
@ExtendWith(CableResolver.class)
final class OnTheWireTest {
    private static final int IDENTIFICATION_BYTES = 22;
    private static final long MILLI = 1_000_000;
    /// How late a thread may come on a machine that is busy.
    private static final long BUSY_NANOS = 2_000 * MILLI;

    private final Cable cable;
    private final Path into;
    private final WireRuns runs;

    OnTheWireTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
        this.runs = new WireRuns(cable, into);
    }

    /// What we sent was noted before it was captured, what came was captured before it was noted, all on one clock.
    @Test
    void eventsAndFramesShareOneClock() throws Exception {
        Traffic traffic = runs.against(
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
        Traffic atOnce = runs.against(SmallServer::abort, "--mode", "listen");
        assertTrue(
                atOnce.events(Event.ConnectFailed.class).stream()
                                .anyMatch(failed -> failed.errno().equals("ECONNRESET"))
                        || atOnce.outcome().equals(new Outcome.ResetAt(Stage.IDENTIFICATION)),
                () -> atOnce.recording().events().toString());
        assertEquals(
                new Outcome.ResetAt(Stage.KEXINIT),
                runs.against(
                                peer -> {
                                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                                    SmallServer.hear(peer, IDENTIFICATION_BYTES + 500);
                                },
                                "--mode",
                                "talk")
                        .outcome(),
                "closed with bytes unread");
        assertEquals(
                new Outcome.ResetAt(Stage.IDENTIFICATION),
                runs.against(
                                peer -> {
                                    SmallServer.hear(peer, 5);
                                    SmallServer.abort(peer);
                                },
                                "--mode",
                                "bytes")
                        .outcome(),
                "while we write");
        assertEquals(
                new Outcome.ClosedAt(Stage.IDENTIFICATION),
                runs.against(
                                peer -> {
                                    peer.shutdownOutput();
                                    SmallServer.hear(peer, 1);
                                    SmallServer.abort(peer);
                                },
                                "--mode",
                                "listen")
                        .outcome(),
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
                ran = runs.probe("--mode", "talk", "--timeout", "1");
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
            runs.probe("--budget", "3", "--timeout", "2");
            Traffic traffic = runs.traffic();
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
            assertEquals(13, runs.probe("--timeout", "2").exit());
            assertEquals(1, server.accepted());
        }
        runs.forget();
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
            runs.probe("--timeout", "2");
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
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            List<String> seen = unprivileged(running.process().pid());
            // The server has spoken, and the thread that will hear it may not have begun.
            while (seen.size() < 3 && System.nanoTime() < deadline) {
                seen = unprivileged(running.process().pid());
            }
            assertEquals(3, seen.size(), seen::toString);
            running.signal("INT");
            running.ended();
        }
    }

    /// A file about a thread; empty where the thread has ended since it was listed.
    private static String told(Path task, String file) throws IOException {
        try {
            return Files.readString(task.resolve(file)).strip();
        } catch (IOException failed) {
            if (Files.exists(task)) {
                throw failed;
            }
            return "";
        }
    }

    private static List<String> unprivileged(long process) throws IOException {
        List<String> seen = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process), "task"))) {
            for (Path task : tasks.toList()) {
                String name = told(task, "comm");
                boolean primordial = task.endsWith(Long.toString(process));
                if (name.equals("java") && !primordial || name.startsWith("rstprobe-net") || name.startsWith("tap ")) {
                    String status = told(task, "status");
                    if (status.isEmpty()) {
                        continue;
                    }
                    seen.add(name);
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
            Probe.Ran ran = runs.probe("-i", "lo", "--timeout", "2", "--json");
            assertEquals(19, ran.exit(), ran::toString);
            assertTrue(ran.out().contains("capture-not-live"), ran::toString);
        }
    }

    /// Twenty times: DISCONNECT, FIN, and nobody is reset.
    @Test
    void aHealthyConnectionEndsWithoutAReset() throws Exception {
        try (OpenSsh _ = new OpenSsh(cable)) {
            for (int run = 0; run < 20; run++) {
                Probe.Ran ran = runs.probe("--quiet");
                assertEquals(0, ran.exit(), ran::toString);
                Traffic traffic = runs.traffic();
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
                runs.forget();
            }
        }
    }
}
