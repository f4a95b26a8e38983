package rstprobe.record;

import java.util.OptionalLong;

/// Whether a time passed in silence.
///
/// When it is up, what was captured by then is waited for so much longer, or as long as we were late ourselves: on a
/// busy machine the answer may have come, and lie where nobody took it yet.
final class Settling {
    private static final long SETTLING_NANOS = 100_000_000;

    private OptionalLong settledAtNanos = OptionalLong.empty();

    /// Another time is waited for from now on.
    void begin() {
        settledAtNanos = OptionalLong.empty();
    }

    /// Whether nothing came until then, and nothing of then was taken later: what is taken later moves that time.
    boolean isSilent(long nowNanos, long untilNanos) {
        if (nowNanos < untilNanos) {
            begin();
        } else if (settledAtNanos.isEmpty()) {
            settledAtNanos = OptionalLong.of(nowNanos + Math.max(SETTLING_NANOS, nowNanos - untilNanos));
        }
        return settledAtNanos.isPresent() && nowNanos >= settledAtNanos.getAsLong();
    }
}
