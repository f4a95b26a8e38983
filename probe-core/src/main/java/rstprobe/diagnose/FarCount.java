package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// What the numbers in the far TCP's acknowledgements tell of how much it has sent, beside how much of that
/// came.
///
/// A segment without data has the number of the next byte (RFC 9293 section 3.10.7.4). So the last one tells
/// whether silence is a server that said nothing, or one whose words were lost on the way to us. Our own
/// closing, at the end of the wait, draws one for nothing.
final class FarCount {
    static final String SENT_NOTHING = "server-sent-nothing";
    static final String UNHEARD = "server-spoke-unheard";

    /// A server that has not spoken so long after it was spoken to was not merely slower than its
    /// acknowledgement.
    private static final long LEAST_SILENCE_NANOS = 2_000_000_000;

    private FarCount() {}

    /// @param said our last segment with data
    static Optional<Fact> of(Attempt attempt, Seen said) {
        Optional<Seen> synAck = attempt.synAck();
        Optional<Seen> last = attempt.segments().stream()
                .filter(seen -> seen.genuine()
                        && seen.segment().flags().ack()
                        && seen.segment().payloadLength() == 0
                        && Sequence.atMost(
                                said.segment().nextSequence(), seen.segment().acknowledgement()))
                .reduce((_, next) -> next);
        if (synAck.isEmpty() || last.isEmpty()) {
            return Optional.empty();
        }
        int first = synAck.get().segment().nextSequence();
        int came = end(attempt, first, seen -> seen.segment().sequenceLength() > 0);
        int unheard = Sequence.distance(came, last.get().segment().sequence());
        Optional<Seen> closing = closing(attempt, said, last.get());
        if (unheard > (closing.isPresent() ? 1 : 0)) {
            return Optional.of(Fact.told(
                    UNHEARD,
                    Family.SEQUENCE,
                    List.of(synAck.get().frame(), said.frame(), last.get().frame()),
                    "the far side's TCP counts " + unheard
                            + " bytes that it has sent and that never came: it spoke, and" + " the way back lost it"));
        }
        boolean spoke = end(attempt, first, seen -> seen.segment().payloadLength() > 0) != first;
        return spoke || unheard > 0
                ? Optional.empty()
                : Optional.of(nothing(attempt, synAck.get(), said, last.get(), closing));
    }

    private static int end(Attempt attempt, int first, Predicate<Seen> counts) {
        return attempt.segments().stream()
                .filter(seen -> seen.genuine() && counts.test(seen))
                .map(seen -> seen.segment().nextSequence())
                .reduce(first, (one, other) -> Sequence.before(one, other) ? other : one);
    }

    /// Our own FIN, where the last of their segments answers it.
    private static Optional<Seen> closing(Attempt attempt, Seen said, Seen last) {
        return attempt.first(seen -> seen.ours() && seen.segment().flags().fin() && seen.frame() > said.frame())
                .filter(own -> Sequence.atMost(
                        own.segment().nextSequence(), last.segment().acknowledgement()));
    }

    /// An acknowledgement right behind our data only dates from then. The answer to our closing dates from
    /// the end.
    private static Fact nothing(Attempt attempt, Seen synAck, Seen said, Seen last, Optional<Seen> closing) {
        boolean late = attempt.steady()
                && closing.filter(own -> own.atNanos() - said.atNanos() >= LEAST_SILENCE_NANOS)
                        .isPresent();
        if (!late) {
            return Fact.told(
                    "server-had-sent-nothing",
                    Family.SEQUENCE,
                    List.of(synAck.frame(), said.frame(), last.frame()),
                    "when the far side's TCP acknowledged what we said, it had sent nothing yet; whether it did later is"
                            + " open");
        }
        boolean closes = attempt.fin().isPresent();
        return Fact.of(
                SENT_NOTHING,
                Family.SEQUENCE,
                Weights.SENT_NOTHING,
                List.of(Origin.SERVER_PROCESS, Origin.PROXY),
                List.of(synAck.frame(), said.frame(), closing.orElseThrow().frame(), last.frame()),
                "when we gave up after " + (closing.get().atNanos() - said.atNanos()) / 100_000_000 / 10.0
                        + " s, the far side's TCP still had its first sequence number: it has sent nothing at all, so"
                        + " nothing was lost on the way to us"
                        + (closes ? "; it closed as soon as we did" : ""));
    }
}
