package rstprobe.diagnose;

import rstprobe.record.Recording;

/// Whether the wall clock was set during a run. The kernel stamps frames with it, so across a step the time
/// between two frames, or between a frame and an event, means nothing.
final class ClockStep {
    /// Slewing moves a clock by half a thousandth at most, and both clocks cannot be read at one instant.
    private static final long STEP_NANOS = 2_000_000;

    private ClockStep() {}

    /// True where the clock was set.
    static boolean of(Recording recording) {
        return Math.abs(recording.capture().clockStepNanos()) > STEP_NANOS;
    }
}
