package rstprobe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.cli.LabRun.Answer;
import rstprobe.lab.Conditions;
import rstprobe.lab.Scenario;
import rstprobe.lab.Split;
import rstprobe.lab.Truth;

/// One practice network diagnosed once, beside its truth.
///
/// @param cost empty where nothing was recorded
record ScoredRun(
        String network, Split half, Conditions conditions, Truth truth, Answer answer, Optional<LabCost> cost) {
    /// What stands where nobody ended the connection.
    static final String NOBODY = "nobody";

    /// What stands where nothing is wrong, and where the verdict names no cause of what is.
    static final String NO_FAULT = "healthy";

    static final String OPEN_CAUSE = "open";
    /// From here on a verdict is as good as certain.
    static final double SURE = 0.9;

    private static final int FIRST_ALTERNATIVES = 2;

    static final String UNDETERMINED = "undetermined";
    /// The origin of a verdict that names what happened and leaves open who did it.
    private static final String OPEN = "unknown";

    static final Set<String> MIDDLEBOXES = Set.of("in-path", "on-path", "proxy");

    static ScoredRun of(Scenario scenario, Conditions conditions, Answer answer, Optional<LabCost> cost) {
        return new ScoredRun(scenario.name(), Split.of(scenario), conditions, scenario.truth(), answer, cost);
    }

    LabRun.Judgement judgement() {
        return answer.judge(truth);
    }

    /// Who did it.
    String trueOrigin() {
        return orNobody(truth.origin());
    }

    /// Every origin that names it rightly.
    Set<String> rightOrigins() {
        return Stream.concat(
                        Stream.of(truth.origin()), truth.alsoRight().stream().map(Truth.Naming::origin))
                .map(ScoredRun::orNobody)
                .collect(Collectors.toSet());
    }

    private static String orNobody(String origin) {
        return origin.isEmpty() ? NOBODY : origin;
    }

    /// Whom the verdict names; an undetermined one names nobody of them all.
    String namedOrigin() {
        return answer.undetermined() || answer.origin().equals(OPEN) ? UNDETERMINED : orNobody(answer.origin());
    }

    boolean named() {
        return answer.reported() && !answer.undetermined() && !answer.origin().equals(OPEN);
    }

    /// Whether the verdict names an origin, and a right one.
    boolean originRight() {
        return rightOrigins().contains(namedOrigin());
    }

    /// What the run bets: its verdict's origin with its confidence; where the verdict is undetermined, its first
    /// alternative with that one's. Empty where it has none, or nothing was recorded.
    Optional<Bet> bet() {
        if (!answer.reported()) {
            return Optional.empty();
        }
        return !named()
                ? answer.likeliest()
                        .map(claim -> new Bet(claim.confidence(), rightOrigins().contains(orNobody(claim.origin()))))
                : Optional.of(new Bet(answer.confidence(), originRight()));
    }

    /// A probability, and whether it came true.
    record Bet(double claimed, boolean right) {
        double squaredError() {
            double error = claimed - (right ? 1 : 0);
            return error * error;
        }
    }

    /// Whether the verdict names the cause that was planted.
    boolean causeRight() {
        return causeTold() && answer.cause().equals(truth.cause());
    }

    /// Whether the verdict's cause is one that fits all the client sees. A general cause is one only where what was
    /// planted is among the first three.
    boolean causeFits() {
        return causeRight()
                || causeTold()
                        && truth.fits(answer.cause())
                        && (!Truth.isGeneral(answer.cause()) || causeInFirstThree());
    }

    /// Whether what was planted is the verdict's cause or that of one of its first two alternatives.
    boolean causeInFirstThree() {
        return causeRight()
                || answer.alternatives().stream()
                        .limit(FIRST_ALTERNATIVES)
                        .anyMatch(claim -> claim.cause().equals(truth.cause()));
    }

    /// A cause that does not fit, as good as certainly. A general one claims nothing that is not so where the truth
    /// allows it, even if what was planted is not among the first three.
    boolean causeSurelyWrong() {
        return causeTold() && answer.confidence() >= SURE && !truth.fits(answer.cause());
    }

    /// Whether the verdict names a cause, or says that there is none.
    private boolean causeTold() {
        return answer.reported() && (!answer.cause().isEmpty() || answer.exitCode() == Exit.WORKS);
    }

    /// What was planted.
    String plantedCause() {
        return truth.cause().isEmpty() ? NO_FAULT : truth.cause();
    }

    /// What the verdict names.
    String namedCause() {
        return answer.cause().isEmpty() ? causeTold() ? NO_FAULT : OPEN_CAUSE : answer.cause();
    }

    /// The server did it, and a box on the way got the blame.
    boolean serverSide() {
        return truth.origin().startsWith("server-");
    }

    boolean blamesMiddlebox() {
        return named() && MIDDLEBOXES.contains(answer.origin()) && !originRight();
    }

    /// Whether the sender has a place on the way that a client can find.
    boolean hasPlace() {
        return truth.proof().hops().isPresent()
                && (truth.origin().equals("in-path") || truth.origin().equals("on-path"));
    }

    boolean placeContained() {
        return truth.proof()
                .hops()
                .flatMap(hops -> answer.hop().map(claimed -> hops.within(claimed.after(), claimed.before())))
                .orElse(false);
    }

    /// How many are such.
    static int count(List<ScoredRun> runs, Predicate<ScoredRun> which) {
        return (int) runs.stream().filter(which).count();
    }

    /// Those of each network, in the order of its first.
    static List<List<ScoredRun>> byNetwork(List<ScoredRun> runs) {
        return List.copyOf(runs.stream()
                .collect(Collectors.groupingBy(ScoredRun::network, LinkedHashMap::new, Collectors.toList()))
                .values());
    }
}
