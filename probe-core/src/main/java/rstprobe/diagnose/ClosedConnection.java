package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;

/// A FIN ended the connection before its time.
final class ClosedConnection {
    private ClosedConnection() {}

    static Judgement of(Attempt attempt, Stage stage) {
        Optional<ServerTexts.Refusal> refusal = ServerTexts.refusal(attempt);
        List<Fact> facts = new ArrayList<>();
        attempt.fin()
                .ifPresent(fin -> facts.add(Fact.told(
                        "server-closed",
                        Family.SEQUENCE,
                        List.of(fin.frame()),
                        "a FIN came at " + stage.word() + ", TTL "
                                + fin.segment().ip().ttl())));
        return refusal.map(said -> refused(attempt, stage, said, facts)).orElseGet(() -> silent(attempt, stage, facts));
    }

    /// The server refused in words. How its close then left, as FIN or as reset, only depends on who
    /// was faster.
    static Judgement refused(Attempt attempt, Stage stage, ServerTexts.Refusal refusal, List<Fact> others) {
        List<Fact> facts = new ArrayList<>(others);
        facts.addFirst(Fact.of(
                "server-said-why",
                Family.CONTENT,
                Weights.SAID_WHY,
                List.of(Origin.SERVER_PROCESS),
                framesWith(attempt, refusal.text()),
                "the server said: " + refusal.text()));
        if (refusal.cause() == Cause.IDENTIFICATION_GARBLED || refusal.cause() == Cause.VERSION_MISMATCH) {
            return misread(attempt, stage, refusal, facts);
        }
        boolean eitherLimit = refusal.cause() == Cause.SOURCE_PENALTY;
        double confidence = eitherLimit ? Weights.ONE_ATTEMPT : Weights.SEVERAL_ATTEMPTS;
        Judgement judgement = Judgement.of(
                new Verdict.Fault(
                        refusal.cause(),
                        Origin.SERVER_PROCESS,
                        stage,
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        "sshd refused us on purpose and said so: " + refusal.text()),
                facts);
        return eitherLimit
                ? judgement
                        .withAlternatives(List.of(
                                new Alternative(Cause.MAX_STARTUPS, Origin.SERVER_PROCESS, 1 - Weights.ONE_ATTEMPT)))
                        .withNextTest(
                                "try from another source address: a penalty hits one source alone, MaxStartups hits all of them")
                : judgement;
    }

    /// The server complains of what it read, and what we sent was right: it was changed on the way, or
    /// the server is wrong.
    private static Judgement misread(Attempt attempt, Stage stage, ServerTexts.Refusal refusal, List<Fact> facts) {
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.of(refusal.cause()),
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "the server did not take our identification (" + refusal.text()
                                        + "), although it was right when it left"),
                        facts)
                .withNextTest("capture on the server: tcpdump -nXi any 'tcp port "
                        + attempt.conversation().theirs().port() + " and host "
                        + attempt.conversation().ours().address()
                        + "'; an identification that differs from ours was changed on the way");
    }

    /// The frames that carry a text, or all with data where it is spread over several.
    private static List<Integer> framesWith(Attempt attempt, String text) {
        List<Seen> data = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .toList();
        List<Integer> exact = data.stream()
                .filter(seen -> new String(seen.segment().payload().toBytes(), StandardCharsets.UTF_8).contains(text))
                .map(Seen::frame)
                .toList();
        return exact.isEmpty() ? data.stream().map(Seen::frame).toList() : exact;
    }

    private static Judgement silent(Attempt attempt, Stage stage, List<Fact> facts) {
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.of(Cause.CLOSED_WITHOUT_REASON),
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "the far side closed the connection at " + stage.word()
                                        + " and gave no reason; the server's process or a proxy before it did"),
                        facts)
                .withNextTest(
                        "read the server's log for this minute: a server that closes logs why, one that never saw us logs nothing");
    }
}
