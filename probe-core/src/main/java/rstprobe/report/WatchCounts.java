package rstprobe.report;

import java.util.Map;
import java.util.TreeMap;
import rstprobe.diagnose.Origin;

/// What a flight recorder has counted since its start.
///
/// @param heard       what passed by
/// @param connections how many connections were reset, by whose reset it was; those closed in order before are not
///     among them
/// @param afterEnd    connections whose resets came when they were over already
/// @param notJudged   resets that were only counted, because too many came at once
/// @param folders     incident folders that were written
/// @param withheld    incident folders that were not, because there were enough
/// @param unwritten   files and folders that could not be written
public record WatchCounts(
        Heard heard,
        Map<Origin, Long> connections,
        long afterEnd,
        long notJudged,
        long folders,
        long withheld,
        long unwritten) {
    public WatchCounts {
        connections = Map.copyOf(connections);
    }

    /// What passed by the taps.
    ///
    /// @param frames     of the watched ports, and ICMP errors about them
    /// @param lost       frames that the kernel had no room for
    /// @param resets     among the frames
    /// @param notJudged  resets of connections that were too many at once
    /// @param kept       frames in memory now
    /// @param reachNanos how far back the memory reaches
    /// @param atNanos    when this was so, nanoseconds since 1970
    /// @param up         how many of the taps have an interface that is up
    public record Heard(
            long frames, long lost, long resets, long notJudged, long kept, long reachNanos, long atNanos, int up) {
        /// Before anything passed by.
        public static Heard nothing(long atNanos, int up) {
            return new Heard(0, 0, 0, 0, 0, 0, atNanos, up);
        }
    }

    /// All connections that were reset.
    public long reset() {
        return connections.values().stream().mapToLong(Long::longValue).sum();
    }

    /// The same in a fixed order.
    Map<Origin, Long> inOrder() {
        return new TreeMap<>(connections);
    }
}
