package rstprobe.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import rstprobe.cli.LabRun.Judgement;
import rstprobe.cli.ScoredRun.Bet;

/// How well verdicts did against the truth, computed from nothing but the runs.
///
/// @param networks    one row a network, in the order of the runs
/// @param confusion   truth's origin, then the verdict's, then how often
/// @param originRight verdicts that name a right origin
/// @param originOpen  verdicts that name none, where that is honest
/// @param brier       the mean squared error of all bets; an undetermined verdict bets on its first alternative
/// @param brierNamed  the same of verdicts that name an origin
/// @param unscored    runs without a bet: nothing recorded, or undetermined without any alternative
/// @param surelyWrong verdicts wrong at 0.9 or more
/// @param blamed      of `serverSide` runs, those in which a middlebox got the blame
/// @param cost        the most that any run took at up to 20 ms of round trip
/// @param costOfReset the same where a reset was diagnosed
/// @param healthy     the most that a run took in which nothing was wrong, and nothing was found
/// @param causes      the same of causes
record Scores(
        int runs,
        Map<Judgement, Integer> judged,
        List<Network> networks,
        Map<String, Map<String, Integer>> confusion,
        int originRight,
        int originOpen,
        Optional<Double> brier,
        Optional<Double> brierNamed,
        int unscored,
        List<Bin> reliability,
        int surelyWrong,
        int serverSide,
        int blamed,
        Places places,
        Optional<Cost> cost,
        Optional<Cost> costOfReset,
        Optional<Cost> healthy,
        CauseScores causes) {
    private static final double[] EDGES = {0, 0.6, 0.7, 0.8, 0.9, 1.0};
    private static final int SHORT_DELAY_MILLIS = 10;

    /// How one network's verdicts did.
    record Network(String name, String half, int runs, int right, int honest, int missed, int wrong) {
        private static Network of(List<ScoredRun> runs) {
            Map<Judgement, Integer> judged = judged(runs);
            ScoredRun first = runs.getFirst();
            return new Network(
                    first.network(),
                    first.half().name().toLowerCase(Locale.ROOT),
                    runs.size(),
                    judged.get(Judgement.RIGHT),
                    judged.get(Judgement.HONEST),
                    judged.get(Judgement.MISSED),
                    judged.get(Judgement.WRONG));
        }
    }

    /// Bets of about the same confidence.
    ///
    /// @param claimed their mean confidence
    /// @param right   the share of them that came true
    record Bin(double from, double to, int runs, double claimed, double right) {}

    /// Where senders sit on the way: runs with such a truth, those whose verdict gives an interval, and those in
    /// whose interval the sender is.
    record Places(int runs, int given, int contained) {}

    /// The most of each, in whichever run.
    record Cost(int runs, long connections, long crafted, long sent, long roundTrips, double seconds, String slowest) {}

    static Scores of(List<ScoredRun> runs) {
        List<Bet> bets = runs.stream().flatMap(run -> run.bet().stream()).toList();
        List<Bet> named = runs.stream()
                .filter(ScoredRun::named)
                .flatMap(run -> run.bet().stream())
                .toList();
        List<ScoredRun> placed = runs.stream().filter(ScoredRun::hasPlace).toList();
        Predicate<ScoredRun> near = run -> run.conditions().delayMillis() <= SHORT_DELAY_MILLIS;
        return new Scores(
                runs.size(),
                judged(runs),
                ScoredRun.byNetwork(runs).stream().map(Network::of).toList(),
                confusion(runs),
                ScoredRun.count(runs, ScoredRun::originRight),
                ScoredRun.count(runs, run -> !run.originRight() && run.judgement() == Judgement.HONEST),
                mean(bets, Bet::squaredError),
                mean(named, Bet::squaredError),
                runs.size() - bets.size(),
                reliability(bets),
                ScoredRun.count(runs, Scores::surelyWrong),
                ScoredRun.count(runs, ScoredRun::serverSide),
                ScoredRun.count(runs, run -> run.serverSide() && run.blamesMiddlebox()),
                new Places(
                        placed.size(),
                        ScoredRun.count(placed, run -> run.answer().hop().isPresent()),
                        ScoredRun.count(placed, ScoredRun::placeContained)),
                cost(runs, near),
                cost(runs, near.and(run -> run.cost().filter(LabCost::ofReset).isPresent())),
                cost(
                        runs,
                        run -> run.trueOrigin().equals(ScoredRun.NOBODY)
                                && run.namedOrigin().equals(ScoredRun.NOBODY)),
                CauseScores.of(runs));
    }

    /// Neither missed nor wrong anywhere.
    boolean good() {
        return judged.get(Judgement.MISSED) + judged.get(Judgement.WRONG) == 0;
    }

    private static Map<Judgement, Integer> judged(List<ScoredRun> runs) {
        return Arrays.stream(Judgement.values())
                .collect(Collectors.toMap(
                        judgement -> judgement,
                        judgement -> ScoredRun.count(runs, run -> run.judgement() == judgement),
                        Integer::sum,
                        TreeMap::new));
    }

    private static Map<String, Map<String, Integer>> confusion(List<ScoredRun> runs) {
        return runs.stream()
                .filter(run -> run.answer().reported())
                .collect(Collectors.groupingBy(
                        ScoredRun::trueOrigin,
                        TreeMap::new,
                        Collectors.toMap(ScoredRun::namedOrigin, _ -> 1, Integer::sum, TreeMap::new)));
    }

    private static boolean surelyWrong(ScoredRun run) {
        return run.named()
                && run.answer().confidence() >= ScoredRun.SURE
                && (run.judgement() == Judgement.WRONG || !run.originRight());
    }

    private static <T> Optional<Double> mean(List<T> values, ToDoubleFunction<T> of) {
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(values.stream().mapToDouble(of).sum() / values.size());
    }

    private static List<Bin> reliability(List<Bet> bets) {
        return IntStream.range(0, EDGES.length - 1)
                .mapToObj(number -> bin(EDGES[number], EDGES[number + 1], bets))
                .flatMap(Optional::stream)
                .toList();
    }

    /// The last bin holds its upper edge too.
    private static Optional<Bin> bin(double from, double to, List<Bet> bets) {
        List<Bet> in = bets.stream()
                .filter(bet -> bet.claimed() >= from && (bet.claimed() < to || to == 1.0))
                .toList();
        return mean(in, Bet::claimed)
                .map(claimed -> new Bin(
                        from,
                        to,
                        in.size(),
                        claimed,
                        mean(in, bet -> bet.right() ? 1 : 0).orElseThrow()));
    }

    private static Optional<Cost> cost(List<ScoredRun> runs, Predicate<ScoredRun> which) {
        List<ScoredRun> counted = runs.stream()
                .filter(run -> run.cost().isPresent())
                .filter(which)
                .toList();
        return counted.stream()
                .max((one, other) -> Double.compare(seconds(one), seconds(other)))
                .map(slowest -> new Cost(
                        counted.size(),
                        most(counted, LabCost::connections),
                        most(counted, LabCost::crafted),
                        most(counted, LabCost::sent),
                        most(counted, LabCost::roundTrips),
                        seconds(slowest),
                        slowest.network()));
    }

    private static double seconds(ScoredRun run) {
        return run.cost().orElseThrow().seconds();
    }

    private static long most(List<ScoredRun> runs, ToLongFunction<LabCost> of) {
        return runs.stream()
                .mapToLong(run -> of.applyAsLong(run.cost().orElseThrow()))
                .max()
                .orElse(0);
    }
}
