package rstprobe.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import rstprobe.analyze.FlightPlan;
import rstprobe.report.Sanitizer;

/// What the flight recorder would do.
final class WatchDryRun {
    private WatchDryRun() {}

    static String of(
            FlightPlan plan,
            int kernelBytes,
            List<String> interfaces,
            Path into,
            int mostFolders,
            Optional<Path> metrics) {
        String ports = plan.ports().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
        String where = interfaces.isEmpty() ? "the interface of the default route" : String.join(", ", interfaces);
        return "Nothing is sent, now or later. It would:\n"
                + "  capture    TCP with port " + ports + " and ICMP errors, on " + Sanitizer.terminal(where)
                + ",\n             never promiscuous\n"
                + "  keep       headers of the last "
                + Duration.ofNanos(plan.keepNanos()).toSeconds()
                + " s at most, in " + (plan.memoryBytes() >> 20) + " MiB of memory beside the " + (kernelBytes >> 20)
                + " that\n             the kernel fills; of the payload what SSH says in clear up to NEWKEYS, and nothing\n"
                + "             of connections that stood before\n"
                + "  write      an incident folder into " + Sanitizer.terminal(into.toString())
                + " when a connection is reset: four of a\n             kind an hour, and none where there are "
                + mostFolders + " already\n"
                + metrics.map(file -> "  count      into " + Sanitizer.terminal(file.toString()) + ", every 15 s\n")
                        .orElse("");
    }
}
