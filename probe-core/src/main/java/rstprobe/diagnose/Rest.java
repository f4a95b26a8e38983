package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import rstprobe.wire.Sequence;

/// How long a connection had rested when it was reset.
///
/// @param attempt the attempt
/// @param reset   its reset
/// @param drawnBy the segment of ours that was the first behind the rest, where one drew the reset; empty
///     where the reset came by itself
/// @param nanos   the rest: of our own side where a segment of ours ended it, of both where nothing did
record Rest(Attempt attempt, Seen reset, Optional<Seen> drawnBy, long nanos) {
    /// A reset this long after its round trip is no answer any more.
    private static final long ANSWERED_NANOS = 100_000_000;

    private static final long UNMEASURED_NANOS = 1_000_000_000;

    /// Empty where it was not reset on an open connection, or the capture lost what may have moved meanwhile.
    static Optional<Rest> of(Attempt attempt) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty() || attempt.synAck().isEmpty() || !attempt.whole()) {
            return Optional.empty();
        }
        Optional<Seen> newest = Optional.empty();
        List<Seen> ours = new ArrayList<>();
        for (Seen seen : attempt.segments()) {
            if (seen.frame() < reset.get().frame() && !seen.reset()) {
                newest = Optional.of(seen);
                if (seen.ours() && !seen.segment().flags().syn()) {
                    ours.add(seen);
                }
            }
        }
        long answered = answeredWithin(attempt);
        return ours.isEmpty() || reset.get().atNanos() - ours.getLast().atNanos() > answered
                ? newest.map(last -> new Rest(
                        attempt, reset.get(), Optional.empty(), reset.get().atNanos() - last.atNanos()))
                : drawn(attempt, reset.get(), ours, answered);
    }

    /// How long an answer may take.
    private static long answeredWithin(Attempt attempt) {
        OptionalLong roundTrip = RoundTrips.handshake(attempt);
        return roundTrip.isPresent() ? 2 * roundTrip.getAsLong() + ANSWERED_NANOS : UNMEASURED_NANOS;
    }

    /// Whether an open connection was reset too late behind our last segment for an answer to it: by a timer, say, or
    /// by whoever waited in vain for somebody else. Such a reset does not need us to say anything.
    static boolean unprompted(Attempt attempt) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty() || attempt.synAck().isEmpty() || !attempt.whole() || !attempt.steady()) {
            return false;
        }
        return attempt.segments().stream()
                .filter(seen -> seen.ours()
                        && !seen.reset()
                        && seen.frame() < reset.get().frame())
                .reduce((_, last) -> last)
                .filter(last -> reset.get().atNanos() - last.atNanos() > answeredWithin(attempt))
                .isPresent();
    }

    /// Several of ours may have left before the answer came: the longest rest before one of them counts.
    private static Optional<Rest> drawn(Attempt attempt, Seen reset, List<Seen> ours, long answered) {
        return IntStream.range(1, ours.size())
                .filter(i -> reset.atNanos() - ours.get(i).atNanos() <= answered)
                .mapToObj(i -> new Rest(
                        attempt,
                        reset,
                        Optional.of(ours.get(i)),
                        ours.get(i).atNanos() - ours.get(i - 1).atNanos()))
                .max(Comparator.comparingLong(Rest::nanos));
    }

    /// From our SYN to the reset.
    long sinceOpening() {
        return attempt.syn().map(syn -> reset.atNanos() - syn.atNanos()).orElse(0L);
    }

    /// A rest of our side that was followed by a segment of ours the other end answered.
    ///
    /// @param own   that segment
    /// @param nanos the longest rest of ours up to then
    record Survived(Seen own, long nanos) {}

    /// The longest rest that an attempt survived up to a segment of a kind: what the other end acknowledged
    /// later, and before any reset, shows that the connection stood.
    static Optional<Survived> survived(Attempt attempt, Predicate<Seen> kind) {
        int ended = attempt.reset().map(Seen::frame).orElse(Integer.MAX_VALUE);
        Optional<Survived> survived = Optional.empty();
        Optional<Seen> previous = Optional.empty();
        long longest = 0;
        for (Seen own : attempt.segments()) {
            if (!own.ours() || own.reset() || own.segment().flags().syn() || own.frame() > ended) {
                continue;
            }
            longest = Math.max(
                    longest, own.atNanos() - previous.map(Seen::atNanos).orElse(own.atNanos()));
            previous = Optional.of(own);
            if (kind.test(own) && answered(attempt, own, ended)) {
                survived = Optional.of(new Survived(own, longest));
            }
        }
        return survived;
    }

    private static boolean answered(Attempt attempt, Seen own, int ended) {
        return attempt.first(seen -> seen.genuine()
                        && seen.frame() > own.frame()
                        && seen.frame() < ended
                        && Sequence.before(
                                own.segment().sequence(), seen.segment().acknowledgement()))
                .isPresent();
    }
}
