package rstprobe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.record.SendRate;

/// What a sweep of many targets can be told beside what a survey of one can.
final class SweepOptions {
    private static final SendRate DEFAULT_RATE = SendRate.ofFrames(100);
    private static final long DEFAULT_PER_TARGET = 1_000;
    private static final long DEFAULT_PER_NETWORK = 10_000;

    private List<Path> files = List.of();
    private boolean keepGoing;
    private SendRate rate = DEFAULT_RATE;
    private long perTarget = DEFAULT_PER_TARGET;
    private long perNetwork = DEFAULT_PER_NETWORK;
    private Optional<Long> seed = Optional.empty();
    private Optional<Path> checkpoint = Optional.empty();
    private boolean lines;
    private boolean csv;
    private Optional<Path> metrics = Optional.empty();
    private Optional<Path> heatMap = Optional.empty();
    private Optional<Path> baseline = Optional.empty();

    void addTo(Vocabulary words) {
        words.repeated(
                "-f --file",
                "FILE",
                Reading.FILE,
                named -> files = named,
                "Targets from a file, - for standard input: one a line, CSV, JSON, YAML or an Ansible inventory.");
        words.flag("--keep-going", given -> keepGoing = given, "Sweep although lines of the file name no target.");
        words.option(
                "--rate",
                "RATE",
                Reading.by(new RateWords()),
                fastest -> rate = fastest,
                "Send at most that fast in all: 500pps, 100mbit, or both with a comma (default: 100pps).");
        words.option(
                "--per-target",
                "N",
                Reading.LONG,
                packets -> perTarget = packets,
                "At most so many packets a second to one target (default: 1000).");
        words.option(
                "--per-net",
                "N",
                Reading.LONG,
                packets -> perNetwork = packets,
                "At most so many packets a second to one /24, or /64 of IPv6 (default: 10000).");
        words.option(
                "--seed",
                "N",
                Reading.LONG,
                number -> seed = Optional.of(number),
                "Draw the order of the targets as an earlier sweep did (default: by lot).");
        addResults(words);
    }

    private void addResults(Vocabulary words) {
        words.option(
                "--checkpoint",
                "FILE",
                Reading.PATH,
                file -> checkpoint = Optional.of(file),
                "Keep results there as they come; the same sweep with the same file goes on from it.");
        words.flag("--jsonl", given -> lines = given, "Print one JSON object a line, as targets are done.");
        words.flag("--csv", given -> csv = given, "Print the results as CSV.");
        words.option(
                "--prometheus",
                "FILE",
                Reading.PATH,
                file -> metrics = Optional.of(file),
                "Write metrics for the node exporter's textfile collector.");
        words.option(
                "--html", "FILE", Reading.PATH, file -> heatMap = Optional.of(file), "Write a heat map for a browser.");
        words.option(
                "--baseline",
                "FILE",
                Reading.PATH,
                file -> baseline = Optional.of(file),
                "Compare with the --json or --jsonl of an earlier sweep; exit 12 only for what got worse.");
    }

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
