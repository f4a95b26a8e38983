package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import rstprobe.diagnose.Calibration.Sight;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.diagnose.WeightTable.Key;

/// How likely the right origins of one network are under given weights: [Posterior]'s sums, laid out to be taken
/// many thousand times.
///
/// @param scenes each sight that names somebody who can have been it
/// @param keys   the weights it depends on
record Likelihood(List<Scene> scenes, Set<Key> keys) {
    private static final int MOST_DECIBANS = 1_000;
    private static final double[] ODDS = odds();

    /// No verdict claims all of the probability: what is left is anybody's alike. So a network that the facts cannot
    /// tell rightly does not outweigh all others.
    static final double LEFT = 0.03;

    /// One sight.
    ///
    /// @param share its part of the network's runs
    record Scene(double share, List<Sum> sums) {}

    /// One origin's decibans: what is fixed, and the weights of each family that speak for it.
    record Sum(boolean right, int fixed, List<List<Key>> families) {}

    private static double[] odds() {
        double[] odds = new double[MOST_DECIBANS];
        for (int decibans = 0; decibans < odds.length; decibans++) {
            odds[decibans] = StrictMath.pow(10, (decibans + Weights.PROXY_PRIOR) / 10.0);
        }
        return odds;
    }

    /// Of all sights of one network.
    static Likelihood of(List<Sight> sights) {
        double runs = sights.stream().mapToInt(Sight::runs).sum();
        Set<Key> keys = new HashSet<>();
        List<Scene> scenes = new ArrayList<>();
        for (Sight sight : sights) {
            List<Sum> sums = sight.weighing().kind().candidates().stream()
                    .sorted()
                    .map(origin -> sum(origin, sight, keys))
                    .toList();
            if (sums.stream().anyMatch(Sum::right)) {
                scenes.add(new Scene(sight.runs() / runs, sums));
            }
        }
        return new Likelihood(List.copyOf(scenes), Set.copyOf(keys));
    }

    private static Sum sum(Origin origin, Sight sight, Set<Key> keys) {
        Map<Evidence.Family, List<Key>> families = new EnumMap<>(Evidence.Family.class);
        List<Fact> proofs = new ArrayList<>();
        for (Said said : sight.weighing().facts()) {
            if (said.conclusive()) {
                proofs.add(said.weighing(said.guess()));
            } else if (said.favours().contains(origin)) {
                Key key = new Key(said.id(), said.guess());
                keys.add(key);
                families.computeIfAbsent(said.family(), family -> new ArrayList<>())
                        .add(key);
            }
        }
        return new Sum(isRight(origin, sight), Posterior.decibans(origin, proofs), List.copyOf(families.values()));
    }

    /// What speaks for a device on the way speaks for one that keeps track of connections, where time draws the
    /// reset.
    private static boolean isRight(Origin origin, Sight sight) {
        boolean timed =
                sight.weighing().facts().stream().anyMatch(said -> said.id().equals(TimeTrigger.ID));
        return sight.right().contains(timed && Posterior.onTheWay(origin) ? Origin.PROXY : origin);
    }

    /// Whether anybody who was it is among the candidates.
    boolean canBeRight() {
        return !scenes.isEmpty();
    }

    /// The logarithm of the right origins' probability, the mean over the runs; a weight that is not given is its
    /// guess.
    double under(Map<Key, Integer> weights) {
        double sum = 0;
        for (Scene scene : scenes) {
            double all = 0;
            double right = 0;
            int rights = 0;
            for (Sum origin : scene.sums()) {
                double odds = ODDS[decibans(origin, weights) - Weights.PROXY_PRIOR];
                all += odds;
                right += origin.right() ? odds : 0;
                rights += origin.right() ? 1 : 0;
            }
            double anybody = (double) rights / scene.sums().size();
            sum += scene.share() * StrictMath.log((1 - LEFT) * right / all + LEFT * anybody);
        }
        return sum;
    }

    private static int decibans(Sum origin, Map<Key, Integer> weights) {
        int sum = origin.fixed();
        for (List<Key> family : origin.families()) {
            int decibans = 0;
            for (Key key : family) {
                Integer weight = weights.get(key);
                decibans += weight == null ? key.guess() : weight;
            }
            sum += Math.min(decibans, Weights.FAMILY_CAP);
        }
        return sum;
    }
}
