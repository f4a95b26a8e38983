package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.record.Mode;
import rstprobe.wire.Sequence;

/// Which byte of ours drew a reset.
///
/// Sent one byte a segment, slower than a round trip, the last byte before the reset is the one. Sent
/// as whole messages, only the message is known, and the last byte of it that had left is named.
final class Triggers {
    private Triggers() {}

    /// The byte that a test of prefixes found, else the one that went alone, else all of the message.
    static Optional<Trigger> of(Attempt attempt, List<Attempt> all, List<Probing> probings) {
        TriggerKind kind = new TriggerKind(attempt, all, probings);
        return kind.trigger()
                .or(() -> of(
                        attempt,
                        all.stream().filter(other -> !kind.refutes(other)).toList()));
    }

    static Optional<Trigger> of(Attempt attempt, List<Attempt> all) {
        return all.stream()
                .filter(other -> other.mode() == Mode.BYTES)
                .flatMap(other -> byteByByte(other).stream())
                .findFirst()
                .or(() -> wholeMessage(attempt));
    }

    /// Certain only where the byte before had its round trip for itself, nothing was sent twice, and
    /// the reset came before the next byte would have left: a reset long after is a timer's.
    static Optional<Trigger> byteByByte(Attempt attempt) {
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
        Seen last = before.getLast();
        OptionalLong roundTrip = RoundTrips.handshake(attempt);
        if (before.size() > 1) {
            Seen previous = before.get(before.size() - 2);
            long gap = last.atNanos() - previous.atNanos();
            boolean certain = roundTrip.isPresent()
                    && gap > roundTrip.getAsLong()
                    && Sequence.before(
                            previous.segment().sequence(), last.segment().sequence())
                    && reset.get().atNanos() - last.atNanos() <= Math.max(gap, 2 * roundTrip.getAsLong());
            if (!certain) {
                return Optional.empty();
            }
        }
        return streamOffset(attempt, last.segment().nextSequence()).stream()
                .mapToObj(attempt::messageAt)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// A reset that acknowledges says how far its sender had read; any other came behind everything
    /// that had left.
    private static Optional<Trigger> wholeMessage(Attempt attempt) {
        return attempt.reset().flatMap(reset -> {
            OptionalInt sent = attempt.bytesSentBefore(reset);
            OptionalInt read = reset.segment().flags().ack()
                    ? streamOffset(attempt, reset.segment().acknowledgement())
                    : sent;
            return sent.isPresent() && read.isPresent() && read.getAsInt() > 0 && read.getAsInt() <= sent.getAsInt()
                    ? attempt.messageAt(read.getAsInt())
                    : Optional.empty();
        });
    }

    /// How many bytes of ours lie before a sequence number.
    private static OptionalInt streamOffset(Attempt attempt, int sequence) {
        return attempt.syn()
                .map(syn -> OptionalInt.of(
                        Sequence.distance(Sequence.plus(syn.segment().sequence(), 1), sequence)))
                .orElse(OptionalInt.empty());
    }
}
