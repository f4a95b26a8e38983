package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.FlightRecord;
import rstprobe.analyze.ResetGroups;
import rstprobe.analyze.Standing;
import rstprobe.capture.InterfaceFacts;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Origin;
import rstprobe.incident.IncidentFolder;
import rstprobe.incident.WholeFile;
import rstprobe.record.CannotProbe;
import rstprobe.record.CapturedConversation;
import rstprobe.record.FromCapture;
import rstprobe.record.Recording;
import rstprobe.report.Incident;
import rstprobe.report.WatchCounts;
import rstprobe.report.WatchJson;
import rstprobe.report.WatchMetrics;
import rstprobe.report.WatchWording;
import rstprobe.report.WatchedReset;

/// Judges, writes and tells what the flight recorder gathered, on a thread of its own: whoever looks at frames must
/// never wait for a disk.
final class WatchWriter {
    /// Conversations that may wait to be judged.
    private static final int MOST_WAITING = 64;

    /// Conversations judged within a second: more are one event, and judging them would cost what capturing needs.
    private static final int MOST_A_SECOND = 32;

    private static final long METRICS_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long LOOK_MILLIS = 200;

    /// How often the same trouble with writing is told.
    private static final long TROUBLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// @param into       where incident folders go
    /// @param most       folders there at most
    /// @param metrics    the file for a collector
    /// @param interfaces what the frames are captured on, in the order of the taps
    /// @param system     the operating system
    /// @param json       whether a document is printed for each
    record Plan(
            Path into,
            int most,
            Optional<Path> metrics,
            List<InterfaceFacts> interfaces,
            Optional<String> system,
            boolean json) {}

    private final Plan plan;
    private final Screen screen;
    private final FolderAllowance allowance;
    private final BlockingQueue<FlightRecord> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread thread =
            Thread.ofPlatform().daemon().name("rstprobe-watch-writer").unstarted(this::work);
    private volatile WatchCounts.Heard heard;
    private volatile boolean ending;
    private volatile Optional<Throwable> mistake = Optional.empty();

    // Touched by the capturing thread alone.
    private long second;
    private int inSecond;
    private long notTaken;

    // Touched by the writer's thread alone, and by others when it has ended.
    private final ResetGroups groups = new ResetGroups();
    private final Map<Origin, Long> connections = new EnumMap<>(Origin.class);
    private long afterEnd;
    private long folders;
    private long withheld;
    private long unwritten;
    private Optional<Long> troubleTold = Optional.empty();

    WatchWriter(Plan plan, Screen screen, WatchCounts.Heard heard) {
        this.plan = plan;
        this.screen = screen;
        this.heard = heard;
        this.allowance = new FolderAllowance(plan.into(), plan.most());
    }

    /// Begins; the first metrics are there soon.
    void start() {
        thread.start();
    }

    /// Hands a conversation over; one that finds no room is only counted.
    void take(FlightRecord record) {
        long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        if (now != second) {
            second = now;
            inSecond = 0;
        }
        inSecond++;
        if (inSecond > MOST_A_SECOND || !waiting.offer(record)) {
            notTaken += record.accused().resetsInAll();
        }
    }

    /// Tells what passed by.
    void heard(WatchCounts.Heard now) {
        heard = new WatchCounts.Heard(
                now.frames(),
                now.lost(),
                now.resets(),
                now.notJudged() + notTaken,
                now.kept(),
                now.reachNanos(),
                now.atNanos(),
                now.up());
    }

