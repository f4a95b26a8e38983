package rstprobe.record;

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
    /// How many segments back a first sight may lie, a power of two, and how long ago.
    private static final int MOST_REMEMBERED = 256;

    private static final long LONGEST_AGO_NANOS = 1_000_000_000;

    private static final int ONE_ROUTER = 1;

    private record Sight(int frame, long atNanos, Decoded.Segment segment) {}

    /// The latest segments in turn, and beside them their sequence numbers: nearly all others differ in that.
    private final Sight[] recent = new Sight[MOST_REMEMBERED];
    private final int[] sequences = new int[MOST_REMEMBERED];
    private int seen;
    private final Set<Integer> comingDownBy = new HashSet<>(Set.of(ONE_ROUTER));

    /// True where a segment is one that came just before.
    boolean isAgain(long atNanos, Decoded.Segment segment) {
        return original(1, atNanos, segment).isPresent();
    }

    /// The frame of which this one is a copy; empty where it is none.
    OptionalInt original(int frame, long atNanos, Decoded.Segment segment) {
        int sequence = segment.sequence();
        for (int i = Math.max(0, seen - MOST_REMEMBERED); i < seen; i++) {
            int place = i & MOST_REMEMBERED - 1;
            if (sequences[place] == sequence && isCopy(recent[place], atNanos, segment)) {
                Sight first = recent[place];
                comingDownBy.add(first.segment.ip().ttl() - segment.ip().ttl());
                return OptionalInt.of(first.frame);
            }
        }
        int place = seen++ & MOST_REMEMBERED - 1;
        recent[place] = new Sight(frame, atNanos, segment);
        sequences[place] = sequence;
        return OptionalInt.empty();
    }

    private boolean isCopy(Sight sight, long atNanos, Decoded.Segment segment) {
        int down = sight.segment.ip().ttl() - segment.ip().ttl();
        return down != 0
                && Math.abs(atNanos - sight.atNanos) <= LONGEST_AGO_NANOS
                && (comingDownBy.contains(down) || !segment.flags().rst() && sentOnce(segment))
                && same(sight.segment, segment);
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
