package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// The far side spoke, and what it said ends the handshake: not SSH, no common algorithm, garbled, goodbye.
final class SaidOtherwise {
    private static final double FROM_TWO_LISTS = 0.98;

    private SaidOtherwise() {}

    static Judgement notSsh(Attempt attempt, Outcome.NotSsh outcome) {
        boolean known = !outcome.looksLike().equals("unknown");
        String what = known ? outcome.looksLike().toUpperCase(java.util.Locale.ROOT) : "something that is not SSH";
        double confidence = known ? Weights.SEVERAL_ATTEMPTS : Weights.ONE_ATTEMPT;
        return Judgement.of(
                        fault(Cause.NOT_SSH, Stage.IDENTIFICATION, confidence, "the port speaks " + what + ", not SSH"),
                        List.of(Fact.of(
                                "not-ssh",
                                Family.CONTENT,
                                Weights.SAID_WHY,
                                List.of(Origin.SERVER_PROCESS),
                                dataFrames(attempt),
                                "the answer begins: " + text(outcome.sample()))))
                .withAlternatives(List.of(
                        new Alternative(Cause.NOT_SSH, Origin.IN_PATH, Math.round((1 - confidence) * 100) / 100.0)));
    }

    static Judgement noCommonAlgorithm(Attempt attempt, Outcome.NoCommonAlgorithm outcome) {
        List<String> theirs = outcome.theirs();
        return Judgement.of(
                fault(
                        Cause.NO_COMMON_ALGORITHM,
                        Stage.KEXINIT,
                        FROM_TWO_LISTS,
                        "the two sides share no " + outcome.list() + " algorithm"),
                List.of(Fact.of(
                        "no-common-algorithm",
                        Family.CONTENT,
                        Weights.CONCLUSIVE,
                        List.of(Origin.SERVER_PROCESS),
                        dataFrames(attempt),
                        outcome.list() + ": we offer " + String.join(",", outcome.ours()) + "; the server offers "
                                + String.join(",", theirs))));
    }

    static Judgement versionMismatch(Attempt attempt, Outcome.VersionMismatch outcome) {
        return Judgement.of(
                fault(
                        Cause.VERSION_MISMATCH,
                        Stage.IDENTIFICATION,
                        Weights.CONCLUSIVE_LIMIT,
                        "the server speaks another major version of SSH: " + text(outcome.line())),
                List.of(Fact.of(
                        "version-mismatch",
                        Family.CONTENT,
                        Weights.CONCLUSIVE,
                        List.of(Origin.SERVER_PROCESS),
                        dataFrames(attempt),
                        "the identification is " + text(outcome.line()))));
    }

    static Judgement garbled(Attempt attempt, Outcome.Garbled outcome) {
        boolean badKey = attempt.observed(Observation.HostKey.class).anyMatch(key -> !key.verified());
        Cause cause = badKey
                ? Cause.HOST_KEY_FAILURE
                : outcome.stage() == Stage.IDENTIFICATION ? Cause.IDENTIFICATION_GARBLED : Cause.STREAM_CORRUPTED;
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.of(cause),
                                outcome.stage(),
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "garbled at " + outcome.stage().word() + ": " + outcome.what()),
                        List.of(Fact.told(
                                "garbled",
                                Family.CONTENT,
                                dataFrames(attempt),
                                "the bytes in question begin: " + text(outcome.sample()))))
                .withAlternatives(Candidate.besides(notAsSaid(cause), Weights.ONE_ATTEMPT))
                .withNextTest(
                        "capture on the server and compare the payload byte by byte: equal means the server sent it, different means the path changed it");
    }

    /// A key that does not fit, or another message than was sent: a checksum of 16 bits lets much pass, and a device
    /// that changes a segment writes the right one into it.
    private static List<Candidate> notAsSaid(Cause cause) {
        return cause == Cause.STREAM_CORRUPTED
                ? List.of(
                        Candidate.beside(Cause.HOST_KEY_FAILURE, Origin.SERVER_PROCESS, 0.06),
                        Candidate.beside(Cause.NOT_SSH, Origin.SERVER_PROCESS, 0.04))
                : List.of(Candidate.beside(Cause.STREAM_CORRUPTED, Origin.IN_PATH, 0.20));
    }

    static Judgement disconnected(Attempt attempt, Outcome.DisconnectedAt outcome) {
        String said = text(outcome.text());
        Optional<Judgement> added = AddedOnTheWay.told(attempt, outcome, said);
        if (added.isPresent()) {
            return added.get();
        }
        Fact fact = Fact.of(
                "server-said-goodbye",
                Family.CONTENT,
                Weights.SAID_WHY,
                List.of(Origin.SERVER_PROCESS),
                dataFrames(attempt),
                "SSH_MSG_DISCONNECT, reason " + outcome.reason() + ": " + said);
        String summary = "the server said goodbye at " + outcome.stage().word() + ": " + said;
        Optional<Cause> cause = causeOf(said);
        Verdict verdict = cause.<Verdict>map(known -> new Verdict.Fault(
                        known,
                        Origin.SERVER_PROCESS,
                        outcome.stage(),
                        Weights.SEVERAL_ATTEMPTS,
                        Optional.empty(),
                        Optional.empty(),
                        summary))
                .orElseGet(() -> new Verdict.Undetermined(
                        Optional.empty(), outcome.stage(), Weights.ONE_ATTEMPT, Optional.empty(), summary));
        return Judgement.of(verdict, List.of(fact));
    }

    private static Optional<Cause> causeOf(String said) {
        if (said.startsWith("strict KEX violation")) {
            return Optional.of(Cause.STRICT_KEX_VIOLATION);
        }
        return said.startsWith("Too many authentication failures")
                ? Optional.of(Cause.TOO_MANY_AUTHENTICATION_FAILURES)
                : Optional.empty();
    }

    private static Verdict fault(Cause cause, Stage stage, double confidence, String summary) {
        return new Verdict.Fault(
                cause, Origin.SERVER_PROCESS, stage, confidence, Optional.empty(), Optional.empty(), summary);
    }

    private static List<Integer> dataFrames(Attempt attempt) {
        return attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .map(Seen::frame)
                .limit(3)
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
