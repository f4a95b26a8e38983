package rstprobe.report;

import java.util.Locale;
import rstprobe.diagnose.Origin;

/// What a flight recorder counted, in the text format of Prometheus, for the node exporter's textfile collector. The
/// number of series is fixed.
public final class WatchMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final StringBuilder text = new StringBuilder();

    private WatchMetrics() {}

    /// The file.
    public static String of(WatchCounts counts) {
        return new WatchMetrics().written(counts);
    }

    private String written(WatchCounts counts) {
        WatchCounts.Heard heard = counts.heard();
        family("frames_total", "counter", "Frames of the watched ports, and ICMP errors about them.");
        sample("frames_total", "", heard.frames());
        family("lost_frames_total", "counter", "Frames that the kernel had no room for.");
        sample("lost_frames_total", "", heard.lost());
        family("resets_total", "counter", "TCP resets.");
        sample("resets_total", "", heard.resets());
        family("reset_connections_total", "counter", "Connections that a reset ended, by whose it was.");
        for (Origin origin : Origin.values()) {
            sample(
                    "reset_connections_total",
                    "{origin=\"" + AnalyzeWording.word(origin) + "\"}",
                    counts.connections().getOrDefault(origin, 0L));
        }
        family("late_reset_connections_total", "counter", "Connections with resets when they were over already.");
        sample("late_reset_connections_total", "", counts.afterEnd());
        family("resets_not_judged_total", "counter", "Resets that were only counted: too many at once.");
        sample("resets_not_judged_total", "", counts.notJudged() + heard.notJudged());
        family("incident_folders_total", "counter", "Incident folders by what became of them.");
        sample("incident_folders_total", "{outcome=\"written\"}", counts.folders());
        sample("incident_folders_total", "{outcome=\"withheld\"}", counts.withheld());
        family("write_failures_total", "counter", "Files and folders that could not be written.");
        sample("write_failures_total", "", counts.unwritten());
        family("kept_frames", "gauge", "Frames in memory.");
        sample("kept_frames", "", heard.kept());
        family("reach_seconds", "gauge", "How far back the memory reaches.");
        sample("reach_seconds", "", heard.reachNanos() / NANOS_PER_SECOND);
        family("interfaces_up", "gauge", "Watched interfaces that are up.");
        sample("interfaces_up", "", heard.up());
        family("written_seconds", "gauge", "When this was counted, in seconds since the Unix epoch.");
        sample("written_seconds", "", Math.floor(heard.atNanos() / NANOS_PER_SECOND));
        return text.toString();
    }

    private void family(String name, String type, String help) {
        text.append("# HELP rstprobe_watch_")
                .append(name)
                .append(' ')
                .append(help)
                .append('\n');
        text.append("# TYPE rstprobe_watch_")
                .append(name)
                .append(' ')
                .append(type)
                .append('\n');
    }

    private void sample(String name, String labels, double value) {
        text.append("rstprobe_watch_").append(name).append(labels).append(' ');
        text.append(
                value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.1f", value));
        text.append('\n');
    }
}
