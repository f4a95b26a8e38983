package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Hypotheses.Hypothesis;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// What the client saw and what the server shows, weighed together: one verdict.
///
/// The client's verdict and its alternatives are what was likely before; what the server shows multiplies the
/// odds of the explanation it speaks for, or against the one it contradicts. No explanation counts that could
/// not have ended the connection at the stage where it ended.
public final class BothSides {
    private static final String RESET_TOO = "server-was-reset-too";
    private static final double OF_THE_SUREST = 0.99;
    private static final double WORTH_TELLING = 0.005;

    private final Finding client;
    private final ServerSide server;
    private final ServerWindow window;
    private final List<Contradiction> contradictions;
    private final Hypotheses hypotheses;
    private final Optional<ServerSaw> resetToo;

    private BothSides(
            Finding client,
            ServerSide server,
            ServerWindow window,
            List<Contradiction> contradictions,
            Optional<ServerSaw> resetToo) {
        this.resetToo = resetToo;
        this.client = client;
        this.server = server;
        this.window = window;
        this.contradictions = contradictions;
        this.hypotheses = new Hypotheses(
                client,
                window,
                contradictions.stream().mapToInt(Contradiction::weight).sum());
    }

    /// Where the server says otherwise than the client's verdict.
    ///
    /// @param weight decibans against the verdict
    public record Contradiction(String id, int weight, String command, String line, String text) {}

    /// One verdict.
    ///
    /// @param finding        the client's finding with the server's evidence joined
    /// @param contradictions where the server says otherwise than the client's verdict alone did
    public record Joined(Finding finding, List<Contradiction> contradictions) {}

    /// Joins both sides.
    ///
    /// @param readSeconds when the server was asked, by our clock, seconds since the Unix epoch
    public static Joined of(Finding client, Recording recording, ServerSide server, long readSeconds) {
        ServerWindow window = ServerWindow.of(recording, server, readSeconds);
        List<Contradiction> contradictions = Contradictions.of(client.verdict(), recording, server, window);
        return new BothSides(client, server, window, contradictions, Contradictions.wasResetToo(recording, server))
                .joined();
    }

    private Joined joined() {
        List<ServerFinding> speaking = server.findings().stream()
                .map(window::adjusted)
                .filter(found -> found.weight() > 0 && couldHave(found))
                .toList();
        Verdict verdict = verdict(speaking);
        List<Contradiction> said = new ArrayList<>(contradictions);
        contested(speaking).forEach(said::add);
        return new Joined(
                new Finding(
                        told(verdict, said),
                        alternatives(verdict, speaking),
                        evidence(verdict, speaking, said),
                        client.ruledOut(),
                        verdict instanceof Verdict.Fault && !verdict.equals(client.verdict())
                                ? Optional.empty()
                                : client.nextTest(),
                        client.nextSteps(),
                        client.stages(),
                        client.server()),
                List.copyOf(said));
    }

    /// What the server shows of this very client that is none of what the client's verdict left open.
    private Stream<Contradiction> contested(List<ServerFinding> speaking) {
        if (!(client.verdict() instanceof Verdict.Fault)) {
            return Stream.empty();
        }
        Set<Cause> others = hypotheses.all(speaking).stream()
                .filter(hypothesis -> !hypothesis.exact())
                .map(Hypothesis::cause)
                .filter(cause -> client.alternatives().stream().noneMatch(open -> open.cause() == cause))
                .collect(Collectors.toSet());
        return speaking.stream()
                .filter(found -> others.contains(found.cause()) && found.isFault())
                .map(found -> new Contradiction(
                        "server-" + found.id(),
                        found.weight(),
                        found.command(),
                        found.line().orElse(""),
                        found.text()));
    }

    /// Whether a finding could explain a connection that ended as the client saw it.
    private boolean couldHave(ServerFinding found) {
        Stage stage = switch (client.verdict()) {
            case Verdict.Healthy _ -> Stage.IDLE;
            case Verdict.Fault fault -> fault.stage();
            case Verdict.Undetermined open -> open.stage();
        };
        return !(client.verdict() instanceof Verdict.Healthy) && CauseStages.could(found.cause(), stage);
    }

    private Verdict verdict(List<ServerFinding> speaking) {
        return switch (client.verdict()) {
            case Verdict.Healthy healthy -> healthy;
            case Verdict.Fault fault -> decided(speaking, fault.stage(), fault.trigger(), fault);
            case Verdict.Undetermined open -> decided(speaking, open.stage(), open.trigger(), open);
        };
    }

    private Verdict decided(List<ServerFinding> speaking, Stage stage, Optional<Trigger> trigger, Verdict before) {
        List<Hypothesis> all = hypotheses.all(speaking);
        Optional<Hypothesis> best = all.stream().max(Comparator.comparingDouble(Hypothesis::mass));
        if (best.isEmpty() || before instanceof Verdict.Fault && all.size() == 1 && untouched(best.get(), before)) {
            return before;
        }
        double sum = all.stream().mapToDouble(Hypothesis::mass).sum() + hypotheses.rest();
        double confidence = Math.min(best.get().mass() / sum, best.get().limit());
        if (confidence >= Weights.NAMED) {
            return named(best.get(), confidence, stage, trigger, before);
        }
        double kept = all.stream()
                        .filter(Hypothesis::exact)
                        .mapToDouble(Hypothesis::mass)
                        .sum()
                / sum;
        if (before instanceof Verdict.Undetermined || kept >= Weights.NAMED && contradictions.isEmpty()) {
            return before;
        }
        return new Verdict.Undetermined(Optional.empty(), stage, confidence, trigger, before.summary());
    }

