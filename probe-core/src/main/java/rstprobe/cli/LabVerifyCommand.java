package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Scenario;
import rstprobe.lab.SizedLab;
import rstprobe.lab.Split;

/// `rstprobe lab verify`: every verdict beside the truth, and how well they do together.
final class LabVerifyCommand implements Callable<Integer> {
    static final String NAME = "verify";

    /// Which networks.
    enum Half {
        calibration,
        report,
        all;

        boolean holds(Scenario scenario) {
            return switch (this) {
                case calibration -> Split.of(scenario) == Split.CALIBRATION;
                case report -> Split.of(scenario) == Split.REPORT;
                case all -> true;
            };
        }
    }

    private final LabConditions options = new LabConditions();

    private int runs = 1;
    private Half half = Half.all;
    private LabConditions.Course course = LabConditions.Course.plain;
    private Optional<Path> into = Optional.empty();
    private boolean json;
    private boolean serverSide;
    private List<String> releases = List.of();

    CommandSpec spec() {
        Vocabulary words =
                new Vocabulary(NAME, this, "Diagnose every practice network and hold each verdict against the truth.");
        words.option("--runs", "N", Reading.INTEGER, number -> runs = number, "Runs of each (default: 1).");
        words.option(
                "--half",
                "HALF",
                Reading.oneOf(Half.values()),
                which -> half = which,
                "calibration, report or all (default: all).");
        words.option(
                "--conditions",
                "SET",
                Reading.oneOf(LabConditions.Course.values()),
                which -> course = which,
                "plain, or all: delays of 0, 10 and 50 ms with losses of 0 and 0.01, run by run (default: plain).");
        options.addTo(words);
        words.option(
                "--into",
                "DIR",
                Reading.PATH,
                folder -> into = Optional.of(folder),
                "Keep the incident folders there.");
        words.flag("--json", given -> json = given, "Print one JSON document on stdout and nothing else.");
        words.flag(
                "--server-side",
                given -> serverSide = given,
                "Collect the server's side as well, on the server after the client's run, and score what it shows,"
                        + " alone and joined with the client's.");
        words.listed(
                "--release",
                "NUMBER",
                Reading.TEXT,
                numbers -> releases = numbers,
                "With --server-side: run each network with the sshd of these releases, where its fault exists there:"
                        + " 8.4, 9.2, 10.0, comma separated (default: 9.2).");
        return words.spec();
    }

    @Override
    public Integer call() throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        List<SizedLab> sized = MtuLabRun.asked(options.named());
        if (!sized.isEmpty()) {
            return MtuLabRun.verify(
                    sized,
                    options.conditions(course),
                    LabConditions.runs(runs),
                    options.jobs(),
                    into.map(Folders::made));
        }
        List<Scenario> scenarios =
                options.scenarios().stream().filter(half::holds).toList();
        Screen screen = new Screen(Screen.Colour.never, false);
        if (serverSide) {
            return new ServerSideBatch(options.conditions(course), LabConditions.runs(runs), options.jobs(), json)
                    .run(scenarios, releases, into.map(Folders::made), screen);
        }
        if (!releases.isEmpty()) {
            throw new WrongWords("--release goes with --server-side");
        }
        List<ScoredRun> scored = new ArrayList<>();
        new LabBatch(
                        LabBatch.plan(scenarios, options.conditions(course), LabConditions.runs(runs)),
                        options.jobs(),
                        into.map(Folders::made))
                .run(done -> {
                    scored.add(done.run());
                    if (json) {
                        screen.progress(lines(done.run()).lines().findFirst().orElse(""));
                    } else {
                        screen.answer(lines(done.run()));
                    }
                });
        Scores scores = Scores.of(scored);
        screen.answer(json ? ScoresJson.of(scores, scored) : ScoresText.of(scores));
        return scores.good() ? Exit.WORKS : LabCommand.MISSED;
    }

    static String lines(ScoredRun run) {
        return String.format(
                Locale.ROOT,
                "%-30s %-13s truth %s%n%45sverdict %s%n%45s%s%n",
                run.network(),
                run.judgement().word(),
                LabCommand.truth(run.truth()),
                "",
                run.answer().text(),
                "",
                LabConditions.words(run.conditions()));
    }
}
