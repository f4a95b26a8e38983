package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Observation.KeyFate;
import rstprobe.ssh.Stage;

/// The far side ended a connection after a login had begun. Who did is settled before; this says why, as far
/// as what came before it tells.
///
/// @param messages ours, on the wire
record LoginEnded(Attempt attempt, Stage stage, List<Asked> messages) {
    /// How sshd's own processes quit where they give up (`fatal`, cleanup_exit).
    static final int OF_SSHD_ITSELF = 255;

    static final double FAINT = 0.1;
    static final double LIKELY = 0.3;
    static final double EVEN = 0.5;

    private static final String KEEPALIVE = "request-failure";

    /// How a session's command ended, in words.
    static String told(Observation.CommandEnded ended) {
        if (!ended.signal().isEmpty()) {
            return "was ended by signal " + ended.signal();
        }
        return ended.exit().isPresent() ? "ended with status " + ended.exit().getAsInt() : "ended without a status";
    }

    /// The judgement with the cause named where it can be.
    Judgement judged(Judgement judgement) {
        if (!(judgement.verdict() instanceof Verdict.Fault fault) || fault.origin() != Origin.SERVER_PROCESS) {
            return judgement;
        }
        return switch (stage) {
            case USERAUTH -> userauth(judgement, fault);
            case SESSION, IDLE -> session(judgement, fault);
            case CONNECT, IDENTIFICATION, KEXINIT, KEX, NEWKEYS, SERVICE -> judgement;
        };
    }

    /// sshd checks a signature and then asks PAM whether the account may be used; where not, it closes
    /// without a word (`do_pam_account`, auth2.c).
    private Judgement userauth(Judgement judgement, Verdict.Fault fault) {
        Optional<Asked> signature = messages.stream()
                .filter(asked -> asked.name().equals("userauth-signature"))
                .reduce((_, last) -> last)
                .filter(asked -> asked.answered().isEmpty());
        boolean welcome = attempt.observed(Observation.KeyTried.class)
                .reduce((_, last) -> last)
                .filter(key -> key.fate() == KeyFate.WELCOME)
                .isPresent();
        if (signature.isEmpty() || !welcome || attempt.fin().isEmpty()) {
            return judgement;
        }
        Fact fact = Fact.told(
                "closed-on-signature",
                Family.SEQUENCE,
                List.of(signature.get().first().frame(), attempt.fin().get().frame()),
                "the server would take the key, we signed, and it closed instead of saying yes or no");
        return named(
                        judgement,
                        fault,
                        Cause.USER_REFUSED,
                        "closed right behind our signature, with a key the server would take: most likely the account is"
                                + " refused (PAM account, expired, nologin)")
                .withMoreEvidence(List.of(fact))
                .withAlternatives(List.of(
                        new Alternative(Cause.SESSION_PROCESS_DIED, Origin.SERVER_PROCESS, LIKELY / 2),
                        new Alternative(Cause.SLOW_AUTHENTICATION, Origin.SERVER_PROCESS, FAINT)))
                .withNextTest("read the server's log for this minute: 'Access denied for user ... by PAM account"
                        + " configuration' settles it");
    }

    private Judgement session(Judgement judgement, Verdict.Fault fault) {
        List<Asked> answers = messages.stream()
                .filter(asked -> asked.name().equals(KEEPALIVE))
                .toList();
        boolean unheard = !answers.isEmpty() && answers.getLast().acknowledged().isEmpty();
        if (unheard && attempt.whole()) {
            Fact fact = Fact.told(
                    "keepalive-answers-unheard",
                    Family.DELIVERY,
                    answers.stream().map(asked -> asked.first().frame()).toList(),
                    "the server asked whether we are there, we answered, and no answer of ours was acknowledged; then it"
                            + " ended the connection");
            return named(
                            judgement,
                            fault,
                            Cause.KEEPALIVE_EXPIRED,
                            "the server asked for a sign of life, heard no answer though we gave one, and gave up"
                                    + " (ClientAliveInterval); what we say is lost on the way to it")
                    .withMoreEvidence(List.of(fact))
                    .withAlternatives(List.of(new Alternative(Cause.SESSION_KILLED, Origin.SERVER_PROCESS, FAINT)));
        }
        return stage == Stage.IDLE && fault.cause() == Cause.ABORTED_WITHOUT_REASON
                ? aborted(judgement, fault)
                : open(judgement);
    }

    /// sshd reads whatever comes, so only one that is gone, or was stopped, leaves bytes unread.
    private Judgement aborted(Judgement judgement, Verdict.Fault fault) {
        return named(
                        judgement,
                        fault,
                        Cause.SESSION_KILLED,
                        "the server's process for our session ended with bytes unread: it was killed or crashed, for"
                                + " sshd itself reads before it closes")
                .withAlternatives(List.of(
                        new Alternative(Cause.ABORTED_WITHOUT_REASON, Origin.PROXY, FAINT),
                        new Alternative(Cause.KEEPALIVE_EXPIRED, Origin.SERVER_PROCESS, FAINT)));
    }

    /// A FIN in a session that rests: a timer of sshd's, a process that was killed and a proxy's timer look
    /// the same.
    private static Judgement open(Judgement judgement) {
        double confidence = judgement.verdict().confidence();
        return judgement
                .withAlternatives(List.of(
                        new Alternative(Cause.KEEPALIVE_EXPIRED, Origin.SERVER_PROCESS, rounded(confidence * EVEN)),
                        new Alternative(Cause.SESSION_KILLED, Origin.SERVER_PROCESS, rounded(confidence * LIKELY)),
                        new Alternative(Cause.IDLE_TIMEOUT, Origin.PROXY, FAINT)))
                .withNextTest("stay twice as long and half as long (--stay): an end after the same rest is a timer's"
                        + " (UnusedConnectionTimeout, a proxy's); on the server: 'terminating inactive connection' or"
                        + " 'killed' in the log");
    }

    private static double rounded(double probability) {
        return Math.round(probability * 100) / 100.0;
    }

    private static Judgement named(Judgement judgement, Verdict.Fault fault, Cause cause, String summary) {
        return judgement.withVerdict(new Verdict.Fault(
                cause,
                fault.origin(),
                fault.stage(),
                Math.min(fault.confidence(), Weights.ONE_ATTEMPT),
                fault.hop(),
                fault.trigger(),
                summary));
    }
}
