package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;

/// A login to which nobody answers any more, although everything before it was answered.
final class LoginSilence {
    private LoginSilence() {}

    /// What its last message and the marking of its packets say; empty where they say no more than any
    /// silence.
    ///
    /// @param silent what is said of any silence there
    static Optional<Judgement> of(Attempt attempt, Stage stage, List<Asked> messages, Judgement silent) {
        Optional<SessionMarking> marking = SessionMarking.lost(messages);
        if (marking.isPresent()) {
            return marking.map(SessionMarking::judged);
        }
        return messages.stream()
                .reduce((_, last) -> last)
                .filter(asked -> attempt.whole()
                        && asked.acknowledged().isPresent()
                        && asked.answered().isEmpty()
                        && SlowLogin.OF_A_LOGIN.contains(asked.name()))
                .map(asked -> unanswered(asked, stage, silent));
    }

    /// A session's command changes the server's marking too, so silence behind it may be the way back.
    private static Judgement unanswered(Asked asked, Stage stage, Judgement silent) {
        String told = "silent at " + stage.word() + ": the far TCP acknowledged our " + asked.name()
                + " and nobody answered it, while everything before was answered";
        boolean byServer = stage == Stage.USERAUTH || asked.name().equals("channel-open");
        Verdict verdict = byServer
                ? new Verdict.Fault(
                        Cause.SLOW_AUTHENTICATION,
                        Origin.SERVER_PROCESS,
                        stage,
                        Weights.ONE_ATTEMPT,
                        Optional.empty(),
                        Optional.empty(),
                        told + ": the server waits for something of its own (PAM, a directory, a program for keys)")
                : new Verdict.Undetermined(
                        Optional.of(Cause.SLOW_AUTHENTICATION), stage, LoginEnded.EVEN, Optional.empty(), told);
        Fact fact = Fact.of(
                "login-unanswered",
                Family.SEQUENCE,
                Weights.SENT_NOTHING,
                List.of(Origin.SERVER_PROCESS),
                asked.frames(),
                "the server's TCP took the " + asked.name() + ", and its process never answered");
        List<Alternative> others = byServer
                ? List.of(new Alternative(Cause.SLOW_DNS, Origin.SERVER_PROCESS, LoginEnded.FAINT))
                : List.of(new Alternative(Cause.DSCP_DROPPED, Origin.IN_PATH, LoginEnded.LIKELY));
        return silent.withVerdict(verdict).withMoreEvidence(List.of(fact)).withAlternatives(others);
    }
}
