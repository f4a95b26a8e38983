package rstprobe.cli;

import java.util.Locale;
import rstprobe.record.IdleRecorder.Progress;

/// Where a search is, on one line that is written over, for a person at a terminal.
final class IdleProgress {
    private static final double NANOS = 1e9;
    private static final long SECONDS_A_MINUTE = 60;

    private final Screen screen;
    private boolean shown;

    IdleProgress(Screen screen) {
        this.screen = screen;
    }

    void show(Progress progress) {
        shown = true;
        String timer = progress.lostNanos().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "timer between %.1f and %.1f s",
                        Math.min(progress.survivedNanos(), progress.lostNanos().getAsLong()) / NANOS,
                        progress.lostNanos().getAsLong() / NANOS)
                : String.format(Locale.ROOT, "no timer below %.1f s", progress.survivedNanos() / NANOS);
        screen.overwrite(timer + ", at most " + time(progress.remainingNanos()) + " left");
    }

    /// The line stays as it was last.
    void over() {
        if (shown) {
            screen.overwritten();
        }
    }

    private static String time(long nanos) {
        long seconds = Math.ceilDiv(nanos, 1_000_000_000L);
        return seconds < 2 * SECONDS_A_MINUTE
                ? seconds + " s"
                : seconds / SECONDS_A_MINUTE + " min " + seconds % SECONDS_A_MINUTE + " s";
    }
}
