package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.record.Mode;
import rstprobe.wire.Sequence;

/// Which byte of ours drew a reset.
///
/// Sent one byte a segment, slower than a round trip, the last byte before the reset is the one. Sent as whole
/// messages, only
/// the message is known, and its last byte is named.
final class Triggers {
    private Triggers() {}

    static Optional<Trigger> of(Attempt attempt, List<Attempt> all) {
        return all.stream()
                .filter(other -> other.mode() == Mode.BYTES)
                .flatMap(other -> byteByByte(other).stream())
                .findFirst()
                .or(() -> wholeMessage(attempt));
    }

    private static Optional<Trigger> byteByByte(Attempt attempt) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty()) {
            return Optional.empty();
        }
        List<Seen> before = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.frame() < reset.get().frame() && !seen.reset())
                .filter(seen -> seen.segment().payloadLength() > 0)
                .toList();
        if (before.isEmpty() || before.stream().anyMatch(seen -> seen.segment().payloadLength() != 1)) {
            return Optional.empty();
        }
        OptionalLong roundTrip = Baseline.before(attempt, reset.get()).roundTripNanos();
        Seen last = before.getLast();
        if (before.size() > 1) {
            long gap = last.atNanos() - before.get(before.size() - 2).atNanos();
            if (roundTrip.isEmpty() || gap <= roundTrip.getAsLong()) {
                return Optional.empty();
            }
        }
        return streamOffset(attempt, last).stream()
                .mapToObj(attempt::messageAt)
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Trigger> wholeMessage(Attempt attempt) {
        return attempt.reset()
                .map(attempt::bytesSentBefore)
                .filter(OptionalInt::isPresent)
                .flatMap(sent -> attempt.messageAt(sent.getAsInt()));
    }

    private static OptionalInt streamOffset(Attempt attempt, Seen segment) {
        return attempt.syn()
                .map(syn -> OptionalInt.of(Sequence.distance(
                        Sequence.plus(syn.segment().sequence(), 1),
                        segment.segment().nextSequence())))
                .orElse(OptionalInt.empty());
    }
}
