package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Calibration.Sight;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.diagnose.WeightTable.Key;

/// Fitting finds what is there to be found, keeps to the guesses where nothing is, and gives the table that is
/// committed.
class FittingTest {
    private static final Path OBSERVATIONS = Path.of("src/calibration/observations.txt");
    private static final Set<Origin> KERNEL = Set.of(Origin.SERVER_KERNEL);
    private static final Set<Origin> DEVICES = Set.of(Origin.IN_PATH, Origin.ON_PATH);

    private static final Said TTL = new Said("ttl", Family.TTL, 5, DEVICES, false);
    private static final Said TOS = new Said("tos", Family.TOS, 5, KERNEL, false);
    private static final Said SHAPE = new Said("shape", Family.SHAPE, 15, Set.of(Origin.IN_PATH), false);
    private static final Said PROBED = new Said("probed", Family.DELIVERY, 12, Set.of(Origin.IN_PATH), true);
    private static final Said PROOF = new Said("proof", Family.SOCKET, 40, Set.of(Origin.ON_PATH), true);

    private static Sight sight(String network, Set<Origin> right, int runs, boolean alike, Said... facts) {
        return new Sight(network, right, runs, Set.of("0/0"), new Weighing(Kind.REFUSED, alike, List.of(facts)));
    }

    private static Fitting fit(Sight... sights) {
        return Fitting.of(Calibration.of(List.of(), List.of(sights)));
    }

    @Test
    void theCommittedTableIsWhatTheCommittedObservationsGive() throws IOException {
        Calibration calibration = Calibration.read(Files.readString(OBSERVATIONS));
        assertEquals(FittedWeights.table(), Fitting.of(calibration).table().text(), "make calibrate was not finished");
        assertEquals(List.of(), WeightTable.committed().problems());
    }

