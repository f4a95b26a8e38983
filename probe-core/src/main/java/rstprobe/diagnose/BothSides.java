package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.ServerFinding.Whom;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// What the client saw and what the server shows, weighed together: one verdict.
///
/// The client's verdict and its alternatives are what was likely before; what the server shows multiplies the odds of
/// the explanation it speaks for, or against the one it contradicts. No explanation counts that could not have ended
/// the connection at the stage where it ended.
public final class BothSides {
    /// What an explanation the client's side left open is worth before the server spoke for it.
    private static final double OPEN_PRIOR = 0.1;

    /// What one is worth that the client's side had not thought of, beside a verdict that names somebody.
    private static final double OTHER_PRIOR = 0.01;

    /// No more for several facts that show the same.
    private static final int MOST_DECIBANS = 30;

    /// How sure one may be of what the server shows: of the very connection, of this client at this time, of a state.
    private static final double OF_THIS_CONNECTION = Weights.CONCLUSIVE_LIMIT;

    private static final double OF_THIS_CLIENT = Weights.SEVERAL_ATTEMPTS;
    private static final double OF_EVERYBODY = 0.80;
    private static final double WORTH_TELLING = 0.005;

    /// Causes that only say that none is known, or that a more exact one may take the place of.
    private static final Set<Cause> GENERIC = Set.of(
            Cause.CLOSED_WITHOUT_REASON,
            Cause.ABORTED_WITHOUT_REASON,
            Cause.INTERMITTENT,
            Cause.REJECTED_WITH_ICMP,
            Cause.REJECTED_WITH_RESET,
            Cause.SYN_DROPPED,
            Cause.ESTABLISHED_DROPPED,
            Cause.ESTABLISHED_REJECTED,
            Cause.NO_LISTENER,
            Cause.CONNECTION_STATE_LOST);

    private final Finding client;
    private final ServerSide server;
    private final ServerWindow window;
    private final List<Contradiction> contradictions;

    private BothSides(Finding client, ServerSide server, ServerWindow window, List<Contradiction> contradictions) {
        this.client = client;
        this.server = server;
        this.window = window;
        this.contradictions = contradictions;
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

    /// An explanation and its share so far.
    private record Hypothesis(Cause cause, Origin origin, double mass, double limit) {}

    /// Joins both sides.
    ///
    /// @param readSeconds when the server was asked, by our clock, seconds since the Unix epoch
    public static Joined of(Finding client, Recording recording, ServerSide server, long readSeconds) {
        ServerWindow window = ServerWindow.of(recording, server, readSeconds);
        List<Contradiction> contradictions = Contradictions.of(client.verdict(), recording, server, window);
        return new BothSides(client, server, window, contradictions).joined();
    }

    private Joined joined() {
        List<ServerFinding> speaking = server.findings().stream()
                .map(window::adjusted)
                .filter(found -> found.weight() > 0 && couldHave(found))
                .toList();
        Verdict verdict = verdict(speaking);
        List<Contradiction> said = new ArrayList<>(contradictions);
        if (client.verdict() instanceof Verdict.Fault before
                && verdict instanceof Verdict.Fault after
                && before.origin() != after.origin()) {
            speaking.stream()
                    .filter(found -> found.cause() == after.cause())
                    .findFirst()
                    .ifPresent(found -> said.add(new Contradiction(
                            "server-" + found.id(),
                            found.weight(),
                            found.command(),
                            found.line().orElse(""),
                            found.text())));
        }
        return new Joined(
                new Finding(
                        told(verdict, said),
                        alternatives(verdict, speaking),
                        evidence(speaking, said),
                        client.ruledOut(),
                        verdict instanceof Verdict.Fault ? Optional.empty() : client.nextTest(),
                        client.nextSteps(),
                        client.stages(),
                        client.server()),
                List.copyOf(said));
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
            case Verdict.Fault fault -> decided(hypotheses(fault, speaking), fault.stage(), fault.trigger(), fault);
            case Verdict.Undetermined open -> decided(hypotheses(open, speaking), open.stage(), open.trigger(), open);
        };
    }

    private List<Hypothesis> hypotheses(Verdict.Fault fault, List<ServerFinding> speaking) {
        List<Hypothesis> all = new ArrayList<>();
        int against = contradictions.stream().mapToInt(Contradiction::weight).sum();
        int forIt = 0;
        for (Map.Entry<Cause, List<ServerFinding>> found : byCause(speaking)) {
            ServerFinding strongest = found.getValue().getFirst();
            int weight = decibans(found.getValue());
            if (found.getKey() == fault.cause() && strongest.origin() == fault.origin()) {
                forIt = weight;
            } else if (refines(strongest, fault)) {
                all.add(new Hypothesis(
                        found.getKey(),
                        strongest.origin(),
                        fault.confidence() * OPEN_PRIOR * factor(weight),
                        limit(strongest)));
            } else if (direct(strongest)) {
                all.add(new Hypothesis(
                        found.getKey(),
                        strongest.origin(),
                        Math.max(share(strongest), OTHER_PRIOR) * factor(weight),
                        limit(strongest)));
            }
        }
        double own = fault.confidence() * factor(forIt - against);
        double limit = Math.max(fault.confidence(), forIt > 0 ? OF_THIS_CLIENT : 0);
        all.addFirst(new Hypothesis(fault.cause(), fault.origin(), own, limit));
        return all;
    }

