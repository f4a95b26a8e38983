package rstprobe.analyze;

import java.util.Optional;

/// The user's filter, for every link type.
final class FrameFilters {
    static FrameFilters of(Optional<String> expression) throws ScanFailure {
        return new FrameFilters();
    }

    FrameFilter filter() {
        return FrameFilter.ALL;
    }
}
