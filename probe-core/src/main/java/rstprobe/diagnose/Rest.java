package rstprobe.diagnose;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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

    /// Empty where it was not reset on an open connection.
    static Optional<Rest> of(Attempt attempt) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty() || attempt.synAck().isEmpty()) {
            return Optional.empty();
        }
        List<Seen> before = attempt.segments().stream()
                .filter(seen -> seen.frame() < reset.get().frame() && !seen.reset())
                .toList();
        OptionalLong roundTrip = RoundTrips.handshake(attempt);
        long answered = roundTrip.isPresent() ? 2 * roundTrip.getAsLong() + ANSWERED_NANOS : UNMEASURED_NANOS;
        List<Seen> ours = before.stream().filter(Seen::ours).toList();
        return ours.isEmpty() || reset.get().atNanos() - ours.getLast().atNanos() > answered
                ? before.stream()
                        .reduce((_, last) -> last)
                        .map(last -> new Rest(
                                attempt,
                                reset.get(),
                                Optional.empty(),
                                reset.get().atNanos() - last.atNanos()))
                : drawn(attempt, reset.get(), ours, answered);
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

    /// The longest rest of our side in an attempt behind which the other end still acknowledged what we sent.
    static long longestSurvived(Attempt attempt) {
        List<Seen> ours = attempt.segments().stream()
                .filter(seen -> seen.ours() && !seen.reset())
                .toList();
        return IntStream.range(1, ours.size())
                .filter(i -> acknowledged(attempt, ours.get(i)))
                .mapToLong(i -> ours.get(i).atNanos() - ours.get(i - 1).atNanos())
                .max()
                .orElse(0);
    }

    private static boolean acknowledged(Attempt attempt, Seen own) {
        return attempt.first(seen -> seen.genuine()
                        && seen.frame() > own.frame()
                        && Sequence.before(
                                own.segment().sequence(), seen.segment().acknowledgement()))
                .isPresent();
    }
}
