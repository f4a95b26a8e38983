package rstprobe.cli;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import rstprobe.cli.LabRun.Judgement;

/// Scores as text for a terminal.
final class ScoresText {
    private static final int ORIGIN_WIDTH = 16;

    private final Scores scores;
    private final StringBuilder text = new StringBuilder();

    private ScoresText(Scores scores) {
        this.scores = scores;
    }

    static String of(Scores scores) {
        return new ScoresText(scores).text();
    }

    private String text() {
        if (scores.runs() > scores.networks().size()) {
            networks();
        }
        if (scores.runs() > 1) {
            confusion();
            text.append(CauseScoresText.of(scores.causes()));
            reliability();
            rates();
        }
        line(
                "%d right, %d undetermined where that is honest, %d missed, %d wrong",
                scores.judged().get(Judgement.RIGHT),
                scores.judged().get(Judgement.HONEST),
                scores.judged().get(Judgement.MISSED),
                scores.judged().get(Judgement.WRONG));
        return text.toString();
    }

    private void line(String format, Object... words) {
        text.append(String.format(Locale.ROOT, format, words).stripTrailing()).append('\n');
    }

    private void networks() {
        line("%n%-30s %-11s %5s %5s %6s %6s %5s", "network", "half", "runs", "right", "honest", "missed", "wrong");
        scores.networks()
                .forEach(network -> line(
                        "%-30s %-11s %5d %5d %6d %6d %5d",
                        network.name(),
                        network.half(),
                        network.runs(),
                        network.right(),
                        network.honest(),
                        network.missed(),
                        network.wrong()));
    }

    private void confusion() {
        Set<String> verdicts = scores.confusion().values().stream()
                .flatMap(row -> row.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        line("%nwho it was, by row, and whom the verdict named, by column%n%s", row("", verdicts));
        scores.confusion()
                .forEach((truth, row) -> line(
                        "%s",
                        row(
                                truth,
                                verdicts.stream()
                                        .map(verdict -> count(row, verdict))
                                        .toList())));
    }

    private static String count(Map<String, Integer> row, String verdict) {
        return row.containsKey(verdict) ? row.get(verdict).toString() : ".";
    }

    private static String row(String name, Iterable<String> cells) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-" + ORIGIN_WIDTH + "s", name));
        cells.forEach(cell -> row.append(String.format(Locale.ROOT, " %" + ORIGIN_WIDTH + "s", cell)));
        return row.toString();
    }

    private void reliability() {
        line("%n%-12s %6s %9s %9s", "confidence", "bets", "claimed", "came true");
        scores.reliability()
                .forEach(bin -> line(
                        "%.1f to %.1f   %6d %9.3f %9.3f",
                        bin.from(), bin.to(), bin.runs(), bin.claimed(), bin.right()));
    }

    private void rates() {
        line(
                "%norigin right               %d of %d, and %d left open where that is honest",
                scores.originRight(), scores.runs(), scores.originOpen());
        line(
                "Brier score                %s; of verdicts that name an origin %s",
                scores.brier().map(ScoresText::decimals).orElse("none"),
                scores.brierNamed().map(ScoresText::decimals).orElse("none"));
        line(
                "                           an undetermined verdict bets on its first alternative; %d runs bet on nobody",
                scores.unscored());
        line("wrong at 0.9 or more       %d", scores.surelyWrong());
        line("server's, middlebox blamed %d of %d", scores.blamed(), scores.serverSide());
        line(
                "hop interval               holds the sender in %d of %d given, for %d senders that can be found",
                scores.places().contained(),
                scores.places().given(),
                scores.places().runs());
        scores.costOfReset().ifPresent(cost -> cost("most for a reset, to 20 ms", cost));
        scores.cost().ifPresent(cost -> cost("most of all, to 20 ms", cost));
        scores.healthy().ifPresent(cost -> {
            cost("most where all is well", cost);
            line("%27s%d round trips", "", cost.roundTrips());
        });
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private void cost(String of, Scores.Cost cost) {
        line(
                "%-26s %d connections, %d crafted packets, %d frames sent, %.1f s (%s)",
                of, cost.connections(), cost.crafted(), cost.sent(), cost.seconds(), cost.slowest());
    }
}
