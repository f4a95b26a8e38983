package rstprobe.record;

import java.util.ArrayDeque;
import java.util.Deque;

/// When the target's port may be asked for one connection more.
///
/// Packet filters count what opens connections, whatever becomes of it: `ufw limit` shuts out the sixth in half a
/// minute, and every try prolongs that. So a few may come at once, one less than that and what the user tried last,
/// and from then on as many in each such time.
final class Openings {
    /// Openings that may come without a wait.
    static final int AT_ONCE = 4;

    private final long windowNanos;
    private final Deque<Long> latest = new ArrayDeque<>();
    private long distanceNanos;

    /// @param spacingMillis time for each opening, on the average
    Openings(int spacingMillis) {
        this.windowNanos = AT_ONCE * spacingMillis * 1_000_000L;
    }

    /// Each comes so much later than the one before, at least.
    void keepDistance(int millis) {
        distanceNanos = millis * 1_000_000L;
    }

    /// How long the next one has to wait; nothing where it may come now.
    long waitNanos(long nowNanos) {
        long apart = latest.isEmpty() ? 0 : latest.getLast() + distanceNanos - nowNanos;
        long few = latest.size() < AT_ONCE ? 0 : latest.getFirst() + windowNanos - nowNanos;
        return Math.max(0, Math.max(apart, few));
    }

    /// One comes now.
    void count(long nowNanos) {
        latest.addLast(nowNanos);
        if (latest.size() > AT_ONCE) {
            latest.removeFirst();
        }
    }

    /// Waits for the next one's time and counts it.
    void await() throws InterruptedException {
        Prober.pauseUntil(System.nanoTime() + waitNanos(System.nanoTime()));
        count(System.nanoTime());
    }
}
