package rstprobe.diagnose;

import rstprobe.record.Recording;

/// Whether the wall clock was set during a run. The kernel stamps frames with it, so across a step the time
/// between two frames, or between a frame and an event, means nothing.
final class ClockStep {
    /// Slewing a clock by half a thousandth, as the kernel does, takes a run of twenty seconds for that.
    private static final long STEP_NANOS = 10_000_000;

    private ClockStep() {}

    /// True where the clock was set.
    static boolean of(Recording recording) {
        return Math.abs(recording.capture().clockStepNanos()) > STEP_NANOS;
    }
}
