package rstprobe.cli;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Scores of causes as text for a terminal.
final class CauseScoresText {
    private final CauseScores scores;
    private final StringBuilder text = new StringBuilder();

    private CauseScoresText(CauseScores scores) {
        this.scores = scores;
    }

    static String of(CauseScores scores) {
        return new CauseScoresText(scores).text();
    }

    private String text() {
        networks();
        confusion();
        line(
                "%ncause right                %s, and right as far as the wire tells %s",
                share(scores.right()), share(scores.fitting()));
        line("in the first three         %s", share(scores.inThree()));
        line("wrong cause at 0.9 or more %d", scores.surelyWrong());
        return text.toString();
    }

    private String share(int runs) {
        return String.format(Locale.ROOT, "%d of %d (%.1f %%)", runs, scores.runs(), 100.0 * runs / scores.runs());
    }

    private void line(String format, Object... words) {
        text.append(String.format(Locale.ROOT, format, words).stripTrailing()).append('\n');
    }

    private void networks() {
        line(
                "%n%-42s %-11s %4s %5s %4s %5s  %s",
                "cause by network", "half", "runs", "right", "fits", "three", "named instead of what was planted");
        scores.networks()
                .forEach(network -> line(
                        "%-42s %-11s %4d %5d %4d %5d  %s",
                        network.name(),
                        network.half(),
                        network.runs(),
                        network.right(),
                        network.fitting(),
                        network.inThree(),
                        network.others().isEmpty() ? "" : counted(network.others()) + ", not " + network.cause()));
    }

    private void confusion() {
        line("%n%-30s %s", "what was planted", "what verdicts named");
        scores.confusion().forEach((cause, named) -> line("%-30s %s", cause, counted(named)));
    }

    private static String counted(Map<String, Integer> causes) {
        return causes.entrySet().stream()
                .map(cause -> cause.getValue() + " " + cause.getKey())
                .collect(Collectors.joining(", "));
    }
}
