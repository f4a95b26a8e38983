package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;

/// The server refused in words. How its close then left, as FIN or as reset, only depends on who was faster.
final class RefusedInWords {
    private RefusedInWords() {}

    static Judgement of(Attempt attempt, Stage stage, ServerTexts.Refusal refusal, List<Fact> others) {
        List<Fact> facts = new ArrayList<>(others);
        facts.addFirst(Fact.of(
                "server-said-why",
                Family.CONTENT,
                Weights.SAID_WHY,
                List.of(Origin.SERVER_PROCESS),
                framesWith(attempt, refusal.text()),
                "the server said: " + refusal.text()));
        return refusal.cause() == Cause.IDENTIFICATION_GARBLED || refusal.cause() == Cause.VERSION_MISMATCH
                ? misread(attempt, stage, refusal, facts)
                : limited(stage, refusal, facts);
    }

    private static Judgement limited(Stage stage, ServerTexts.Refusal refusal, List<Fact> facts) {
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

    /// The server complains of what it read, and what we sent was right: it was changed on the way, or the
    /// server is wrong. It closed all the same, where the words are its own.
    private static Judgement misread(Attempt attempt, Stage stage, ServerTexts.Refusal refusal, List<Fact> others) {
        List<Fact> facts = new ArrayList<>(others);
        Optional<Seen> words = attempt.first(seen -> seen.genuine() && says(seen, refusal.text()));
        Optional<Fact> foreign = words.flatMap(seen -> foreign(attempt, seen));
        foreign.ifPresent(facts::add);
        boolean continued = words.filter(seen -> ofTheServer(attempt, seen)).isPresent();
        words.filter(_ -> continued)
                .ifPresent(seen -> facts.add(Fact.told(
                        "words-continue-socket",
                        Family.SEQUENCE,
                        List.of(seen.frame()),
                        "the words continue what the server's socket said before, from the same distance")));
        double confidence = continued ? Weights.SEVERAL_ATTEMPTS : Weights.ONE_ATTEMPT;
        String said = refusal.text()
                + "; our identification was right when it left, so something on the way changed it or the server is wrong";
        Verdict verdict = foreign.isPresent()
                ? new Verdict.Undetermined(
                        Optional.of(refusal.cause()),
                        stage,
                        Weights.ONE_ATTEMPT,
                        Optional.empty(),
                        "words in the server's name refuse our identification, but not as its socket speaks: " + said)
                : new Verdict.Fault(
                        refusal.cause(),
                        Origin.SERVER_PROCESS,
                        stage,
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        "the server did not take our identification and closed: " + said);
        return Judgement.of(verdict, facts)
                .withAlternatives(List.of(
                        new Alternative(refusal.cause(), Origin.IN_PATH, Math.round((1 - confidence) * 100) / 100.0)))
                .withNextTest("capture on the server: tcpdump -nXi any 'tcp port "
                        + attempt.conversation().theirs().port()
                        + " and host "
                        + attempt.conversation().ours().address()
                        + "'; an identification that differs from ours was changed on the way");
    }

    private static boolean ofTheServer(Attempt attempt, Seen words) {
        OfTheSocket socket = new OfTheSocket(attempt, words);
        return socket.continues()
                && OfTheSocket.ttls(socket.others(List.of()))
                        .contains(words.segment().ip().ttl());
    }

    /// What shows that somebody else spoke in the server's name.
    private static Optional<Fact> foreign(Attempt attempt, Seen words) {
        OfTheSocket socket = new OfTheSocket(attempt, words);
        List<String> shown = new ArrayList<>(socket.broken());
        if (socket.lacksTimestamps()) {
            shown.add("no timestamps, which every segment of this connection has");
        }
        List<Seen> others = socket.others(List.of());
        int ttl = words.segment().ip().ttl();
        if (!others.isEmpty() && !OfTheSocket.ttls(others).contains(ttl)) {
            shown.add("TTL " + ttl + ", and what else the server said has "
                    + others.getFirst().segment().ip().ttl());
        }
        return shown.isEmpty()
                ? Optional.empty()
                : Optional.of(Fact.told(
                        "words-not-of-the-socket",
                        Family.CONTENT,
                        others.isEmpty()
                                ? List.of(words.frame())
                                : List.of(others.getFirst().frame(), words.frame()),
                        "the words do not continue what the server's socket says: " + String.join(", ", shown)));
    }

    /// The frames that carry a text, or all with data where it is spread over several.
    private static List<Integer> framesWith(Attempt attempt, String text) {
        List<Seen> data = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .toList();
        List<Integer> exact =
                data.stream().filter(seen -> says(seen, text)).map(Seen::frame).toList();
        return exact.isEmpty() ? data.stream().map(Seen::frame).toList() : exact;
    }

    private static boolean says(Seen seen, String text) {
        return new String(seen.segment().payload().toBytes(), StandardCharsets.UTF_8).contains(text);
    }
}
