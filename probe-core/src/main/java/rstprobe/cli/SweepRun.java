package rstprobe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import rstprobe.incident.IncidentFolder;
import rstprobe.incident.WholeFile;
import rstprobe.linux.Capabilities;
import rstprobe.linux.LinuxException;
import rstprobe.path.SurveyScope;
import rstprobe.record.CannotProbe;
import rstprobe.record.MtuSweep;
import rstprobe.record.SweepPlan;
import rstprobe.record.SweepTarget;
import rstprobe.record.Swept;
import rstprobe.report.MtuJson;
import rstprobe.report.SweepComparison;
import rstprobe.report.SweepCsv;
import rstprobe.report.SweepHeatMap;
import rstprobe.report.SweepMetrics;
import rstprobe.report.SweepTable;
import rstprobe.report.SweptPath;

/// A sweep from the list of its targets to its exit code. Whatever ends it, what was measured until then is shown.
final class SweepRun {
    private static final int MOST_SEED = 1_000_000_000;

    private final SweepOptions options;
    private final OutputOptions output;
    private final Screen screen;
    private final List<SweepTarget> targets;
    private final Map<SweepTarget, SweptPath> results = new HashMap<>();
    private Optional<Checkpoint> checkpoint = Optional.empty();
    private long holes;
    private boolean unwritten;

    SweepRun(SweepOptions options, OutputOptions output, Screen screen, List<SweepTarget> targets) {
        this.options = options;
        this.output = output;
        this.screen = screen;
        this.targets = targets;
    }

    /// @param plan makes the plan for those that are left, in the order in which they are surveyed
    int run(Function<List<SweepTarget>, SweepPlan> plan, Interruption interruption) throws CannotProbe {
        SweepPlan all = plan.apply(targets);
        List<SweptPath> before = options.baseline().map(SweptPaths::read).orElse(List.of());
        if (options.checkpoint().isPresent()) {
            checkpoint = Optional.of(Checkpoint.open(options.checkpoint().get(), identity(all)));
        }
        try {
            checkpoint.ifPresent(kept -> kept.done().forEach(path -> results.put(path.target(), path)));
            if (!results.isEmpty()) {
                screen.announce(results.size() + " of " + targets.size() + " targets were measured before");
            }
            results.values().stream().filter(_ -> options.lines()).forEach(path -> screen.answer(path.json() + "\n"));
            holes = results.values().stream().filter(SweptPath::blackHole).count();
            Optional<CannotProbe> ended = sweep(plan.apply(left()), interruption);
            return conclude(before, ended, interruption.happened());
        } finally {
            checkpoint.ifPresent(Checkpoint::close);
        }
    }

