package rstprobe.analyze;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Optional;
import rstprobe.capture.FilterProgram;
import rstprobe.capture.RecordWalk;

/// Which frames one thread looks at.
final class FrameFilter {
    private static final int NO_LINK = -1;

    private final Optional<FrameFilters> filters;
    private final boolean all;

    /// Link types of frames to which the filter could not be applied.
    final BitSet leftOut = new BitSet();

    private int link = NO_LINK;
    private Optional<FilterProgram> program = Optional.empty();

    FrameFilter(Optional<FrameFilters> filters) {
        this.all = filters.isEmpty();
        this.filters = filters;
    }

    boolean passes(MemorySegment bytes, RecordWalk walk) {
        return all || isMatch(bytes, walk);
    }

    private boolean isMatch(MemorySegment bytes, RecordWalk walk) {
        if (walk.linkCode() != link) {
            link = walk.linkCode();
            program = filters.orElseThrow().program(link);
        }
        if (program.isEmpty()) {
            leftOut.set(link);
            return false;
        }
        return program.get().passes(bytes, walk.frameAt(), walk.captured(), walk.original());
    }
}
