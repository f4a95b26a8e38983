package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.record.ActiveTest;

/// Which test is expected to tell most.
class InformationGainTest {
    private static final int ROUNDS = 300;
    private static final String ONLY_IN_THE_REPORT_HALF = "reset-echoes-record-route";
    private static final WeightTable WEIGHTS = WeightTable.committed();
    private static final Set<ActiveTest> ALL = EnumSet.allOf(ActiveTest.class);

    private static Said fact(String id, Family family, int weight, Origin... favours) {
        return new Said(id, family, weight, Set.of(favours), false);
    }

    private static InformationGain gain(Kind kind, List<Said> facts, Map<Origin, Double> belief) {
        return new InformationGain(new Weighing(kind, true, facts), WEIGHTS, belief);
    }

    private static List<ActiveTest> ranked(Kind kind, Said... facts) {
        return InformationGain.ranked(Optional.of(new Weighing(kind, true, List.of(facts))), Set.of(), ALL);
    }

    @Test
    void betweenKernelAndFilterTheReferenceComesFirst() {
        Said shared = fact("a", Family.CONTENT, 40, Origin.SERVER_KERNEL, Origin.SERVER_FIREWALL);
        assertEquals(ActiveTest.REFERENCE, ranked(Kind.REFUSED, shared).getFirst());
    }

    @Test
    void betweenTapAndFilterOnTheWayTheSweepComesFirst() {
        Said shared = fact("a", Family.SEQUENCE, 40, Origin.IN_PATH, Origin.ON_PATH);
        for (Kind kind : Set.of(Kind.REFUSED, Kind.RESET)) {
            assertEquals(ActiveTest.SWEEP, ranked(kind, shared).getFirst(), kind.name());
        }
    }

    /// A reset from the host's own distance may have taken its TTL from our segment. The reference told that already.
    @Test
    void betweenTheServersFilterAndACopiedTtlTheTriggerIsSentOnTheWay() {
        Said shared = fact("a", Family.SEQUENCE, 40, Origin.SERVER_FIREWALL, Origin.IN_PATH, Origin.ON_PATH);
        Said near = fact("reference-ttl-equal", Family.TTL, 5, Origin.SERVER_FIREWALL);
        List<ActiveTest> left = InformationGain.ranked(
                Optional.of(new Weighing(Kind.RESET, true, List.of(shared, near))),
                Set.of(),
                EnumSet.complementOf(EnumSet.of(ActiveTest.REFERENCE)));
        assertEquals(ActiveTest.SWEEP, left.getFirst());
        assertTrue(left.contains(ActiveTest.MIRROR), left::toString);
    }

    @Test
    void betweenServerAndProxyNeitherSweepNorMirrorIsFirst() {
        Said shared = fact("a", Family.CONTENT, 40, Origin.SERVER_PROCESS, Origin.PROXY);
        assertEquals(ActiveTest.REFERENCE, ranked(Kind.RESET, shared).getFirst());
    }

    /// What would only add to a family that has reached its cap moves nothing.
    @Test
    void aFamilyThatIsSpentTellsNothingMore() {
        Map<Origin, Double> even = new EnumMap<>(Origin.class);
        Kind.RESET
                .candidates()
                .forEach(
                        origin -> even.put(origin, 1.0 / Kind.RESET.candidates().size()));
        Said spent = fact("a", Family.TRIGGER, Weights.FAMILY_CAP, Origin.IN_PATH, Origin.ON_PATH);
        assertTrue(gain(Kind.RESET, List.of(), even).bits(ActiveTest.PREFIX) > 0.1);
        assertEquals(0, gain(Kind.RESET, List.of(spent), even).bits(ActiveTest.PREFIX), 1e-12);
    }

    @Test
    void whatIsNeededIsRankedEvenWhereNobodyWeighedAnything() {
        assertEquals(
                List.of(ActiveTest.REFERENCE),
                InformationGain.ranked(Optional.empty(), Set.of(ActiveTest.REFERENCE), ALL));
    }

    @ParameterizedTest
    @EnumSource
    void whereOneOriginHasAllOfTheProbabilityNothingIsLeftToTell(Kind kind) {
        for (Origin sure : kind.candidates()) {
            Map<Origin, Double> belief = new EnumMap<>(Origin.class);
            kind.candidates().forEach(origin -> belief.put(origin, origin == sure ? 1.0 : 0.0));
            for (ActiveTest test : ActiveTest.values()) {
                assertEquals(0, gain(kind, List.of(), belief).bits(test), 1e-12, sure + " " + test);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noTestIsExpectedToTellLessThanNothing(Kind kind) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random dice = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<Said> facts = new ArrayList<>();
            for (int i = dice.nextInt(6); i > 0; i--) {
                Set<Origin> favours = EnumSet.noneOf(Origin.class);
                kind.candidates().stream().filter(_ -> dice.nextBoolean()).forEach(favours::add);
                Family family = Family.values()[dice.nextInt(Family.values().length)];
                facts.add(new Said("f" + i, family, 1 + dice.nextInt(45), favours, dice.nextBoolean()));
            }
            Map<Origin, Double> belief = new EnumMap<>(Origin.class);
            kind.candidates().forEach(origin -> belief.put(origin, dice.nextInt(4) == 0 ? 0 : dice.nextDouble()));
            double sum = belief.values().stream().mapToDouble(each -> each).sum();
            belief.replaceAll((_, each) -> sum == 0 ? 1.0 / belief.size() : each / sum);
            for (ActiveTest test : ActiveTest.values()) {
                double bits = gain(kind, facts, belief).bits(test);
                assertTrue(
                        bits >= 0 && Double.isFinite(bits),
                        test + ": " + bits + " in round " + round + ", seed " + seed);
            }
        }
    }

    /// A fact that is called otherwise by the rule that finds it, or weighs otherwise there, foretells nothing.
    @Test
    void whatIsForeseenWasMetInCalibration() {
        for (ActiveTest test : ActiveTest.values()) {
            List<Prospect> foreseen = Stream.of(Kind.values())
                    .flatMap(kind -> Prospect.of(test, kind))
                    .toList();
            assertEquals(test == ActiveTest.ECHO || test == ActiveTest.PATH_MTU, foreseen.isEmpty(), test.word());
            foreseen.stream()
                    .flatMap(prospect -> prospect.facts().stream())
                    .filter(said -> !said.id().equals(ONLY_IN_THE_REPORT_HALF))
                    .forEach(said -> assertTrue(
                            WEIGHTS.weights().containsKey(new WeightTable.Key(said.id(), said.guess())),
                            said.toString()));
        }
    }
}
