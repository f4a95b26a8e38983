package rstprobe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.diagnose.Calibration;
import rstprobe.diagnose.Calibration.Sight;
import rstprobe.diagnose.Fitting;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Weighing;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;
import rstprobe.lab.Split;

/// `rstprobe lab calibrate`: fits weights and limits to the calibration half and writes them into the sources.
final class LabCalibrateCommand implements Callable<Integer> {
    static final String NAME = "calibrate";

    private static final Path OBSERVATIONS = Path.of("src", "calibration", "observations.txt");
    private static final Path TABLE = Path.of("src", "main", "java", "rstprobe", "diagnose", "FittedWeights.java");
    private static final int ALL_CONDITIONS = 6;
    private static final String QUOTES = "\"\"\"";
    private static final int TABLE_INDENT = 16;
    private static final String CLASS = """
            package rstprobe.diagnose;

            /// What `make calibrate` fitted: written by it, not by hand. [WeightTable] says what the columns are.
            final class FittedWeights {
                private FittedWeights() {}

                /// A method, since a constant would be copied into every class that reads it.
                static String table() {
                    return \"\"\"
            %s                \"\"\";
                }
            }
            """;

    private final LabConditions options = new LabConditions();

    private int runs = ALL_CONDITIONS;
    private Optional<Path> from = Optional.empty();
    private Path into = Path.of("");

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME, this, "Fit the weights of evidence on the calibration half of the practice networks.");
        words.option(
                "--runs",
                "N",
                Reading.INTEGER,
                number -> runs = number,
                "Runs of each network; six go once through all conditions (default: 6).");
        options.addTo(words);
        words.option(
                "--from",
                "FILE",
                Reading.PATH,
                file -> from = Optional.of(file),
                "Fit these observations, which were written earlier; build no network.");
        words.required(
                "--into",
                "DIR",
                Reading.FILE,
                folder -> into = folder,
                "The folder of probe-core: the table goes into its sources, the observations beside them.");
        return words.spec();
    }

    @Override
    public Integer call() throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        if (!Files.isRegularFile(into.resolve(TABLE))) {
            throw new WrongWords(into + " is not the folder of probe-core: it has no " + TABLE);
        }
        Screen screen = new Screen(Screen.Colour.never, false);
        Calibration calibration = from.isPresent() ? read(from.get()) : observed(screen);
        Fitting fitting = Fitting.of(calibration);
        String table = fitting.table().text();
        write(into.resolve(OBSERVATIONS), calibration.text());
        write(into.resolve(TABLE), source(table));
        screen.answer(table);
        fitting.contradicted().forEach(what -> screen.warn("CONTRADICTED, though called conclusive: " + what));
        return fitting.contradicted().isEmpty() ? Exit.WORKS : LabCommand.MISSED;
    }

    private static Calibration read(Path file) throws IOException {
        try {
            return Calibration.read(Files.readString(file));
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(file + ": " + wrong.getMessage());
        }
    }

    private Calibration observed(Screen screen) throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        List<Scenario> chosen = options.choosesNetworks() ? options.scenarios() : Labs.of(Scenario.Group.RESETS);
        List<Scenario> scenarios = chosen.stream()
                .filter(scenario -> Split.of(scenario) == Split.CALIBRATION)
                .toList();
        List<Conditions> conditions = options.conditions(LabConditions.Course.all);
        List<Sight> sights = new ArrayList<>();
        new LabBatch(LabBatch.plan(scenarios, conditions, LabConditions.runs(runs)), options.jobs(), Optional.empty())
                .run(done -> {
                    screen.progress(LabVerifyCommand.lines(done.run())
                            .lines()
                            .findFirst()
                            .orElse(""));
                    done.weighing().map(weighing -> sight(done.run(), weighing)).ifPresent(sights::add);
                });
        return Calibration.of(source(scenarios, conditions, sights), sights);
    }

    private static Sight sight(ScoredRun run, Weighing weighing) {
        Set<Origin> right = Stream.of(Origin.values())
                .filter(origin -> run.rightOrigins().contains(origin.word()))
                .collect(Collectors.toSet());
        return new Sight(run.network(), right, 1, Set.of(code(run.conditions())), weighing);
    }

    private static String code(Conditions conditions) {
        return conditions.delayMillis() + "/" + LabConditions.share(conditions.loss());
    }

    private List<String> source(List<Scenario> scenarios, List<Conditions> conditions, List<Sight> sights) {
        long reset = sights.stream().map(Sight::network).distinct().count();
        return List.of(
                "fitted on the calibration half of the practice networks (seed of the split " + Split.SEED + ")",
                scenarios.size() + " networks, " + runs + (runs == 1 ? " run" : " runs") + " each, of which "
                        + sights.size() + " in " + reset + " networks met a reset or a FIN",
                "conditions, delay in ms / loss, run by run: "
                        + conditions.stream()
                                .limit(runs)
                                .map(LabCalibrateCommand::code)
                                .collect(Collectors.joining(" "))
                        + "; seed of the first run " + conditions.getFirst().seed(),
                "kernel " + System.getProperty("os.version"),
                "made by: rstprobe lab calibrate --runs " + runs + " --seed "
                        + conditions.getFirst().seed());
    }

    private static String source(String table) {
        String indented = table.lines()
                .map(line -> " ".repeat(TABLE_INDENT) + line + "\n")
                .collect(Collectors.joining());
        return CLASS.replace("%s", indented.replace("\\", "\\\\").replace(QUOTES, ""));
    }

    /// Written beside and renamed: a run that is killed leaves the sources whole.
    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text, StandardCharsets.UTF_8);
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