    private List<Hypothesis> hypotheses(Verdict.Undetermined open, List<ServerFinding> speaking) {
        List<Hypothesis> all = new ArrayList<>();
        for (Map.Entry<Cause, List<ServerFinding>> found : byCause(speaking)) {
            ServerFinding strongest = found.getValue().getFirst();
            double prior = Math.max(OPEN_PRIOR, share(strongest));
            all.add(new Hypothesis(
                    found.getKey(), strongest.origin(), prior * factor(decibans(found.getValue())), limit(strongest)));
        }
        return all;
    }

    /// What is left for everything nobody spoke for.
    private double rest(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Healthy _ -> 0;
            case Verdict.Fault fault -> Math.max(1 - fault.confidence(), OTHER_PRIOR);
            case Verdict.Undetermined _ -> 1 - OPEN_PRIOR;
        };
    }

    private Verdict decided(List<Hypothesis> hypotheses, Stage stage, Optional<Trigger> trigger, Verdict before) {
        Optional<Hypothesis> best = hypotheses.stream().max(Comparator.comparingDouble(Hypothesis::mass));
        if (best.isEmpty() || untouched(hypotheses)) {
            return before;
        }
        double sum = hypotheses.stream().mapToDouble(Hypothesis::mass).sum() + rest(before);
        double confidence = Math.min(best.get().mass() / sum, best.get().limit());
        Cause cause = best.get().cause();
        if (confidence < Weights.NAMED) {
            return before instanceof Verdict.Undetermined
                    ? before
                    : new Verdict.Undetermined(Optional.empty(), stage, confidence, trigger, before.summary());
        }
        boolean same = before instanceof Verdict.Fault fault
                && fault.cause() == cause
                && fault.origin() == best.get().origin();
        return new Verdict.Fault(
                cause,
                best.get().origin(),
                stage,
                same ? Math.max(confidence, contradictions.isEmpty() ? before.confidence() : 0) : confidence,
                before instanceof Verdict.Fault fault
                                && fault.origin() == best.get().origin()
                        ? fault.hop()
                        : Optional.empty(),
                trigger,
                same ? before.summary() : explained(stage, cause));
    }

    /// Nothing but the client's own explanation, and nothing for or against it.
    private boolean untouched(List<Hypothesis> hypotheses) {
        return contradictions.isEmpty()
                && client.verdict() instanceof Verdict.Fault fault
                && hypotheses.size() == 1
                && hypotheses.getFirst().mass() == fault.confidence();
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
        List<Hypothesis> all = switch (client.verdict()) {
            case Verdict.Healthy _ -> List.<Hypothesis>of();
            case Verdict.Fault fault -> hypotheses(fault, speaking);
            case Verdict.Undetermined open -> hypotheses(open, speaking);
        };
        double sum = all.stream().mapToDouble(Hypothesis::mass).sum() + rest(client.verdict());
        return all.stream()
                .filter(other -> !(verdict instanceof Verdict.Fault fault
                        && fault.cause() == other.cause()
                        && fault.origin() == other.origin()))
                .map(other -> new Alternative(other.cause(), other.origin(), other.mass() / sum))
                .filter(other -> other.confidence() >= WORTH_TELLING)
                .sorted(Comparator.comparingDouble(Alternative::confidence).reversed())
                .toList();
    }

    /// The client's evidence and the server's, strongest first; what could not have ended this connection is told
    /// and weighs nothing.
    private List<Evidence> evidence(List<ServerFinding> speaking, List<Contradiction> said) {
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
        for (ServerFinding found : server.findings()) {
            ServerFinding adjusted = window.adjusted(found);
            boolean speaks = speaking.stream().anyMatch(other -> other.id().equals(found.id()));
            if (adjusted.weight() > 0 && (speaks || adjusted.isFault())) {
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

    /// A more exact name for what the client saw: by the same hand, or by one the client left open.
    private static boolean refines(ServerFinding found, Verdict.Fault fault) {
        boolean sameHand = found.origin() == fault.origin()
                || fault.origin() == Origin.UNKNOWN
                || fault.origin() == Origin.IN_PATH
                        && found.origin() == Origin.SERVER_FIREWALL
                        && fault.hop().isEmpty();
        boolean moreExact = GENERIC.contains(fault.cause()) && !GENERIC.contains(found.cause());
        return sameHand && (moreExact || found.cause() == fault.cause());
    }

    /// Whether it is about this client's connection and not only about what the server would do.
    private boolean direct(ServerFinding found) {
        return found.whom() == Whom.CLIENT && found.isFault() && window.happenedMeanwhile(found);
    }

    private double share(ServerFinding found) {
        return client.alternatives().stream()
                .filter(other -> other.cause() == found.cause() || other.origin() == found.origin())
                .mapToDouble(Alternative::confidence)
                .max()
                .orElse(0);
    }

    private double limit(ServerFinding found) {
        if (window.namesPort(found)) {
            return OF_THIS_CONNECTION;
        }
        return found.whom() == Whom.CLIENT ? OF_THIS_CLIENT : OF_EVERYBODY;
    }

    private static Set<Map.Entry<Cause, List<ServerFinding>>> byCause(List<ServerFinding> speaking) {
        return speaking.stream()
                .collect(Collectors.groupingBy(
                        ServerFinding::cause, () -> new java.util.EnumMap<>(Cause.class), Collectors.toList()))
                .entrySet();
    }

    private static int decibans(List<ServerFinding> same) {
        return Math.min(
                MOST_DECIBANS, same.stream().mapToInt(ServerFinding::weight).sum());
    }

    private static double factor(int decibans) {
        return Math.pow(10, decibans / 10.0);
    }
}