    /// Nothing but the client's own explanation, and nothing for or against it.
    private boolean untouched(Hypothesis own, Verdict before) {
        return contradictions.isEmpty() && own.mass() == before.confidence();
    }

    private Verdict named(Hypothesis best, double confidence, Stage stage, Optional<Trigger> trigger, Verdict before) {
        Optional<Verdict.Fault> fault = before instanceof Verdict.Fault known && known.origin() == best.origin()
                ? Optional.of(known)
                : Optional.empty();
        boolean same = fault.filter(known -> known.cause() == best.cause()).isPresent();
        return new Verdict.Fault(
                best.cause(),
                best.origin(),
                stage,
                same && contradictions.isEmpty() ? Math.max(confidence, before.confidence()) : confidence,
                fault.flatMap(Verdict.Fault::hop),
                trigger,
                same ? before.summary() : explained(stage, best.cause()));
    }

    private String explained(Stage stage, Cause cause) {
        return server.findings().stream()
                .filter(found -> found.cause() == cause)
                .findFirst()
                .map(found -> "ended at " + stage.word() + ", and the server says why: " + found.text())
                .orElse("ended at " + stage.word());
    }

    private Verdict told(Verdict verdict, List<Contradiction> said) {
        if (said.isEmpty()) {
            return verdict;
        }
        String summary =
                (verdict instanceof Verdict.Undetermined ? client.verdict().summary() : verdict.summary())
                        + "; the server contradicts what the client saw alone: "
                        + said.getFirst().text();
        return switch (verdict) {
            case Verdict.Healthy healthy -> healthy;
            case Verdict.Fault fault ->
                new Verdict.Fault(
                        fault.cause(),
                        fault.origin(),
                        fault.stage(),
                        fault.confidence(),
                        fault.hop(),
                        fault.trigger(),
                        summary);
            case Verdict.Undetermined open ->
                new Verdict.Undetermined(open.cause(), open.stage(), open.confidence(), open.trigger(), summary);
        };
    }

    private List<Alternative> alternatives(Verdict verdict, List<ServerFinding> speaking) {
        if (verdict.equals(client.verdict())) {
            return client.alternatives();
        }
        if (client.verdict() instanceof Verdict.Fault before
                && verdict instanceof Verdict.Fault after
                && before.cause() == after.cause()
                && before.origin() == after.origin()
                && contradictions.isEmpty()) {
            double left = (1 - after.confidence()) / Math.max(1 - before.confidence(), 1 - OF_THE_SUREST);
            return client.alternatives().stream()
                    .map(open -> new Alternative(open.cause(), open.origin(), open.confidence() * left))
                    .toList();
        }
        List<Hypothesis> all = hypotheses.all(speaking);
        double sum = all.stream().mapToDouble(Hypothesis::mass).sum() + hypotheses.rest();
        return all.stream()
                .filter(other -> !(verdict instanceof Verdict.Fault fault
                        && fault.cause() == other.cause()
                        && fault.origin() == other.origin()))
                .map(other -> new Alternative(other.cause(), other.origin(), other.mass() / sum))
                .filter(other -> other.confidence() >= WORTH_TELLING)
                .sorted(Comparator.comparingDouble(Alternative::confidence).reversed())
                .toList();
    }

    /// The client's evidence and the server's, strongest first; what could not have ended this connection is
    /// told and weighs nothing, and hints at other causes are left to the server's own part.
    private List<Evidence> evidence(Verdict verdict, List<ServerFinding> speaking, List<Contradiction> said) {
        Set<Cause> causes = Stream.of(verdict, client.verdict())
                .filter(Verdict.Fault.class::isInstance)
                .map(fault -> ((Verdict.Fault) fault).cause())
                .collect(Collectors.toSet());
        List<Evidence> all = new ArrayList<>(client.evidence());
        Set<String> told = said.stream().map(Contradiction::id).collect(Collectors.toSet());
        for (Contradiction contradiction : contradictions) {
            all.add(new Evidence(
                    contradiction.id(),
                    Family.SERVER,
                    0,
                    Origin.UNKNOWN,
                    List.of(),
                    "the server contradicts: " + contradiction.text()
                            + cited(contradiction.command(), contradiction.line())));
        }
        resetToo.filter(_ ->
                        contradictions.stream().noneMatch(other -> other.id().equals(RESET_TOO)))
                .ifPresent(saw -> all.add(new Evidence(
                        RESET_TOO,
                        Family.SERVER,
                        0,
                        Origin.UNKNOWN,
                        List.of(),
                        "on the server: it read a reset in our name on this connection, and we sent none"
                                + cited(saw.command(), saw.line()))));
        for (ServerFinding found : server.findings()) {
            ServerFinding adjusted = window.adjusted(found);
            boolean speaks = speaking.stream().anyMatch(other -> other.id().equals(found.id()));
            if (adjusted.isFault() || speaks && causes.contains(found.cause())) {
                all.add(new Evidence(
                        "server-" + found.id(),
                        Family.SERVER,
                        speaks ? adjusted.weight() : 0,
                        found.origin(),
                        List.of(),
                        (told.contains("server-" + found.id()) ? "the server contradicts: " : "on the server: ")
                                + found.text()
                                + cited(found.command(), found.line().orElse(""))));
            }
        }
        return all.stream()
                .sorted(Comparator.comparingInt(Evidence::weight).reversed())
                .toList();
    }

    private static String cited(String command, String line) {
        return " [" + command + (line.isEmpty() ? "" : ": " + line) + "]";
    }
}
