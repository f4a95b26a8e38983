package rstprobe.record;

import rstprobe.linux.ClockPair;
import rstprobe.linux.LinuxException;

/// The one clock of a run: the monotonic clock, shown as nanoseconds since the Unix epoch.
///
/// The kernel stamps captured frames with the wall clock. Both clocks are read together at the start, so an
/// event of ours and a frame sort together, and again at the end, so that a step of the wall clock in between
/// is known.
final class RunClock {
    private final ClockPair start;

    RunClock() throws LinuxException {
        this(ClockPair.read());
    }

    /// A clock that was started when both clocks showed this.
    RunClock(ClockPair start) {
        this.start = start;
    }

    long now() {
        return start.toRealtime(System.nanoTime());
    }

    /// How far the wall clock has moved against the monotonic clock since the start.
    long stepNanos() throws LinuxException {
        return stepNanos(ClockPair.read());
    }

    /// How far the wall clock had moved when both clocks showed this.
    long stepNanos(ClockPair now) {
        return now.realtimeNanos() - start.toRealtime(now.monotonicNanos());
    }
}
