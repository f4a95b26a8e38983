package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.wire.Sequence;

/// The segment of ours that drew a reset on a connection where each had its time.
///
/// @param nth   its number among the segments of ours with data, from 1
/// @param end   where in our stream it ends
/// @param frame its frame
/// @param reset the frame of the reset
record Drawn(int nth, int end, int frame, int reset) {

    static Optional<Drawn> of(Prefix prefix) {
        return prefix.reset().map(reset -> new Drawn(prefix.nth(), prefix.end(), prefix.frame(), reset.frame()));
    }

    /// Of an attempt the last segment before the reset.
    static Optional<Drawn> of(Attempt attempt) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty()) {
            return Optional.empty();
        }
        List<Seen> before = before(attempt, reset.get());
        OptionalInt end = attempt.bytesSentBefore(reset.get());
        return before.isEmpty() || end.isEmpty()
                ? Optional.empty()
                : Optional.of(new Drawn(
                        before.size(),
                        end.getAsInt(),
                        before.getLast().frame(),
                        reset.get().frame()));
    }

    /// How many segments with data left in an attempt, retransmissions not counted.
    static int segments(Attempt attempt) {
        return distinct(attempt.segments()).size();
    }

    /// Whether an attempt was reset before its nth segment had left.
    static boolean resetBefore(Attempt attempt, int nth) {
        return attempt.reset()
                .filter(reset -> before(attempt, reset).size() < nth)
                .isPresent();
    }

    /// How much of our stream left in an attempt before it was reset or ended.
    static int said(Attempt attempt) {
        return ends(attempt).stream().reduce(0, Math::max);
    }

    /// Where in our stream each segment ends that left in an attempt before it was reset or ended.
    static List<Integer> ends(Attempt attempt) {
        List<Seen> said =
                attempt.reset().map(reset -> before(attempt, reset)).orElseGet(() -> distinct(attempt.segments()));
        return attempt.syn().stream()
                .map(syn -> Sequence.plus(syn.segment().sequence(), 1))
                .flatMap(first -> said.stream()
                        .map(seen -> Sequence.distance(first, seen.segment().nextSequence())))
                .toList();
    }

    private static List<Seen> before(Attempt attempt, Seen reset) {
        return distinct(attempt.segments().stream()
                .filter(seen -> seen.frame() < reset.frame())
                .toList());
    }

    private static List<Seen> distinct(List<Seen> segments) {
        return segments.stream()
                .filter(seen -> seen.ours() && !seen.reset() && seen.segment().payloadLength() > 0)
                .filter(seen -> segments.stream()
                        .noneMatch(earlier -> earlier.ours()
                                && earlier.frame() < seen.frame()
                                && earlier.segment().payloadLength() > 0
                                && Sequence.atMost(
                                        seen.segment().nextSequence(),
                                        earlier.segment().nextSequence())))
                .toList();
    }
}
