package rstprobe.record;

import java.util.ArrayDeque;
import java.util.Deque;
import rstprobe.wire.Decoded;

/// Finds datagrams that a capture holds twice because it was made on both sides of a router: the second has a TTL
/// one lower and is otherwise the first. Counted as two, they would look like two senders at two distances.
final class SeenAgain {
    /// How many segments back a first sight may lie, and how long ago.
    private static final int MOST_REMEMBERED = 256;

    private static final long LONGEST_AGO_NANOS = 1_000_000_000;

    private record Sight(long atNanos, Decoded.Segment segment) {}

    private final Deque<Sight> recent = new ArrayDeque<>();

    /// True where a segment is one that came just before, behind a router.
    boolean isAgain(long atNanos, Decoded.Segment segment) {
        boolean again = recent.stream()
                .anyMatch(sight ->
                        Math.abs(atNanos - sight.atNanos) <= LONGEST_AGO_NANOS && same(sight.segment, segment));
        if (!again) {
            recent.addLast(new Sight(atNanos, segment));
            if (recent.size() > MOST_REMEMBERED) {
                recent.removeFirst();
            }
        }
        return again;
    }

    private static boolean same(Decoded.Segment first, Decoded.Segment second) {
        return first.ip().ttl() == second.ip().ttl() + 1
                && first.ip().identification().equals(second.ip().identification())
                && first.source().equals(second.source())
                && first.destination().equals(second.destination())
                && first.sequence() == second.sequence()
                && first.acknowledgement() == second.acknowledgement()
                && first.flags().equals(second.flags())
                && first.window() == second.window()
                && first.checksum() == second.checksum()
                && first.payloadLength() == second.payloadLength()
                && first.options().equals(second.options());
    }
}
