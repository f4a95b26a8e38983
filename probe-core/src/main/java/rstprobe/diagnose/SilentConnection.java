package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// The connection stands and nothing comes.
final class SilentConnection {
    private SilentConnection() {}

    static Judgement of(Attempt attempt, Stage stage) {
        Optional<Seen> lastOwn = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .reduce((first, second) -> Sequence.before(
                                first.segment().nextSequence(), second.segment().nextSequence())
                        ? second
                        : first);
        Optional<Seen> acknowledged = lastOwn.flatMap(own -> attempt.first(seen -> seen.genuine()
                && seen.segment().flags().ack()
                && Sequence.atMost(own.segment().nextSequence(), seen.segment().acknowledgement())));
        List<Seen> synAcks = repeatedAfterOurAnswer(attempt);
        List<Fact> facts = new ArrayList<>();
        if (!synAcks.isEmpty()) {
            facts.add(Fact.told(
                    "syn-ack-repeated",
                    Family.SEQUENCE,
                    synAcks.stream().map(Seen::frame).toList(),
                    "the server repeated its SYN-ACK after our answer to it: the answer never reached its listener, or the"
                            + " listener's queue was full"));
        }
        holes(attempt, facts);
        if (lastOwn.isPresent()) {
            facts.add(acknowledged
                    .map(seen -> Fact.told(
                            "silence-after-acknowledgement",
                            Family.SEQUENCE,
                            List.of(lastOwn.get().frame(), seen.frame()),
                            "the far side's TCP acknowledged everything we sent, and no application answered"))
                    .orElseGet(() -> unacknowledged(attempt, lastOwn.get())));
        }
        return Judgement.of(
                        new Verdict.Undetermined(
                                cause(stage, !synAcks.isEmpty(), lastOwn.isPresent(), acknowledged.isPresent()),
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                summary(
                                        attempt,
                                        stage,
                                        !synAcks.isEmpty(),
                                        lastOwn.isPresent(),
                                        acknowledged.isPresent())),
                        facts)
                .withNextTest("on the server: ss -ltn 'sport = :"
                        + attempt.conversation().theirs().port()
                        + "' (Recv-Q above 0 means it does not accept), and tcpdump there: do our segments arrive");
    }

    private static Fact unacknowledged(Attempt attempt, Seen lastOwn) {
        return attempt.whole()
                ? Fact.told(
                        "silence-without-acknowledgement",
                        Family.SEQUENCE,
                        List.of(lastOwn.frame()),
                        "our last segment was never acknowledged")
                : Fact.told(
                        "acknowledgement-not-observed",
                        Family.SEQUENCE,
                        List.of(lastOwn.frame()),
                        "no acknowledgement of our last segment was observed, by a capture that lost frames");
    }

    /// SYN-ACKs behind our acknowledgement of the first. One before it only answers a repeated SYN.
    private static List<Seen> repeatedAfterOurAnswer(Attempt attempt) {
        Optional<Seen> answered = attempt.first(seen -> seen.ours()
                && seen.segment().flags().ack()
                && !seen.segment().flags().syn());
        return attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.segment().flags().syn() && !seen.reset())
                .filter(seen ->
                        answered.isPresent() && seen.frame() > answered.get().frame())
                .toList();
    }

    /// Bytes the server sent that never came, while later ones did, and ours that it reports missing.
    private static void holes(Attempt attempt, List<Fact> facts) {
        attempt.first(seen -> seen.genuine() && !seen.segment().options().sack().isEmpty())
                .ifPresent(
                        seen -> facts.add(
                                Fact.told(
                                        "selective-acknowledgement",
                                        Family.OPTIONS,
                                        List.of(seen.frame()),
                                        "the server reports a hole in what we sent: a segment of ours vanished while a later one arrived")));
        attempt.first(seen -> seen.ours() && !seen.segment().options().sack().isEmpty())
                .ifPresent(seen -> facts.add(Fact.told(
                        "hole-in-server-data",
                        Family.OPTIONS,
                        List.of(seen.frame()),
                        "a segment of the server's vanished while a later one arrived")));
    }

    private static Optional<Cause> cause(Stage stage, boolean synAckRepeated, boolean spoke, boolean acknowledged) {
        if (synAckRepeated && !acknowledged) {
            return Optional.empty();
        }
        return stage == Stage.IDENTIFICATION && spoke && acknowledged
                ? Optional.of(Cause.LISTENER_STALLED)
                : Optional.empty();
    }

    private static String summary(
            Attempt attempt, Stage stage, boolean synAckRepeated, boolean spoke, boolean acknowledged) {
        String silent = "silent at " + stage.word() + ": ";
        if (synAckRepeated && !acknowledged) {
            return silent
                    + "the server answered our SYN and took nothing after it; something drops what follows a SYN, or the listener's queue is full";
        }
        if (!spoke) {
            return silent + "the connection stands and the server said nothing";
        }
        if (acknowledged) {
            return silent + "the far side's TCP took what we sent and no application answered";
        }
        return silent
                + (attempt.whole()
                        ? "what we sent was never acknowledged"
                        : "no acknowledgement of what we sent was observed");
    }
}
