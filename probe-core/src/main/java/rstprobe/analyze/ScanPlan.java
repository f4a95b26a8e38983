package rstprobe.analyze;

import java.util.Objects;
import java.util.Optional;

/// How captures are to be scanned.
///
/// @param filter   a pcap-filter(7) expression; packets that do not match it are as if they were not there, except
///     that they keep their frame numbers
/// @param threads  how many look at packets at the same time, 1 to [#MOST_THREADS]
/// @param progress hears how far it has come
public record ScanPlan(Optional<String> filter, int threads, ScanProgress progress) {
    /// More threads than this wait for memory.
    public static final int MOST_THREADS = 64;

    public ScanPlan {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("1 to " + MOST_THREADS + " threads, not " + threads);
        }
        Objects.requireNonNull(filter);
        Objects.requireNonNull(progress);
    }

    /// Every packet, on as many threads as there are processors.
    public static ScanPlan everything() {
        int processors = Runtime.getRuntime().availableProcessors();
        return new ScanPlan(Optional.empty(), Math.clamp(processors, 1, MOST_THREADS), ScanProgress.NONE);
    }
}
