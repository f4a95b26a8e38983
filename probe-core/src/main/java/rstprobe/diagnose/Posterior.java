package rstprobe.diagnose;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the facts add up to: a probability for each origin that stays possible.
///
/// Weights of one family count up to a cap, families add, and the sum in decibans becomes a share (10
/// decibans are odds of ten to one). A conclusive fact counts in full and beside its family; two of them in
/// one family count once, because they may be one thing seen twice.
///
/// @param shares origins with their probability, likeliest first; they add up to 1
record Posterior(List<Share> shares) {
    /// One origin's probability.
    record Share(Origin origin, double probability) {}

    static Posterior of(Collection<Origin> candidates, List<Fact> facts) {
        Map<Origin, Double> odds = new EnumMap<>(Origin.class);
        for (Origin origin : candidates) {
            odds.put(origin, Math.pow(10, decibans(origin, facts) / 10.0));
        }
        double sum = odds.values().stream().mapToDouble(Double::doubleValue).sum();
        Posterior posterior =
                sorted(odds.entrySet().stream().map(entry -> new Share(entry.getKey(), entry.getValue() / sum)));
        return TimeTrigger.among(facts) ? posterior.keepingTrack(Weights.DRAWN_BY_REST) : posterior;
    }

    /// The same where the sender keeps track of connections, as whoever times them does: what spoke for a
    /// device on the way speaks for one that does, save for odds of this many decibans against.
    private Posterior keepingTrack(int decibans) {
        double left = Math.pow(10, -decibans / 10.0);
        double moved = shares.stream()
                .filter(share -> onTheWay(share.origin()))
                .mapToDouble(share -> share.probability() * (1 - left))
                .sum();
        return sorted(shares.stream().map(share -> {
            double probability = onTheWay(share.origin()) ? share.probability() * left : share.probability();
            return new Share(share.origin(), share.origin() == Origin.PROXY ? probability + moved : probability);
        }));
    }

    static boolean onTheWay(Origin origin) {
        return origin == Origin.IN_PATH || origin == Origin.ON_PATH;
    }

    private static Posterior sorted(Stream<Share> shares) {
        return new Posterior(shares.sorted(Comparator.comparingDouble(Share::probability)
                        .reversed()
                        .thenComparing(Share::origin))
                .toList());
    }

    /// One origin's sum: its prior and what speaks for it.
    static int decibans(Origin origin, List<Fact> facts) {
        List<Fact> speaking =
                facts.stream().filter(fact -> fact.favours().contains(origin)).toList();
        Map<Evidence.Family, Integer> families = speaking.stream()
                .filter(fact -> !fact.conclusive())
                .collect(Collectors.groupingBy(
                        fact -> fact.evidence().family(),
                        () -> new EnumMap<>(Evidence.Family.class),
                        Collectors.summingInt(fact -> fact.evidence().weight())));
        int capped = families.values().stream()
                .mapToInt(weight -> Math.min(weight, Weights.FAMILY_CAP))
                .sum();
        long proofs = speaking.stream()
                .filter(Fact::conclusive)
                .map(fact -> fact.evidence().family())
                .distinct()
                .count();
        return capped + (int) proofs * Weights.CONCLUSIVE + (origin == Origin.PROXY ? Weights.PROXY_PRIOR : 0);
    }

    Share first() {
        return shares.getFirst();
    }

    Share second() {
        return shares.get(1);
    }
}
