package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.wire.Sequence;

/// Why a server's kernel knew nothing of a connection that it had opened, as far as when and how often that happened
/// tells.
///
/// A host that restarts does so once. What befalls every connection before the server has said a byte has another
/// reason: nobody took it from a full queue (Linux, `tcp_abort_on_overflow`), or a device on the way resets the server,
/// which we do not see, as soon as it identifies itself.
final class StateLost {
    private static final double LEFT_OPEN = 0.15;

    private StateLost() {}

    /// The judgement with the cause that the connections of the run show together.
    static Judgement refined(Judgement judgement, List<Attempt> all) {
        if (!(judgement.verdict() instanceof Verdict.Fault fault)
                || fault.cause() != Cause.CONNECTION_STATE_LOST
                || fault.origin() != Origin.SERVER_KERNEL
                || all.stream().anyMatch(attempt -> attempt.overheard().isPresent() || heard(attempt))) {
            return judgement;
        }
        List<Seen> forgotten = all.stream()
                .filter(attempt -> attempt.whole() && attempt.synAck().isPresent())
                .flatMap(attempt -> attempt
                        .reset()
                        .filter(reset ->
                                ResetShape.of(reset.segment(), Baseline.before(attempt, reset)) == ResetShape.STATELESS)
                        .stream())
                .toList();
        boolean stood = all.stream().anyMatch(StateLost::tookOurs);
        if (stood) {
            return forgotten.size() > 1 ? inspected(judgement, fault, forgotten) : judgement;
        }
        return all.stream().anyMatch(StateLost::neverTaken) ? overflowed(judgement, fault, forgotten) : judgement;
    }

    private static boolean heard(Attempt attempt) {
        return attempt.first(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .isPresent();
    }

    /// Reset at the third part of the handshake, which is all that we had sent. A SYN-ACK without a window was made by
    /// something that shakes hands for others.
    private static boolean neverTaken(Attempt attempt) {
        return attempt.whole()
                && attempt.synAck()
                        .filter(answer -> answer.segment().window() > 0)
                        .isPresent()
                && attempt.reset()
                        .filter(reset -> ResetShape.of(reset.segment(), Baseline.before(attempt, reset))
                                        == ResetShape.STATELESS
                                && attempt.segments().stream()
                                        .filter(seen -> seen.ours()
                                                && seen.frame() < reset.frame()
                                                && !seen.segment().flags().syn())
                                        .allMatch(seen -> seen.segment().sequenceLength() == 0))
                        .isPresent();
    }

    /// Whether the server's socket stood when our first bytes came.
    private static boolean tookOurs(Attempt attempt) {
        Optional<Seen> own = attempt.first(seen -> seen.ours() && seen.segment().payloadLength() > 0);
        return own.flatMap(said -> attempt.first(seen -> seen.genuine()
                        && !seen.reset()
                        && seen.segment().flags().ack()
                        && Sequence.atMost(
                                said.segment().nextSequence(), seen.segment().acknowledgement())))
                .isPresent();
    }

    private static Judgement overflowed(Judgement judgement, Verdict.Fault fault, List<Seen> forgotten) {
        return told(
                judgement,
                fault,
                Cause.ACCEPT_QUEUE_OVERFLOW,
                Origin.SERVER_KERNEL,
                "the server's kernel answered our SYN and forgot us at the end of the handshake: its listener's queue is full",
                Fact.told(
                        "forgotten-at-handshake",
                        Family.SEQUENCE,
                        frames(forgotten),
                        "the reset answered the end of the handshake, before anything was said: no process had the"
                                + " connection yet"),
                forgotten);
    }

    private static Judgement inspected(Judgement judgement, Verdict.Fault fault, List<Seen> forgotten) {
        return told(
                judgement,
                fault,
                Cause.INSPECTED_AND_RESET,
                Origin.IN_PATH,
                "the server took what we said and then knew nothing of us, every time before a byte of its own came: a"
                        + " device on the way resets the server when it identifies itself",
                Fact.told(
                        "forgotten-every-time",
                        Family.SEQUENCE,
                        frames(forgotten),
                        forgotten.size()
                                + " connections were forgotten before the server's first byte, which a restart does not do twice"),
                forgotten);
    }

    private static List<Integer> frames(List<Seen> seen) {
        return seen.stream().map(Seen::frame).toList();
    }

    private static Judgement told(
            Judgement judgement,
            Verdict.Fault fault,
            Cause cause,
            Origin origin,
            String summary,
            Fact fact,
            List<Seen> forgotten) {
        double limit = forgotten.size() > 1 ? Proof.ATTEMPTS_ALIKE.limit() : Weights.ONE_ATTEMPT;
        Verdict verdict = new Verdict.Fault(
                cause,
                origin,
                fault.stage(),
                Math.min(fault.confidence(), limit),
                Optional.empty(),
                Optional.empty(),
                "reset at " + fault.stage().word() + ": " + summary);
        return judgement
                .withVerdict(verdict)
                .withAlternatives(
                        List.of(new Alternative(Cause.CONNECTION_STATE_LOST, Origin.SERVER_KERNEL, LEFT_OPEN)))
                .withMoreEvidence(List.of(fact));
    }
}
