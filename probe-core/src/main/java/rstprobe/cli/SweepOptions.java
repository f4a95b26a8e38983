package rstprobe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;
import rstprobe.record.SendRate;

/// What a sweep of many targets can be told beside what a survey of one can.
final class SweepOptions {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Targets from a file, - for standard input: one a line, CSV, JSON, YAML or an Ansible"
                    + " inventory.")
    private List<Path> files = List.of();

    @Option(names = "--keep-going", description = "Sweep although lines of the file name no target.")
    private boolean keepGoing;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            defaultValue = "100pps",
            converter = RateWords.class,
            description = "Send at most that fast in all: 500pps, 100mbit, or both with a comma (default: 100pps).")
    private SendRate rate;

    @Option(
            names = "--per-target",
            paramLabel = "N",
            defaultValue = "1000",
            description = "At most so many packets a second to one target (default: 1000).")
    private long perTarget;

    @Option(
            names = "--per-net",
            paramLabel = "N",
            defaultValue = "10000",
            description = "At most so many packets a second to one /24, or /64 of IPv6 (default: 10000).")
    private long perNetwork;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Draw the order of the targets as an earlier sweep did (default: by lot).")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Keep results there as they come; the same sweep with the same file goes on from it.")
    private Optional<Path> checkpoint = Optional.empty();

    @Option(names = "--jsonl", description = "Print one JSON object a line, as targets are done.")
    private boolean lines;

    @Option(names = "--csv", description = "Print the results as CSV.")
    private boolean csv;

    @Option(
            names = "--prometheus",
            paramLabel = "FILE",
            description = "Write metrics for the node exporter's textfile collector.")
    private Optional<Path> metrics = Optional.empty();

    @Option(names = "--html", paramLabel = "FILE", description = "Write a heat map for a browser.")
    private Optional<Path> heatMap = Optional.empty();

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "Compare with the --json or --jsonl of an earlier sweep; exit 12 only for what got worse.")
    private Optional<Path> baseline = Optional.empty();

    /// Whether something is wanted that only a sweep gives.
    boolean wantSweep() {
        return !files.isEmpty()
                || lines
                || csv
                || checkpoint.isPresent()
                || metrics.isPresent()
                || heatMap.isPresent()
                || baseline.isPresent();
    }

    /// The words of the command line and of every file, each target once.
    ///
    /// @throws WrongWords where a file cannot be read
    TargetList targets(List<TargetWords> words) {
        TargetList list = new TargetList();
        words.forEach(target -> list.add("command line", target));
        files.forEach(file -> TargetFile.read(file, list));
        return list;
    }

    /// @throws WrongWords where what is wanted excludes each other, or cannot be written
    void check(boolean json) {
        if ((json ? 1 : 0) + (lines ? 1 : 0) + (csv ? 1 : 0) > 1) {
            throw new WrongWords("--json, --jsonl and --csv exclude each other: each is all that stdout has");
        }
        if (perTarget < 1 || perNetwork < 1) {
            throw new WrongWords("--per-target and --per-net are at least 1 packet a second");
        }
        for (Optional<Path> file : List.of(checkpoint, metrics, heatMap)) {
            file.map(Path::toAbsolutePath).map(Path::getParent).ifPresent(folder -> {
                if (!Files.isDirectory(folder)) {
                    throw new WrongWords("there is no folder " + folder);
                }
            });
        }
    }

    boolean keepsGoing() {
        return keepGoing;
    }

    SendRate rate() {
        return rate;
    }

    SendRate perTarget() {
        return SendRate.ofFrames(perTarget);
    }

    SendRate perNetwork() {
        return SendRate.ofFrames(perNetwork);
    }

    OptionalLong seed() {
        return seed.map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    Optional<Path> checkpoint() {
        return checkpoint;
    }

    boolean lines() {
        return lines;
    }

    boolean csv() {
        return csv;
    }

    Optional<Path> metrics() {
        return metrics;
    }

    Optional<Path> heatMap() {
        return heatMap;
    }

    Optional<Path> baseline() {
        return baseline;
    }
}
