package rstprobe.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How well verdicts name what is wrong, where [Scores] counts whom they name.
///
/// Two figures, since a client cannot tell everything apart: a cause is right where it is the one that was planted, and
/// it fits where the truth allows it because all the client sees is the same. A general cause, which says how a
/// connection ended and not why, fits only where the planted one is among the first three.
///
/// @param right       verdicts that name what was planted
/// @param fitting     those, and verdicts that name what fits all the client sees
/// @param inThree     verdicts with what was planted among their cause and those of the first two alternatives
/// @param surelyWrong causes at 0.9 or more that the truth does not allow
/// @param networks    one row a network, in the order of the runs
/// @param confusion   the planted cause, then the verdict's, then how often
record CauseScores(
        int runs,
        int right,
        int fitting,
        int inThree,
        int surelyWrong,
        List<Network> networks,
        Map<String, Map<String, Integer>> confusion) {

    /// How one network's verdicts did.
    ///
    /// @param cause  what was planted
    /// @param others what its verdicts named instead, and how often
    record Network(
            String name,
            String half,
            String cause,
            int runs,
            int right,
            int fitting,
            int inThree,
            Map<String, Integer> others) {
        private static Network of(List<ScoredRun> runs) {
            ScoredRun first = runs.getFirst();
            return new Network(
                    first.network(),
                    first.half().name().toLowerCase(Locale.ROOT),
                    first.plantedCause(),
                    runs.size(),
                    ScoredRun.count(runs, ScoredRun::causeRight),
                    ScoredRun.count(runs, ScoredRun::causeFits),
                    ScoredRun.count(runs, ScoredRun::causeInFirstThree),
                    runs.stream()
                            .filter(run -> !run.causeRight())
                            .collect(Collectors.toMap(ScoredRun::namedCause, _ -> 1, Integer::sum, TreeMap::new)));
        }
    }

    static CauseScores of(List<ScoredRun> runs) {
        return new CauseScores(
                runs.size(),
                ScoredRun.count(runs, ScoredRun::causeRight),
                ScoredRun.count(runs, ScoredRun::causeFits),
                ScoredRun.count(runs, ScoredRun::causeInFirstThree),
                ScoredRun.count(runs, ScoredRun::causeSurelyWrong),
                ScoredRun.byNetwork(runs).stream().map(Network::of).toList(),
                confusion(runs));
    }

    private static Map<String, Map<String, Integer>> confusion(List<ScoredRun> runs) {
        return runs.stream()
                .collect(Collectors.groupingBy(
                        ScoredRun::plantedCause,
                        TreeMap::new,
                        Collectors.toMap(ScoredRun::namedCause, _ -> 1, Integer::sum, TreeMap::new)));
    }
}
