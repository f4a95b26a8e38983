package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Mode;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;

/// A comparison of algorithms that ended early, because the server, or whatever stands before it, let us in no more: a
/// penalty, a ban or a limit, which connections without a login draw.
final class TurnedAway {
    private static final String NEXT =
            "wait ten minutes, and compare again with --every 150: fail2ban bans for five such connections in ten minutes";

    private TurnedAway() {}

    /// The attempt that was not let in; empty where all were.
    static Optional<Attempt> in(List<Attempt> all) {
        return all.stream()
                .filter(attempt -> attempt.mode() == Mode.ALGORITHM)
                .filter(attempt -> !(attempt.ending() instanceof Ending.Unfinished))
                .filter(attempt -> attempt.observed(Observation.ServerProposal.class)
                        .findAny()
                        .isEmpty())
                .findFirst();
    }

    /// The judgement on all before, and that this happened; where nothing else was wrong, this is.
    static Judgement told(Judgement judgement, List<Attempt> all) {
        return in(all).map(attempt -> told(judgement, attempt)).orElse(judgement);
    }

    private static Judgement told(Judgement judgement, Attempt attempt) {
        Optional<ServerTexts.Refusal> refusal = attempt.refusal();
        Stage stage = Controls.reached(attempt);
        String what = "the comparison of algorithms ended early: connection " + attempt.number() + " was not let in";
        List<Integer> frames = new ArrayList<>(AlgorithmTable.frames(attempt));
        Judgement told = judgement.withMoreEvidence(List.of(Fact.told(
                "turned-away", Family.SEQUENCE, frames.stream().sorted().toList(), what)));
        if (!(judgement.verdict() instanceof Verdict.Healthy)) {
            return told;
        }
        String summary = "the handshake works, but " + what + "; a penalty, ban or limit is likely";
        Verdict verdict = refusal.isPresent()
                ? new Verdict.Fault(
                        refusal.get().cause(),
                        Origin.SERVER_PROCESS,
                        stage,
                        Weights.ONE_ATTEMPT,
                        Optional.empty(),
                        Optional.empty(),
                        summary)
                : new Verdict.Undetermined(
                        Optional.of(Cause.BANNED), stage, Weights.ONE_ATTEMPT, Optional.empty(), summary);
        return told.withVerdict(verdict).withNextTest(NEXT);
    }
}