    /// Who did it is drawn with the very odds that certain weights give; from enough networks those come back.
    @Test
    void weightsThatMadeTheDataAreFound() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<Key, Integer> real = Map.of(new Key("ttl", 5), 12, new Key("tos", 5), 14, new Key("shape", 15), 6);
        List<Sight> sights = new ArrayList<>();
        for (int network = 0; network < 3_000; network++) {
            List<Said> shown = new ArrayList<>(List.of(TTL, TOS, SHAPE));
            shown.removeIf(said -> random.nextBoolean());
            Weighing weighing = new Weighing(Kind.REFUSED, true, shown);
            sights.add(
                    new Sight("network-" + network, Set.of(drawn(weighing, real, random)), 1, Set.of("0/0"), weighing));
        }
        List<Likelihood> networks =
                sights.stream().map(sight -> Likelihood.of(List.of(sight))).toList();
        Map<Key, Integer> found = new Descent(networks, 0.01).weights();
        real.forEach(
                (key, weight) -> assertEquals(weight, found.get(key), 2.5, key + " of " + found + ", seed " + seed));
    }

    private static Origin drawn(Weighing weighing, Map<Key, Integer> weights, Random random) {
        Posterior posterior = Posterior.of(
                Kind.REFUSED.candidates(),
                weighing.facts().stream()
                        .map(said -> said.weighing(weights.get(new Key(said.id(), said.guess()))))
                        .toList());
        double left = random.nextDouble();
        for (Posterior.Share share : posterior.shares()) {
            left -= share.probability();
            if (left < 0) {
                return share.origin();
            }
        }
        return posterior.shares().getLast().origin();
    }

    /// The likelihood that is maximised is that of the posterior a verdict rests on, which never claims all.
    @Test
    void theLikelihoodIsThePosteriors() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            Map<Key, Integer> weights = new HashMap<>();
            List<Said> facts = new ArrayList<>();
            for (Said said : List.of(
                    TTL,
                    TOS,
                    SHAPE,
                    PROBED,
                    PROOF,
                    new Said("again", Family.TTL, 20, KERNEL, true),
                    new Said("proof-2", Family.TTL, 40, KERNEL, true))) {
                if (random.nextBoolean()) {
                    facts.add(said);
                    weights.put(new Key(said.id(), said.guess()), said.conclusive() ? 40 : random.nextInt(26));
                }
            }
            List<Origin> candidates = new ArrayList<>(Kind.RESET.candidates());
            Collections.shuffle(candidates, random);
            Set<Origin> right = Set.copyOf(candidates.subList(0, 1 + random.nextInt(3)));
            Weighing weighing = new Weighing(Kind.RESET, true, facts);
            double expected = Posterior.of(
                            Kind.RESET.candidates(),
                            facts.stream()
                                    .map(said -> said.weighing(weights.get(new Key(said.id(), said.guess()))))
                                    .toList())
                    .shares()
                    .stream()
                    .filter(share -> right.contains(share.origin()))
                    .mapToDouble(Posterior.Share::probability)
                    .sum();
            double found = Likelihood.of(List.of(new Sight("one", right, 3, Set.of("0/0"), weighing)))
                    .under(weights);
            double left = Likelihood.LEFT;
            double claimed = (1 - left) * expected + left * right.size() / candidates.size();
            assertEquals(Math.log(claimed), found, 1e-9, "seed " + seed);
        }
    }

    @Test
    void aFactThatTellsNothingKeepsItsGuess() {
        Said always = new Said("always", Family.SHAPE, 9, Kind.REFUSED.candidates(), false);
        Fitting fitting = fit(sight("a", KERNEL, 1, true, always), sight("b", DEVICES, 1, true, always));
        assertEquals(9, fitting.table().weight("always", 9));
    }

    @Test
    void aNetworkCountsOnceHoweverOftenItRan() {
        Sight once = sight("a", KERNEL, 1, true, TTL);
        Sight often = sight("a", KERNEL, 500, true, TTL);
        Sight other = sight("b", DEVICES, 1, true, TTL);
        assertEquals(fit(once, other).table().text(), fit(often, other).table().text());
    }

    /// Ten networks agree that the fact is strong: leaving one out tells so, and the guess gives way. Where each
    /// network says something else, the guess is the safer bet.
    @Test
    void thePullIsAsHardAsLeavingNetworksOutAdvises() {
        List<Sight> agreeing = new ArrayList<>();
        List<Sight> contrary = new ArrayList<>();
        for (int network = 0; network < 10; network++) {
            agreeing.add(sight("n" + network, KERNEL, 1, true, TOS));
            Said own = new Said("own-" + network, Family.TOS, 5, KERNEL, false);
            contrary.add(sight("n" + network, network < 5 ? KERNEL : DEVICES, 1, true, own));
        }
        assertEquals(
                Weights.FAMILY_CAP,
                Fitting.of(Calibration.of(List.of(), agreeing)).table().weight("tos", 5));
        Fitting unsure = Fitting.of(Calibration.of(List.of(), contrary));
        assertTrue(unsure.table().source().getFirst().startsWith("pull towards the guesses: 3.0"), unsure.toString());
    }

    @Test
    void aLimitIsWhatTheClassEarned() {
        assertEquals(0.84, Proof.ATTEMPTS_ALIKE.earned(20, 20));
        assertEquals(0.66, Proof.ATTEMPTS_ALIKE.earned(10, 7));
        assertEquals(0.60, Proof.ATTEMPTS_ALIKE.earned(10, 1));
        assertEquals(0.70, Proof.ONE_ATTEMPT.earned(100, 100));
        assertEquals(0.91, Proof.CONCLUSIVE.earned(10, 10));
        assertEquals(0.97, Proof.TWICE_CONCLUSIVE.earned(500, 500));
    }

    @Test
    void networksThatErredLowerTheLimitOfTheirClassAlone() {
        Said strong = new Said("strong", Family.DELIVERY, 25, Set.of(Origin.IN_PATH), true);
        List<Sight> sights = new ArrayList<>();
        for (int network = 0; network < 8; network++) {
            sights.add(sight("right-" + network, Set.of(Origin.IN_PATH), 3, true, strong, TTL));
        }
        // Runs of one network: it counts as one that erred, although most of them were right.
        sights.add(sight("erring", Set.of(Origin.IN_PATH), 9, true, strong, TTL));
        sights.add(
                new Sight("erring", KERNEL, 1, Set.of("10/0"), new Weighing(Kind.RESET, true, List.of(strong, TTL))));
        sights.add(sight("proven", DEVICES, 1, true, PROOF));
        WeightTable table = Fitting.of(Calibration.of(List.of(), sights)).table();
        assertEquals(new WeightTable.Limit(0.81, 9, 8), table.limits().get(Proof.ACTIVE_AGREES));
        // One network alone earns 2/3, but no weaker class may be surer than one that never erred.
        assertEquals(new WeightTable.Limit(0.81, 1, 1), table.limits().get(Proof.CONCLUSIVE));
        assertEquals(Proof.TWICE_CONCLUSIVE.guess(), table.limit(Proof.TWICE_CONCLUSIVE));
    }

    @Test
    void aConclusiveFactThatIsContradictedIsNamedAndKept() {
        Fitting fitting = fit(sight("a", KERNEL, 1, true, PROOF), sight("b", DEVICES, 1, true, PROOF));
        assertEquals(List.of("proof in a"), fitting.contradicted());
        assertEquals(new WeightTable.Row(40, 2, 1), fitting.table().weights().get(new Key("proof", 40)));
    }

    @Test
    void theClassRestsOnGuessesAndOnWhoIsNamed() {
        Weighing weighing = new Weighing(Kind.RESET, true, List.of(TTL, PROBED, PROOF));
        assertEquals(Proof.CONCLUSIVE, weighing.proof(Origin.ON_PATH));
        assertEquals(Proof.ACTIVE_AGREES, weighing.proof(Origin.IN_PATH));
        assertEquals(Proof.ONE_ATTEMPT, weighing.proof(Origin.SERVER_KERNEL), "nothing but a distance speaks for it");
        assertEquals(Proof.ONE_ATTEMPT, weighing.views().getLast().proof(Origin.IN_PATH));
        Said same = new Said("proof-2", Family.SOCKET, 40, Set.of(Origin.ON_PATH), true);
        assertEquals(
                Proof.CONCLUSIVE,
                new Weighing(Kind.RESET, true, List.of(PROOF, same)).proof(Origin.ON_PATH),
                "two facts of one family are one");
        Said other = new Said("proof-3", Family.DELIVERY, 40, Set.of(Origin.ON_PATH), true);
        assertEquals(
                Proof.TWICE_CONCLUSIVE, new Weighing(Kind.RESET, false, List.of(PROOF, other)).proof(Origin.ON_PATH));
    }

    @Test
    void observationsAreTheSameAfterWritingAndReading() {
        Calibration calibration = Calibration.of(
                List.of("from a test"),
                List.of(
                        sight("b", DEVICES, 1, true, TTL, PROOF),
                        sight("b", DEVICES, 2, true, PROOF, TTL),
                        new Sight(
                                "aa",
                                Set.of(Origin.SERVER_PROCESS),
                                1,
                                Set.of("0/0"),
                                new Weighing(Kind.CLOSED, true, List.of(TTL))),
                        sight("a", Set.of(), 1, false)));
        assertEquals(3, calibration.sights().size());
        assertEquals(3, calibration.sights().getLast().runs());
        assertEquals(calibration, Calibration.read(calibration.text()));
        assertEquals(calibration.text(), Calibration.read(calibration.text()).text());
    }

    @Test
    void aLineThatIsNoneIsNamed() {
        for (String line : List.of(
                "seen a refused nobody 1 0/0 alike",
                "seen a refused on-path 1 0/0 alike 7",
                "seen a refused on-path 0 0/0 alike",
                "fact 1 ttl TTL 0 on-path passive",
                "fact 1 ttl LTT 5 on-path passive",
                "what")) {
            String said = assertThrows(IllegalArgumentException.class, () -> Calibration.read(line))
                    .getMessage();
            assertTrue(said.contains(line), said);
        }
    }
}
