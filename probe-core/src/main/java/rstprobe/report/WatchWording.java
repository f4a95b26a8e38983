package rstprobe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import rstprobe.analyze.AttributedReset;
import rstprobe.diagnose.Verdict;

/// The sentences of the flight recorder, a line each.
public final class WatchWording {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long SECONDS_PER_MINUTE = 60;

    private WatchWording() {}

    /// One line about a connection that was reset.
    public static String line(WatchedReset watched) {
        AttributedReset reset = watched.reset();
        String sure = reset.verdict() instanceof Verdict.Fault
                ? Wording.confidence(reset.verdict().confidence()).toPlainString()
                : "    ";
        String stage = reset.stage().map(at -> ", SSH at " + at.word()).orElse("");
        String several = watched.resets() == 1 ? "" : "; " + AnalyzeWording.count(watched.resets(), "reset");
        String missing = watched.lost() == 0 ? "" : "; " + AnalyzeWording.count(watched.lost(), "frame") + " missing";
        String folder = watched.incident().map(name -> "; " + name).orElse("");
        return String.format(
                        Locale.ROOT,
                        "%s  %-15s %s  %s to %s%s: ",
                        AnalyzeWording.moment(reset.atNanos()),
                        AnalyzeWording.word(reset.origin()),
                        sure,
                        reset.sender(),
                        reset.receiver(),
                        stage)
                + Sanitizer.passage(reset.summary()).strip() + several + missing + folder + "\n";
    }

    /// What all of it came to.
    public static List<String> summary(WatchCounts counts, String where, long lastedNanos) {
        List<String> lines = new ArrayList<>();
        WatchCounts.Heard heard = counts.heard();
        lines.add("watched " + where + " for " + lasted(lastedNanos) + ": "
                + AnalyzeWording.count(heard.frames(), "frame") + ", "
                + (heard.lost() == 0 ? "none" : AnalyzeWording.grouped(heard.lost())) + " lost, "
                + AnalyzeWording.count(heard.resets(), "reset"));
        if (counts.reset() > 0) {
            lines.add(AnalyzeWording.count(counts.reset(), "connection") + " reset: "
                    + counts.inOrder().entrySet().stream()
                            .map(row ->
                                    AnalyzeWording.grouped(row.getValue()) + " " + AnalyzeWording.word(row.getKey()))
                            .collect(Collectors.joining(", ")));
        }
        if (counts.afterEnd() > 0) {
            lines.add(AnalyzeWording.count(counts.afterEnd(), "connection")
                    + " reset when it was over already: no folder");
        }
        if (counts.notJudged() + heard.notJudged() > 0) {
            lines.add(AnalyzeWording.count(counts.notJudged() + heard.notJudged(), "reset")
                    + " only counted: too many connections at once");
        }
        if (counts.folders() + counts.withheld() > 0) {
            lines.add(AnalyzeWording.count(counts.folders(), "incident folder") + " written"
                    + (counts.withheld() == 0
                            ? ""
                            : ", and " + AnalyzeWording.grouped(counts.withheld())
                                    + " not: enough of their kind within an hour, or enough in all"));
        }
        return lines;
    }

    private static String lasted(long nanos) {
        long seconds = nanos / NANOS_PER_SECOND;
        return seconds < 2 * SECONDS_PER_MINUTE ? seconds + " s" : seconds / SECONDS_PER_MINUTE + " min";
    }

    /// Frames were lost.
    public static String lost(long now, long inAll) {
        return AnalyzeWording.count(now, "frame") + " lost (" + AnalyzeWording.grouped(inAll)
                + " in all): the kernel's buffer was full; what rests on their absence is not claimed";
    }
}
