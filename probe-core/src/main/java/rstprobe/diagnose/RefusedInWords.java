package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Event;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// The server refused in words. How its close then left, as FIN or as reset, only depends on who was faster.
final class RefusedInWords {
    /// Of what is left where somebody else changed what the server read: a balancer's line in front of ours is commoner
    /// than spoiled bytes.
    private static final double A_LINE_BEFORE_OURS = 0.6;

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
        Optional<Judgement> early = words.filter(
                        _ -> refusal.cause() == Cause.IDENTIFICATION_GARBLED && foreign.isEmpty() && attempt.whole())
                .filter(seen -> beforeOurs(attempt, seen))
                .map(seen -> linePrefixed(stage, refusal, seen, facts));
        if (early.isPresent()) {
            return early.get();
        }
        double confidence = continued ? Weights.SEVERAL_ATTEMPTS : Weights.ONE_ATTEMPT;
        boolean identified = attempt.overheard().isEmpty()
                || !attempt.events(Event.Sent.class).isEmpty();
        String said = refusal.text()
                + (identified
                        ? "; our identification was right when it left, so something on the way changed it or the server is"
                                + " wrong"
                        : "; what the client said was no identification");
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
                .withAlternatives(others(refusal.cause(), 1 - confidence))
                .withNextTest("capture on the server: tcpdump -nXi any 'tcp port "
                        + attempt.conversation().theirs().port()
                        + " and host "
                        + attempt.conversation().ours().address()
                        + "'; an identification that differs from ours was changed on the way");
    }

    private static List<Alternative> others(Cause cause, double left) {
        return cause == Cause.IDENTIFICATION_GARBLED
                ? List.of(
                        new Alternative(
                                Cause.PROXY_PROTOCOL_MISMATCH, Origin.PROXY, rounded(left * A_LINE_BEFORE_OURS)),
                        new Alternative(cause, Origin.IN_PATH, rounded(left * (1 - A_LINE_BEFORE_OURS))))
                : List.of(new Alternative(cause, Origin.IN_PATH, rounded(left)));
    }

    private static double rounded(double probability) {
        return Math.round(probability * 100) / 100.0;
    }

    /// Whether the complaint left before anything of ours had come.
    private static boolean beforeOurs(Attempt attempt, Seen words) {
        return attempt.first(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .filter(own -> own.frame() < words.frame()
                        && Sequence.before(
                                own.segment().sequence(), words.segment().acknowledgement()))
                .isEmpty();
    }

    /// The server complains of a line that we have not sent: somebody before it has spoken in front of us, as a
    /// balancer does that announces us to a server which does not expect it (HAProxy's `send-proxy`).
    private static Judgement linePrefixed(Stage stage, ServerTexts.Refusal refusal, Seen words, List<Fact> facts) {
        List<Fact> told = new ArrayList<>(facts);
        told.addFirst(Fact.of(
                "complaint-before-our-words",
                Family.CONTENT,
                Weights.SAID_WHY,
                List.of(Origin.PROXY),
                List.of(words.frame()),
                "the server complained of an identification before one of ours had come: another line was before it"));
        return Judgement.of(
                        new Verdict.Fault(
                                Cause.PROXY_PROTOCOL_MISMATCH,
                                Origin.PROXY,
                                stage,
                                Weights.SEVERAL_ATTEMPTS,
                                Optional.empty(),
                                Optional.empty(),
                                "the server read a line that is not ours and said \"" + refusal.text()
                                        + "\": a balancer in front of it sends a PROXY line, and sshd knows none"),
                        told)
                .withAlternatives(List.of(
                        new Alternative(refusal.cause(), Origin.IN_PATH, rounded(1 - Weights.SEVERAL_ATTEMPTS))))
                .withNextTest("probe the server behind the balancer by its own address: it takes us there where the"
                        + " balancer's line is what it complains of");
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
