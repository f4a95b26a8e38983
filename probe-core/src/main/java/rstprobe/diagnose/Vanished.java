package rstprobe.diagnose;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// Which of our segments vanished, of which message, and what was lost and arrived after all.
final class Vanished {
    private static final int MOST_FRAMES = 8;

    private Vanished() {}

    /// The segments of ours that were sent again and again and never arrived, and those that were repaired.
    static List<Fact> facts(Attempt attempt, Delivery delivery) {
        return Stream.concat(
                        delivery.vanished().stream().limit(1).map(piece -> lost(attempt, piece)),
                        repaired(delivery).stream())
                .toList();
    }

    /// The message of ours that a stretch belongs to, in words.
    static String message(Attempt attempt, Delivery.Piece piece) {
        Optional<Integer> first = attempt.syn().map(syn -> syn.segment().nextSequence());
        return first.flatMap(from -> attempt.messageAt(Sequence.distance(from, piece.to())))
                .map(trigger -> "our " + trigger.message())
                .orElse("a segment of ours");
    }

    /// Our FIN that nothing answered, where what we said before had been acknowledged: any TCP acknowledges one,
    /// whatever
    /// its process does (RFC 9293 section 3.10.7.4).
    static Optional<Fact> closing(Attempt attempt) {
        List<Seen> closing = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().fin())
                .toList();
        boolean lost = closing.size() > 1
                && attempt.whole()
                && attempt.first(seen -> seen.genuine()
                                && seen.frame() > closing.getFirst().frame())
                        .isEmpty()
                && lastOwn(attempt).filter(own -> acknowledged(attempt, own)).isPresent();
        return lost
                ? Optional.of(Fact.told(
                        "closing-unanswered",
                        Family.DELIVERY,
                        closing.stream().map(Seen::frame).limit(MOST_FRAMES).toList(),
                        "when we gave up, our FIN was sent " + closing.size()
                                + " times and never acknowledged, though the far side's TCP had acknowledged what we said"
                                + " before: since then one direction loses everything"))
                : Optional.empty();
    }

    private static boolean acknowledged(Attempt attempt, Seen own) {
        return attempt.first(seen -> seen.genuine()
                        && seen.segment().flags().ack()
                        && Sequence.atMost(
                                own.segment().nextSequence(), seen.segment().acknowledgement()))
                .isPresent();
    }

    /// Whether the far side's own count shows this.
    static boolean counted(Attempt attempt, String id) {
        return lastOwn(attempt)
                .flatMap(own -> FarCount.of(attempt, own))
                .filter(fact -> fact.evidence().id().equals(id))
                .isPresent();
    }

    /// Our last segment with data.
    static Optional<Seen> lastOwn(Attempt attempt) {
        return attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .reduce((first, second) -> Sequence.before(
                                first.segment().nextSequence(), second.segment().nextSequence())
                        ? second
                        : first);
    }

    private static Fact lost(Attempt attempt, Delivery.Piece piece) {
        long nanos =
                piece.copies().getLast().atNanos() - piece.copies().getFirst().atNanos();
        return Fact.told(
                "segment-vanishes-to-server",
                Family.DELIVERY,
                piece.copies().stream().map(Seen::frame).limit(MOST_FRAMES).toList(),
                "a segment of " + message(attempt, piece) + ", an IP packet of " + piece.packetBytes()
                        + " bytes, was sent "
                        + piece.copies().size() + " times"
                        + (attempt.steady() ? String.format(Locale.ROOT, " in %.1f s", nanos / 1e9) : "")
                        + " and never acknowledged");
    }

    private static Optional<Fact> repaired(Delivery delivery) {
        List<Delivery.Piece> repaired = delivery.repaired();
        return repaired.isEmpty()
                ? Optional.empty()
                : Optional.of(Fact.told(
                        "segments-sent-again-arrived",
                        Family.DELIVERY,
                        repaired.stream()
                                .flatMap(piece -> piece.copies().stream().map(Seen::frame))
                                .distinct()
                                .limit(MOST_FRAMES)
                                .toList(),
                        repaired.size() + (repaired.size() == 1 ? " segment" : " segments")
                                + " of ours had to be sent again and arrived then: the path loses some, whatever their"
                                + " size"));
    }
}
