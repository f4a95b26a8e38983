package rstprobe.record;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import rstprobe.wire.Decoded;

/// Finds datagrams that a capture holds twice because it was made on both sides of a router, or by two taps: the
/// second has another TTL and is otherwise the first. Counted as two, they would look like two senders at two
/// distances.
///
/// Of a reset that difference alone proves nothing, since whoever forges them may send several: it is a copy only
/// where it came down by one, or by what other segments, which nobody sends twice with one identification and
/// checksum, came down by before it.
final class SeenAgain {
    /// How many segments back a first sight may lie, and how long ago.
    private static final int MOST_REMEMBERED = 256;

    private static final long LONGEST_AGO_NANOS = 1_000_000_000;

    private static final int ONE_ROUTER = 1;

    private record Sight(int frame, long atNanos, Decoded.Segment segment) {}

    private final Deque<Sight> recent = new ArrayDeque<>();
    private final Set<Integer> comingDownBy = new HashSet<>(Set.of(ONE_ROUTER));

    /// True where a segment is one that came just before.
    boolean isAgain(long atNanos, Decoded.Segment segment) {
        return original(1, atNanos, segment).isPresent();
    }

    /// The frame of which this one is a copy; empty where it is none.
    OptionalInt original(int frame, long atNanos, Decoded.Segment segment) {
        for (Sight sight : recent) {
            int down = sight.segment.ip().ttl() - segment.ip().ttl();
            // Nearly all others differ in their number, which is the cheapest to see.
            if (down != 0
                    && sight.segment.sequence() == segment.sequence()
                    && Math.abs(atNanos - sight.atNanos) <= LONGEST_AGO_NANOS
                    && (comingDownBy.contains(down) || !segment.flags().rst() && sentOnce(segment))
                    && same(sight.segment, segment)) {
                comingDownBy.add(down);
                return OptionalInt.of(sight.frame);
            }
        }
        recent.addLast(new Sight(frame, atNanos, segment));
        if (recent.size() > MOST_REMEMBERED) {
            recent.removeFirst();
        }
        return OptionalInt.empty();
    }

    /// Whether a sender that says the same again would not say it alike: it counts its datagrams, or stamps them.
    private static boolean sentOnce(Decoded.Segment segment) {
        return !segment.ip().isV6() && segment.ip().identification().orElse(0) != 0
                || segment.options().timestamps().isPresent();
    }

    /// Of two with one sequence number.
    private static boolean same(Decoded.Segment first, Decoded.Segment second) {
        return first.acknowledgement() == second.acknowledgement()
                && first.checksum() == second.checksum()
                && first.window() == second.window()
                && first.payloadLength() == second.payloadLength()
                && first.flags().equals(second.flags())
                && first.ip().identification().equals(second.ip().identification())
                && first.source().equals(second.source())
                && first.destination().equals(second.destination())
                && first.options().equals(second.options());
    }
}