    /// What makes two sweeps the same: the targets, whatever their order, and what changes an answer.
    private static String identity(SweepPlan plan) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            plan.targets().stream()
                    .map(target -> target.host() + " " + target.port() + "\n")
                    .sorted()
                    .forEach(line -> digest.update(line.getBytes(StandardCharsets.UTF_8)));
            String rest = plan.family() + " " + plan.interfaceName() + " " + plan.timeoutMillis()
                    + (plan.scope() == SurveyScope.THERE ? " one way" : "");
            return HexFormat.of().formatHex(digest.digest(rest.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /// Neighbours in a list are often neighbours in a network, and one that is down would be waited for all at once.
    private List<SweepTarget> left() {
        long seed = options.seed().orElseGet(() -> new SecureRandom().nextInt(MOST_SEED));
        List<SweepTarget> left = new ArrayList<>(
                targets.stream().filter(target -> !results.containsKey(target)).toList());
        Collections.shuffle(left, new Random(seed));
        if (!left.isEmpty()) {
            screen.announce("the order of the targets is drawn with --seed " + seed);
        }
        return left;
    }

    /// @return what ended it before it was done, if this machine did
    private Optional<CannotProbe> sweep(SweepPlan plan, Interruption interruption) throws CannotProbe {
        if (plan.targets().isEmpty()) {
            return Optional.empty();
        }
        interruption.begin();
        SweepProgress progress = new SweepProgress(screen, results.size(), targets.size());
        try (MtuSweep sweep = MtuSweep.of(plan, swept -> done(swept, progress))) {
            Capabilities.dropOnThisThread(Set.of());
            interruption.during(() -> sweep(sweep));
            return Optional.empty();
        } catch (Ended ended) {
            return Optional.of(ended.why);
        } catch (InterruptedException _) {
            return Optional.empty();
        } catch (LinuxException failed) {
            throw new CannotProbe(failed.getMessage(), "run it as root");
        } finally {
            progress.end();
        }
    }

    /// The machine cannot go on.
    private static final class Ended extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient CannotProbe why;

        Ended(CannotProbe why) {
            super(why.what(), null, false, false);
            this.why = why;
        }
    }

    private static void sweep(MtuSweep sweep) throws InterruptedException {
        try {
            sweep.run();
        } catch (CannotProbe cannot) {
            throw new Ended(cannot);
        }
    }

    private void done(Swept swept, SweepProgress progress) {
        SweptPath path = SweptPath.of(swept);
        results.put(path.target(), path);
        holes += path.blackHole() ? 1 : 0;
        checkpoint.ifPresent(kept -> kept.add(path));
        if (options.lines()) {
            screen.answer(path.json() + "\n");
        }
        progress.done(results.size(), holes);
    }

    private int conclude(List<SweptPath> before, Optional<CannotProbe> ended, boolean interrupted) {
        List<SweptPath> paths =
                targets.stream().filter(results::containsKey).map(results::get).toList();
        show(paths);
        Optional<SweepComparison> comparison = options.baseline().map(_ -> SweepComparison.of(before, paths));
        comparison.ifPresent(this::show);
        write(paths);
        checkpoint.ifPresent(Checkpoint::close);
        checkpoint.flatMap(Checkpoint::trouble).ifPresent(this::unwritten);
        ended.ifPresent(cannot -> {
            screen.warn(cannot.what());
            screen.list("  fix: " + cannot.fix());
        });
        if (interrupted || ended.isPresent()) {
            screen.warn((interrupted ? "interrupted; " : "") + paths.size() + " of " + targets.size()
                    + " targets were measured"
                    + (checkpoint.isPresent() ? "; the same command goes on from there" : ""));
        }
        if (interrupted) {
            return Exit.INTERRUPTED;
        }
        if (ended.isPresent() || unwritten) {
            return Exit.CANNOT_PROBE;
        }
        return comparison.map(SweepComparison::exitCode).orElseGet(() -> SweptPath.exitCode(paths.stream()));
    }

    private void show(List<SweptPath> paths) {
        if (options.lines()) {
            return;
        }
        screen.answer(
                output.json()
                        ? MtuJson.document(paths.stream().map(SweptPath::json).toList())
                        : options.csv()
                                ? SweepCsv.of(paths)
                                : output.quiet()
                                        ? SweepTable.sum(paths, targets.size())
                                        : SweepTable.of(paths, targets.size(), screen.colour()));
    }

    /// Where stdout has one document and nothing else, the comparison goes to stderr.
    private void show(SweepComparison comparison) {
        if (options.lines() || options.csv() || output.json()) {
            comparison.text(false).lines().filter(line -> !line.isEmpty()).forEach(screen::list);
        } else {
            screen.answer(comparison.text(screen.colour()));
        }
    }

    private void write(List<SweptPath> paths) {
        Instant now = Instant.now();
        long atNanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        options.metrics().ifPresent(file -> write(file, SweepMetrics.of(paths, atNanos), true));
        options.heatMap().ifPresent(file -> write(file, SweepHeatMap.of(paths, targets.size(), atNanos), false));
    }

    private void write(Path file, String text, boolean readers) {
        try {
            WholeFile.write(file, text, readers);
        } catch (IOException failed) {
            unwritten(file + " was not written: " + IncidentFolder.reason(failed));
        }
    }

    private void unwritten(String what) {
        unwritten = true;
        screen.warn(what);
    }
}
