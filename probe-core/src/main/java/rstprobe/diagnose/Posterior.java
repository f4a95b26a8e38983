package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
        List<Share> odds = new ArrayList<>();
        for (Origin origin : EnumSet.copyOf(candidates)) {
            odds.add(new Share(origin, Math.pow(10, decibans(origin, facts) / 10.0)));
        }
        double sum = odds.stream().mapToDouble(Share::probability).sum();
        odds.replaceAll(each -> new Share(each.origin(), each.probability() / sum));
        Posterior posterior = sorted(odds.stream());
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
        int[] families = new int[Evidence.Family.values().length];
        Set<Evidence.Family> proofs = EnumSet.noneOf(Evidence.Family.class);
        for (Fact fact : facts) {
            if (fact.favours().contains(origin)) {
                Evidence.Family family = fact.evidence().family();
                if (fact.conclusive()) {
                    proofs.add(family);
                } else {
                    families[family.ordinal()] += fact.evidence().weight();
                }
            }
        }
        int capped = 0;
        for (int weight : families) {
            capped += Math.min(weight, Weights.FAMILY_CAP);
        }
        return capped + proofs.size() * Weights.CONCLUSIVE + (origin == Origin.PROXY ? Weights.PROXY_PRIOR : 0);
    }

    Share first() {
        return shares.getFirst();
    }

    Share second() {
        return shares.get(1);
    }
}
