package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import rstprobe.diagnose.Calibration.Sight;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.diagnose.WeightTable.Key;
import rstprobe.diagnose.WeightTable.Limit;
import rstprobe.diagnose.WeightTable.Row;

/// Fits weights and limits to a calibration: the same calibration gives the same table to the bit.
///
/// Weights are the whole decibans that make the right origins likeliest under [Posterior], pulled towards their
/// first guesses; how hard is chosen by leaving one network out at a time. Each network counts once, however many
/// runs it had. A limit is what verdicts of its class then earned (see [Proof#earned]).
///
/// @param table        what was fitted
/// @param contradicted facts called conclusive that spoke for nobody who was it, and where
public record Fitting(WeightTable table, List<String> contradicted) {
    /// How hard weights are pulled to their guesses: the cost, in networks' log-likelihood, of moving one by ten
    /// decibans.
    private static final List<Double> PULLS = List.of(3.0, 1.0, 0.3, 0.1, 0.03, 0.01);

    /// A softer pull has to be better by so many standard errors: less may be chance once in twenty.
    private static final double STANDARD_ERRORS = 2;

    /// Fits a calibration.
    public static Fitting of(Calibration calibration) {
        Map<String, List<Sight>> networks = calibration.sights().stream()
                .collect(Collectors.groupingBy(Sight::network, TreeMap::new, Collectors.toList()));
        List<Likelihood> likelihoods = networks.values().stream()
                .map(Likelihood::of)
                .filter(Likelihood::canBeRight)
                .toList();
        double pull = pull(likelihoods);
        Map<Key, Integer> fitted = new Descent(likelihoods, pull).weights();
        Map<Key, Row> rows = rows(networks, fitted);
        WeightTable weights = new WeightTable(List.of(), Map.of(), rows, List.of());
        List<String> source = new ArrayList<>(calibration.source());
        if (!likelihoods.isEmpty()) {
            source.add(String.format(
                    Locale.ROOT,
                    "pull towards the guesses: %s; mean log-likelihood of a network: guesses %.3f, fitted %.3f, "
                            + "left out %.3f",
                    pull,
                    mean(likelihoods, Map.of()),
                    mean(likelihoods, fitted),
                    mean(leftOut(likelihoods, pull))));
        }
        Map<Proof, Map<String, Boolean>> claims = claims(networks, weights);
        claims.forEach((proof, claimed) -> claimed.forEach((network, right) -> {
            if (!right) {
                source.add("named wrongly: " + network + ", " + proof.word());
            }
        }));
        return new Fitting(new WeightTable(source, limits(claims), rows, List.of()), contradictions(networks));
    }

    /// The pull under which networks that were left out are named best; a harder one where the difference may be
    /// chance.
    private static double pull(List<Likelihood> networks) {
        Map<Double, double[]> tried = new HashMap<>();
        PULLS.forEach(pull -> tried.put(pull, leftOut(networks, pull)));
        double best = PULLS.stream()
                .max(Comparator.<Double>comparingDouble(pull -> rounded(mean(tried.get(pull))))
                        .thenComparing(pull -> pull))
                .orElseThrow();
        return PULLS.stream()
                .filter(pull -> pull >= best && withinError(tried.get(best), tried.get(pull)))
                .max(Comparator.naturalOrder())
                .orElse(best);
    }

    private static double rounded(double logLikelihood) {
        return StrictMath.rint(logLikelihood * 1e6) / 1e6;
    }

    private static boolean withinError(double[] better, double[] other) {
        double[] lost = new double[better.length];
        for (int network = 0; network < lost.length; network++) {
            lost[network] = better[network] - other[network];
        }
        double mean = mean(lost);
        double squares = 0;
        for (double one : lost) {
            squares += (one - mean) * (one - mean);
        }
        double error = lost.length < 2 ? 0 : StrictMath.sqrt(squares / (lost.length - 1) / lost.length);
        return rounded(mean) <= rounded(STANDARD_ERRORS * error);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? 0 : sum / values.length;
    }

    /// The log-likelihood of each network under weights that were fitted without it.
    private static double[] leftOut(List<Likelihood> networks, double pull) {
        return networks.stream()
                .mapToDouble(one -> one.under(new Descent(
                                networks.stream().filter(other -> other != one).toList(), pull)
                        .weights()))
                .toArray();
    }

    private static double mean(List<Likelihood> networks, Map<Key, Integer> weights) {
        return mean(networks.stream().mapToDouble(one -> one.under(weights)).toArray());
    }

    private static Map<Key, Row> rows(Map<String, List<Sight>> networks, Map<Key, Integer> fitted) {
        Map<Key, Row> rows = new HashMap<>();
        networks.values().forEach(sights -> {
            Map<Key, Boolean> against = new HashMap<>();
            sights.forEach(sight -> sight.weighing()
                    .facts()
                    .forEach(said -> against.merge(
                            new Key(said.id(), said.guess()), !speaksFor(said, sight.right()), Boolean::logicalOr)));
            against.forEach((key, wrong) ->
                    rows.merge(key, new Row(fitted.getOrDefault(key, key.guess()), 1, wrong ? 1 : 0), Fitting::sum));
        });
        return rows;
    }

    private static Row sum(Row one, Row other) {
        return new Row(one.fitted(), one.networks() + other.networks(), one.against() + other.against());
    }

    private static boolean speaksFor(Said said, Set<Origin> right) {
        return said.favours().stream().anyMatch(right::contains);
    }

    private static List<String> contradictions(Map<String, List<Sight>> networks) {
        Set<String> found = new TreeSet<>();
        networks.forEach((network, sights) -> sights.forEach(sight -> sight.weighing().facts().stream()
                .filter(said -> said.conclusive() && !speaksFor(said, sight.right()))
                .forEach(said -> found.add(said.id() + " in " + network))));
        return List.copyOf(found);
    }

    /// A class that no network was in keeps its guess; one that never erred is at least as sure as a weaker one.
    private static Map<Proof, Limit> limits(Map<Proof, Map<String, Boolean>> claims) {
        Map<Proof, Limit> limits = new EnumMap<>(Proof.class);
        double weaker = 0;
        for (Proof proof : claims.isEmpty() ? new Proof[0] : Proof.values()) {
            Map<String, Boolean> claimed = claims.getOrDefault(proof, Map.of());
            int right = (int) claimed.values().stream().filter(good -> good).count();
            double own = claimed.isEmpty() ? proof.guess() : proof.earned(claimed.size(), right);
            double limit = right == claimed.size() ? Math.min(Math.max(own, weaker), proof.ceiling()) : own;
            limits.put(proof, new Limit(limit, claimed.size(), right));
            weaker = limit;
        }
        return limits;
    }

    /// Who was claimed with which proof, in which networks, and whether always rightly.
    private static Map<Proof, Map<String, Boolean>> claims(Map<String, List<Sight>> networks, WeightTable weights) {
        Map<Proof, Map<String, Boolean>> claims = new EnumMap<>(Proof.class);
        networks.forEach((network, sights) ->
                sights.forEach(sight -> sight.weighing().views().forEach(view -> {
                    Posterior.Share first = view.posterior(weights).first();
                    if (first.probability() >= Weights.NAMED) {
                        claims.computeIfAbsent(view.proof(first.origin()), proof -> new TreeMap<>())
                                .merge(network, sight.right().contains(first.origin()), Boolean::logicalAnd);
                    }
                })));
        return claims;
    }
}
