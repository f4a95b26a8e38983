package rstprobe.diagnose;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import rstprobe.diagnose.WeightTable.Key;

/// The search for the best whole weights: one after the other takes its best value while the others stay, until none
/// moves. It starts at the first guesses and stays nearest to them where values are equally good.
///
/// @param networks what they are fitted to, each counting once
/// @param pull     the cost of a weight that is ten decibans from its guess; it grows with the square
record Descent(List<Likelihood> networks, double pull) {
    private static final int MAX_SWEEPS = 40;
    private static final double LEAST_GAIN = 1e-9;
    /// Leaving one network out tests no weight that is met in it alone; what is met in fewer keeps its first guess.
    private static final int LEAST_NETWORKS = 3;

    /// The weights found, for every fact that is met, and the first guess of what too few networks have.
    Map<Key, Integer> weights() {
        List<Key> keys = networks.stream()
                .flatMap(network -> network.keys().stream())
                .distinct()
                .sorted(Comparator.comparing(Key::id).thenComparing(Key::guess))
                .toList();
        Map<Key, List<Likelihood>> concerned = new HashMap<>();
        Map<Key, Integer> weights = new HashMap<>();
        for (Key key : keys) {
            weights.put(key, key.guess());
            concerned.put(
                    key,
                    networks.stream()
                            .filter(network -> network.keys().contains(key))
                            .toList());
        }
        boolean moved = true;
        for (int sweep = 0; moved && sweep < MAX_SWEEPS; sweep++) {
            moved = false;
            for (Key key : keys) {
                moved |= concerned.get(key).size() >= LEAST_NETWORKS && move(key, weights, concerned.get(key));
            }
        }
        return Map.copyOf(weights);
    }

    private boolean move(Key key, Map<Key, Integer> weights, List<Likelihood> concerned) {
        int before = weights.get(key);
        int best = before;
        double gain = value(key, before, weights, concerned) + LEAST_GAIN;
        for (int candidate : nearestFirst(key.guess())) {
            double value = value(key, candidate, weights, concerned);
            if (value > gain) {
                best = candidate;
                gain = value + LEAST_GAIN;
            }
        }
        weights.put(key, best);
        return best != before;
    }

    private double value(Key key, int candidate, Map<Key, Integer> weights, List<Likelihood> concerned) {
        weights.put(key, candidate);
        double distance = (candidate - key.guess()) / 10.0;
        double sum = -pull * distance * distance;
        for (Likelihood network : concerned) {
            sum += network.under(weights);
        }
        return sum;
    }

    /// A family counts no more than its cap, so a weight need not be higher.
    private static List<Integer> nearestFirst(int guess) {
        return IntStream.rangeClosed(0, Math.max(guess, Weights.FAMILY_CAP))
                .boxed()
                .sorted(Comparator.comparingInt(weight -> Math.abs(weight - guess)))
                .toList();
    }
}
