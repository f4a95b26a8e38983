package rstprobe.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import rstprobe.report.SweptPath.Way;

/// A sweep in the text format of Prometheus, for the node exporter's textfile collector.
///
/// Each target makes five series, and a server keeps every one that it ever saw: of very many targets only so many
/// are written, those with black holes first and what is not known next, and how many were left out.
public final class SweepMetrics {
    /// Targets with series of their own.
    static final int MOST_TARGETS = 1_000;

    private static final int MOST_LABEL = 128;
    private static final double NANOS_PER_SECOND = 1e9;

    private final StringBuilder text = new StringBuilder();
    private final List<SweptPath> all;
    private final List<SweptPath> told;

    private SweepMetrics(List<SweptPath> paths) {
        ToIntFunction<SweptPath> urgency = path -> path.blackHole() ? 0 : path.isExact() ? 2 : 1;
        this.all = paths;
        this.told = paths.stream()
                .sorted(Comparator.comparingInt(urgency))
                .limit(MOST_TARGETS)
                .toList();
    }

    /// The file.
    ///
    /// @param atNanos when the sweep ended, nanoseconds since the Unix epoch
    public static String of(List<SweptPath> paths, long atNanos) {
        return new SweepMetrics(paths).written(atNanos);
    }

    private String written(long atNanos) {
        family("rstprobe_path_mtu_bytes", "Largest whole IP packet that is delivered; absent where it is not known.");
        ways(
                "rstprobe_path_mtu_bytes",
                way -> way.pathMtu().isPresent() && way.isExact()
                        ? Optional.of(way.pathMtu().getAsInt())
                        : Optional.empty());
        family("rstprobe_mtu_black_hole", "1 where larger packets vanish in silence.");
        ways("rstprobe_mtu_black_hole", way -> Optional.of(way.blackHole() ? 1 : 0));
        family("rstprobe_mtu_known", "1 where the path MTU is known to the byte both ways.");
        told.forEach(path -> sample("rstprobe_mtu_known", labels(path), path.isExact() ? 1 : 0));
        family("rstprobe_mtu_targets", "Targets of the last sweep by what became of them.");
        for (String status : List.of("exact", "bounded", "unreachable", "undetermined")) {
            sample(
                    "rstprobe_mtu_targets",
                    "status=\"" + status + "\"",
                    all.stream().filter(path -> path.status().equals(status)).count());
        }
        family("rstprobe_mtu_targets_left_out", "Targets of the last sweep that have no series of their own.");
        sample("rstprobe_mtu_targets_left_out", "", all.size() - told.size());
        family("rstprobe_mtu_sweep_end_seconds", "When the last sweep ended, in seconds since the Unix epoch.");
        sample("rstprobe_mtu_sweep_end_seconds", "", Math.floor(atNanos / NANOS_PER_SECOND));
        return text.toString();
    }

    private void family(String name, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
    }

    private void ways(String name, Function<Way, Optional<Integer>> value) {
        for (SweptPath path : told) {
            way(name, path, "forward", path.forward().flatMap(value));
            way(name, path, "reverse", path.reverse().flatMap(value));
        }
    }

    private void way(String name, SweptPath path, String direction, Optional<Integer> value) {
        value.ifPresent(number -> sample(name, labels(path) + ",direction=\"" + direction + "\"", number));
    }

    private static String labels(SweptPath path) {
        List<String> labels = new ArrayList<>();
        labels.add("host=\"" + escaped(path.target().host()) + "\"");
        labels.add("port=\"" + path.target().port() + "\"");
        labels.add("address=\"" + escaped(path.address().orElse("")) + "\"");
        return String.join(",", labels);
    }

    private void sample(String name, String labels, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value));
        text.append('\n');
    }

    /// A backslash, a quotation mark and a line's end are escaped; the sanitizer leaves no line's end.
    private static String escaped(String value) {
        return Sanitizer.visible(value, MOST_LABEL).replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
