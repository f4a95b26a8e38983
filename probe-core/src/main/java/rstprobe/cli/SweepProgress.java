package rstprobe.cli;

import java.time.Duration;
import java.util.Locale;

/// The line at a terminal that says how far a sweep is, and how long it will still take.
final class SweepProgress {
    private static final long EVERY_NANOS = 200_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Screen screen;
    private final int before;
    private final int wanted;
    private final long begunNanos = System.nanoTime();
    private long shownNanos = begunNanos;
    private boolean shown;

    /// @param before how many were done by an earlier sweep
    SweepProgress(Screen screen, int before, int wanted) {
        this.screen = screen;
        this.before = before;
        this.wanted = wanted;
    }

    /// One more is done.
    void done(int count, long holes) {
        long now = System.nanoTime();
        if (now - shownNanos < EVERY_NANOS) {
            return;
        }
        shownNanos = now;
        shown = true;
        double perSecond = (count - before) / ((now - begunNanos) / NANOS_PER_SECOND);
        long left = Math.round((wanted - count) / perSecond);
        screen.overwrite(String.format(
                Locale.ROOT,
                "%d of %d targets, %d with a black hole, %.0f a second, %s left",
                count,
                wanted,
                holes,
                perSecond,
                DurationWords.told(Duration.ofSeconds(left))));
    }

    /// Nothing more is done.
    void end() {
        if (shown) {
            screen.overwritten();
        }
    }
}
