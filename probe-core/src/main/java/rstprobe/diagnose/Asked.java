package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rstprobe.record.Event;
import rstprobe.wire.Sequence;

/// A message of ours on the wire, and what the far side made of it.
///
/// @param name         of the message, such as `exec`
/// @param sent         every segment that carries its first byte, repetitions included, in order
/// @param acknowledged the first of theirs that acknowledges all of it
/// @param answered     the first with bytes of theirs that does
record Asked(String name, List<Seen> sent, Optional<Seen> acknowledged, Optional<Seen> answered) {
    private static final double NANOS_A_SECOND = 1e9;

    /// Every message of an attempt that the capture shows.
    static List<Asked> of(Attempt attempt) {
        List<Asked> all = new ArrayList<>();
        Optional<Seen> syn = attempt.syn();
        if (syn.isEmpty()) {
            return all;
        }
        int first = syn.get().segment().nextSequence();
        for (Event event : attempt.events()) {
            if (event instanceof Event.Sent sent) {
                Asked asked = of(attempt, sent, first);
                if (!asked.sent.isEmpty()) {
                    all.add(asked);
                }
            }
        }
        return all;
    }

    private static Asked of(Attempt attempt, Event.Sent message, int first) {
        int begin = Sequence.plus(first, (int) message.offset());
        int end = Sequence.plus(begin, message.length());
        List<Seen> sent = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .filter(seen -> Sequence.atMost(seen.segment().sequence(), begin)
                        && Sequence.before(begin, seen.segment().nextSequence()))
                .toList();
        if (sent.isEmpty()) {
            return new Asked(message.message(), sent, Optional.empty(), Optional.empty());
        }
        int from = sent.getFirst().frame();
        List<Seen> heard = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.frame() > from)
                .filter(seen -> Sequence.atMost(end, seen.segment().acknowledgement()))
                .toList();
        return new Asked(
                message.message(),
                sent,
                heard.stream().findFirst(),
                heard.stream()
                        .filter(seen -> seen.segment().payloadLength() > 0)
                        .findFirst());
    }

    Seen first() {
        return sent.getFirst();
    }

    Seen last() {
        return sent.getLast();
    }

    /// How long the answer took; empty where there is none.
    OptionalDouble seconds() {
        return answered.map(seen -> OptionalDouble.of((seen.atNanos() - first().atNanos()) / NANOS_A_SECOND))
                .orElse(OptionalDouble.empty());
    }

    /// How long the far TCP took to acknowledge it; empty where it did not.
    OptionalDouble secondsToTcp() {
        return acknowledged
                .map(seen -> OptionalDouble.of((seen.atNanos() - first().atNanos()) / NANOS_A_SECOND))
                .orElse(OptionalDouble.empty());
    }

    /// Frames that show the message and what came of it.
    List<Integer> frames() {
        List<Integer> frames = new ArrayList<>();
        frames.add(first().frame());
        answered.or(() -> acknowledged).ifPresent(seen -> frames.add(seen.frame()));
        return frames;
    }
}
