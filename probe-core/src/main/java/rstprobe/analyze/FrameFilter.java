package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import rstprobe.capture.RecordWalk;

/// Which frames are looked at.
final class FrameFilter {
    /// All of them.
    static final FrameFilter ALL = new FrameFilter();

    boolean passes(MemorySegment bytes, RecordWalk walk) {
        return true;
    }
}
