package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.record.ActiveTest;

/// What an active test is expected to tell about who sent a reset: the expected information gain of an experiment
/// (D. V. Lindley, "On a Measure of the Information Provided by an Experiment", 1956), in bits.
///
/// Each fact the test may show moves the belief as it would move the verdict, caps of families included; how far is
/// the belief's relative entropy, and the mean over what may be seen is the gain. A test that shows nothing moves no
/// verdict, so silence counts nothing.
final class InformationGain {
    /// Less is not worth a packet: as much as a chance of one in fifty to settle an even choice between two.
    static final double LEAST_BITS = 0.02;

    /// What a run has of each, so that a cost is a share of it: crafted packets of `Prober`, connections of a plan.
    private static final double PACKETS = 60;

    private static final double CONNECTIONS = 8;

    private static final double LOG_2 = Math.log(2);

    private final Weighing weighing;
    private final WeightTable weights;
    private final Map<Origin, Double> belief;

    /// @param belief a probability for each candidate, which add up to 1
    InformationGain(Weighing weighing, WeightTable weights, Map<Origin, Double> belief) {
        this.weighing = weighing;
        this.weights = weights;
        this.belief = new EnumMap<>(belief);
    }

    /// Under the weights in force. What the proof leaves open is anybody's alike, as long as it is no better.
    static InformationGain of(Weighing weighing) {
        WeightTable weights = WeightTable.committed();
        Posterior posterior = weighing.posterior(weights);
        double proven = weighing.proof(posterior.first().origin()).limit();
        int candidates = posterior.shares().size();
        Map<Origin, Double> belief = new EnumMap<>(Origin.class);
        posterior
                .shares()
                .forEach(share -> belief.put(share.origin(), proven * share.probability() + (1 - proven) / candidates));
        return new InformationGain(weighing, weights, belief);
    }

    /// The tests in the order in which they tell most for what they cost, without those that tell nothing much.
    ///
    /// @param needed tests that are made whatever they tell about the sender
    static List<ActiveTest> ranked(Optional<Weighing> weighing, Set<ActiveTest> needed, Set<ActiveTest> others) {
        Optional<InformationGain> gain = weighing.map(InformationGain::of);
        Set<ActiveTest> all = EnumSet.noneOf(ActiveTest.class);
        all.addAll(needed);
        gain.ifPresent(known ->
                others.stream().filter(test -> known.bits(test) >= LEAST_BITS).forEach(all::add));
        Comparator<ActiveTest> telling = Comparator.comparingDouble(
                test -> gain.map(known -> known.perCost(test)).orElse(0.0));
        return all.stream().sorted(telling.reversed()).toList();
    }

    /// In bits for a whole budget.
    double perCost(ActiveTest test) {
        return bits(test) / cost(test, weighing.kind());
    }

    /// The expected gain of one test.
    double bits(ActiveTest test) {
        List<Map<Origin, Double>> seen =
                Prospect.of(test, weighing.kind()).map(this::likelihoods).toList();
        return seen.stream().mapToDouble(likelihoods -> bits(likelihoods, seen)).sum();
    }

    /// How often the prospect's facts are seen where each origin sent the reset. What they would add to an origin's sum
    /// is by how much oftener that is, so where a family is spent, nobody sees them oftener than another.
    private Map<Origin, Double> likelihoods(Prospect prospect) {
        Map<Origin, Integer> added = new EnumMap<>(Origin.class);
        belief.keySet().forEach(origin -> added.put(origin, added(prospect, origin)));
        int most = Collections.max(added.values());
        Map<Origin, Double> likelihoods = new EnumMap<>(Origin.class);
        added.forEach((origin, decibans) ->
                likelihoods.put(origin, prospect.share() * Math.pow(10, (decibans - most) / 10.0)));
        return likelihoods;
    }

    /// What the prospect's facts would add to an origin's sum beside those there are.
    private int added(Prospect prospect, Origin origin) {
        List<Said> both = new ArrayList<>(weighing.facts());
        both.addAll(prospect.facts());
        return Posterior.decibans(origin, facts(both)) - Posterior.decibans(origin, facts(weighing.facts()));
    }

    /// The belief's relative entropy once this was seen, times how likely that is.
    ///
    /// @param all what an origin's likelihoods of one test add up to is 1 at most: above that they share it
    private double bits(Map<Origin, Double> likelihoods, List<Map<Origin, Double>> all) {
        double seen = 0;
        double odds = 0;
        for (Origin origin : belief.keySet()) {
            double crowd = all.stream().mapToDouble(other -> other.get(origin)).sum();
            seen += belief.get(origin) * likelihoods.get(origin) / Math.max(1, crowd);
            odds += belief.get(origin) * likelihoods.get(origin);
        }
        double moved = 0;
        for (Origin origin : belief.keySet()) {
            double after = belief.get(origin) * likelihoods.get(origin) / odds;
            moved += after > 0 ? after * Math.log(after / belief.get(origin)) / LOG_2 : 0;
        }
        return seen * Math.max(0, moved);
    }

    private List<Fact> facts(Collection<Said> said) {
        return said.stream()
                .map(each -> each.weighing(weights.weight(each.id(), each.guess())))
                .toList();
    }

    /// The share of a run's packets or of its connections that a test takes, whichever is more and so runs out first;
    /// packets as counted in the practice networks, three hops away, where each is answered. Liveness asks about a
    /// connection that was made for it.
    static double cost(ActiveTest test, Kind kind) {
        boolean refused = kind == Kind.REFUSED;
        int packets = switch (test) {
            case REFERENCE, RECORD_ROUTE -> 5;
            case ECHO -> 1;
            case LIVENESS -> 2;
            case BAD_CHECKSUM -> refused ? 2 : 6;
            case MIRROR -> refused ? 2 : 5;
            case SWEEP -> refused ? 8 : 15;
            case PREFIX -> 14;
            case PATH_MTU -> 150;
        };
        int opened = test == ActiveTest.LIVENESS ? 1 : connections(test);
        return Math.max(packets / PACKETS, (refused ? 0 : opened) / CONNECTIONS);
    }

    /// Connections of its own making that a test about an established one opens.
    static int connections(ActiveTest test) {
        return switch (test) {
            case SWEEP, PREFIX -> 2;
            case BAD_CHECKSUM, MIRROR, PATH_MTU -> 1;
            case REFERENCE, RECORD_ROUTE, ECHO, LIVENESS -> 0;
        };
    }
}