    /// Nothing more comes: writes what is left.
    ///
    /// @return whether all of it was written in time
    boolean finish(long millis) {
        ending = true;
        boolean interrupted = false;
        try {
            thread.join(millis);
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /// A mistake of ours that ended it.
    Optional<Throwable> mistake() {
        return mistake;
    }

    /// What was counted. Exact when it has ended.
    WatchCounts counts() {
        return new WatchCounts(heard, connections, afterEnd, 0, folders, withheld, unwritten);
    }

    /// The exit code: that of the worst verdict.
    int exitCode() {
        return unwritten > 0 ? Exit.CANNOT_PROBE : groups.exitCode();
    }

    private void work() {
        try {
            long metricsAt = System.nanoTime();
            writeMetrics();
            while (!ending || !waiting.isEmpty()) {
                FlightRecord record = waiting.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (record != null) {
                    judge(record);
                }
                if (System.nanoTime() - metricsAt >= METRICS_NANOS) {
                    metricsAt = System.nanoTime();
                    writeMetrics();
                }
            }
            writeMetrics();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error ours) {
            mistake = Optional.of(ours);
        }
    }

    private void judge(FlightRecord record) {
        List<AttributedReset> fresh = Attribution.of(record.accused()).stream()
                .filter(reset -> reset.atNanos() >= record.sinceNanos())
                .toList();
        Optional<AttributedReset> most = fresh.stream()
                .min(Comparator.comparing(AttributedReset::standing)
                        .thenComparing(reset -> -reset.verdict().confidence())
                        .thenComparing(AttributedReset::atNanos));
        if (most.isEmpty()) {
            return;
        }
        AttributedReset reset = most.get();
        groups.add(reset);
        boolean over = reset.standing() == Standing.AFTER_END;
        if (over) {
            afterEnd++;
        } else {
            connections.merge(reset.origin(), 1L, Long::sum);
        }
        Optional<CapturedConversation> conversation = conversation(record.accused(), reset);
        Optional<Recording> recording = conversation.map(FromCapture::recording);
        Optional<Finding> finding = recording.map(Diagnosis::of);
        Optional<String> folder = over ? Optional.empty() : recording.flatMap(kept -> folder(reset, kept, finding));
        tell(new WatchedReset(
                reset,
                fresh.size(),
                interfaceName(record.accused()),
                conversation.map(kept -> kept.frames().size()).orElse(0),
                record.accused().leftOut(),
                finding.map(Finding::evidence).orElse(List.<Evidence>of()),
                folder));
    }

    private Optional<CapturedConversation> conversation(AccusedConversation accused, AttributedReset reset) {
        return Attribution.around(accused, reset).map(kept -> kept.on(interfaceName(accused), plan.system()));
    }

    private String interfaceName(AccusedConversation accused) {
        return plan.interfaces()
                .get(accused.frames().getFirst().frame().interfaceId())
                .name();
    }

    private Optional<String> folder(AttributedReset reset, Recording recording, Optional<Finding> finding) {
        if (!allowance.allows(reset)) {
            withheld++;
            return Optional.empty();
        }
        try (IncidentFolder folder = IncidentFolder.create(
                plan.into(),
                Instant.ofEpochSecond(0, reset.atNanos()),
                recording.plan().host(),
                recording.plan().port())) {
            folder.finish(new Incident(folder.name(), recording, finding.orElseThrow()), plan.interfaces());
            folders++;
            return Optional.of(folder.name());
        } catch (CannotProbe cannot) {
            trouble(cannot.what());
        } catch (IOException failed) {
            trouble("an incident folder in " + plan.into() + " is incomplete: " + IncidentFolder.reason(failed));
        }
        return Optional.empty();
    }

    private void tell(WatchedReset watched) {
        screen.answer(plan.json() ? WatchJson.line(watched) : WatchWording.line(watched));
    }

    private void writeMetrics() {
        plan.metrics().ifPresent(file -> {
            try {
                WholeFile.write(file, WatchMetrics.of(counts()), true);
            } catch (IOException failed) {
                trouble(file + " was not written: " + IncidentFolder.reason(failed));
            }
        });
    }

    /// A full disk ends nothing: what is not written is told on the screen, and counted.
    private void trouble(String what) {
        unwritten++;
        long now = System.nanoTime();
        if (troubleTold.filter(before -> now - before < TROUBLE_NANOS).isEmpty()) {
            troubleTold = Optional.of(now);
            screen.warn(what + "; watching goes on");
        }
    }
}
