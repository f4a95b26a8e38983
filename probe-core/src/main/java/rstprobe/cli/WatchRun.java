package rstprobe.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import rstprobe.analyze.FlightPlan;
import rstprobe.analyze.FlightRecorder;
import rstprobe.capture.RingTap;
import rstprobe.capture.TapFailure;
import rstprobe.linux.PacketRing;
import rstprobe.record.CannotProbe;
import rstprobe.report.WatchCounts;
import rstprobe.report.WatchWording;

/// The flight recorder while it runs: one thread looks at frames, another judges and writes.
final class WatchRun implements AutoCloseable {
    /// How long the taps are waited for; the first one wakes at once when it has a block full of frames.
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long TELL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// What [Interruption] waits for, and a little less.
    private static final long FINISH_MILLIS = 4_000;

    private final FlightRecorder recorder;
    private final List<RingTap> taps;
    private final List<PacketRing.Visitor> visitors = new ArrayList<>();
    private final Set<RingTap> down = new HashSet<>();
    private final Set<RingTap> gone = new HashSet<>();
    private final WatchWriter writer;
    private final Screen screen;
    private final long startedNanos = System.nanoTime();
    private Optional<CannotProbe> ended = Optional.empty();
    private long goneLost;
    private long lost;
    private long lostTold;
    private long lostToldAt;

    /// @param taps live ones; they are closed with this
    WatchRun(FlightPlan plan, List<RingTap> taps, WatchWriter.Plan writing, Screen screen) {
        this.recorder = new FlightRecorder(plan);
        this.taps = new ArrayList<>(taps);
        this.screen = screen;
        taps.forEach(tap -> visitors.add(recorder.tap(tap.link())));
        this.writer = new WatchWriter(writing, screen, WatchCounts.Heard.nothing(wallNanos(), taps.size()));
    }

    private static long wallNanos() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    /// Watches until the time is up, nothing is left to watch, or a signal comes; then writes what is left.
    ///
    /// @param lasting how long; empty for until somebody ends it
    /// @return the exit code
    int run(Optional<Duration> lasting, Interruption interruption, String where) {
        writer.start();
        boolean interrupted = false;
        try {
            interruption.during(() -> watch(lasting));
        } catch (InterruptedException _) {
            interrupted = true;
        }
        look();
        count();
        recorder.rest(wallNanos()).forEach(writer::take);
        writer.heard(heard());
        boolean finished = writer.finish(FINISH_MILLIS);
        return conclude(where, interrupted, finished);
    }

    private void watch(Optional<Duration> lasting) throws InterruptedException {
        long nextCount = startedNanos;
        while (!taps.isEmpty() && writer.mistake().isEmpty()) {
            long now = System.nanoTime();
            if (lasting.isPresent() && now - startedNanos >= lasting.get().toNanos()) {
                return;
            }
            await(taps.getFirst(), LOOK);
            for (int i = 1; i < taps.size(); i++) {
                await(taps.get(i), Duration.ZERO);
            }
            look();
            if (now - nextCount >= 0) {
                nextCount = now + COUNT_NANOS;
                count();
                recorder.due(wallNanos()).forEach(writer::take);
                writer.heard(heard());
            }
        }
    }

    private void await(RingTap tap, Duration longest) throws InterruptedException {
        try {
            Optional<TapFailure> trouble = tap.await(longest);
            if (trouble.isPresent()) {
                down.add(tap);
                screen.warn(trouble.get().what() + "; watching goes on when it is up again");
            }
        } catch (TapFailure failed) {
            ended = Optional.of(new CannotProbe(failed.what(), failed.fix()));
            gone.add(tap);
            if (taps.size() > gone.size()) {
                screen.warn(failed.what() + "; watching goes on elsewhere");
            }
        }
    }

    /// Takes what came; a tap whose interface is gone has told its last.
    private void look() {
        for (int i = taps.size() - 1; i >= 0; i--) {
            RingTap tap = taps.get(i);
            if (tap.take(visitors.get(i)) > 0) {
                down.remove(tap);
            }
            if (gone.contains(tap)) {
                goneLost += tap.statistics().droppedByKernel();
                down.remove(tap);
                taps.remove(i);
                visitors.remove(i);
                tap.close();
            }
        }
    }

    private void count() {
        long inAll = goneLost
                + taps.stream()
                        .mapToLong(tap -> tap.statistics().droppedByKernel())
                        .sum();
        if (inAll > lost) {
            lost = inAll;
            recorder.lost(lost, wallNanos());
        }
        long now = System.nanoTime();
        if (lost > lostTold && (lostTold == 0 || now - lostToldAt >= TELL_NANOS)) {
            screen.warn(WatchWording.lost(lost - lostTold, lost));
            lostTold = lost;
            lostToldAt = now;
        }
    }

    private WatchCounts.Heard heard() {
        long now = wallNanos();
        return new WatchCounts.Heard(
                recorder.frames(),
                lost,
                recorder.resets(),
                recorder.unheard(),
                recorder.kept(),
                recorder.reachNanos(now),
                now,
                taps.size() - down.size());
    }

    private int conclude(String where, boolean interrupted, boolean finished) {
        WatchWording.summary(writer.counts(), where, System.nanoTime() - startedNanos)
                .forEach(screen::announce);
        ended.ifPresent(cannot -> {
            screen.warn(cannot.what());
            screen.list("  fix: " + cannot.fix());
        });
        if (!finished) {
            screen.warn("stopped before every incident folder was written");
        }
        if (writer.mistake().isPresent()) {
            StringWriter trace = new StringWriter();
            writer.mistake().get().printStackTrace(new PrintWriter(trace));
            screen.warn("this is a bug in rstprobe, please report it:");
            trace.toString().lines().forEach(screen::list);
            return Exit.BUG;
        }
        if (interrupted) {
            return Exit.INTERRUPTED;
        }
        return ended.isPresent() || !finished ? Exit.CANNOT_PROBE : writer.exitCode();
    }

    @Override
    public void close() {
        taps.forEach(RingTap::close);
        taps.clear();
    }
}
