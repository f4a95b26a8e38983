package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.NotBuilt;
import rstprobe.lab.Scenario;
import rstprobe.lab.SizedLab;
import rstprobe.lab.Split;
import rstprobe.lab.TimedLab;
import rstprobe.lab.Truth;

/// `rstprobe lab`: practice networks with one known fault each, the truth beside the verdict.
final class LabCommand implements Callable<Integer> {
    static final String NAME = "lab";

    /// A verdict was wrong, or left open what could have been known.
    static final int MISSED = 1;

    private final Vocabulary words = new Vocabulary(NAME, this, "Practice networks: the truth beside the verdict.");

    CommandSpec spec() {
        words.command(new ListNetworks().spec());
        words.command(new Run().spec());
        words.command(new LabVerifyCommand().spec());
        words.command(new LabCalibrateCommand().spec());
        return words.spec();
    }

    @Override
    public Integer call() {
        throw words.wrong("name a command: rstprobe lab list, run, verify or calibrate");
    }

    /// What a practice network is like besides its fault.
    static final class ConditionOptions {
        private final LabBuild build = new LabBuild();

        private int delayMillis;
        private double loss;
        private long seed = 1;

        private void addTo(Vocabulary words) {
            words.option(
                    "--delay",
                    "MS",
                    Reading.INTEGER,
                    millis -> delayMillis = millis,
                    "Delay across the network, each way (default: 0).");
            words.option(
                    "--loss",
                    "SHARE",
                    Reading.DECIMAL,
                    share -> loss = share,
                    "Share of frames lost each way, 0 to 1 (default: 0).");
            words.option("--seed", "N", Reading.LONG, number -> seed = number, "Seed of the losses (default: 1).");
            build.addTo(words);
        }

        /// @param overIpv6 whether the network wants it so, whatever the user said
        Conditions conditions(boolean overIpv6) {
            return build.conditions(delayMillis, loss, seed, overIpv6);
        }
    }

    /// `rstprobe lab list`.
    static final class ListNetworks implements Callable<Integer> {
        private CommandSpec spec() {
            return new Vocabulary(
                            "list",
                            this,
                            "List the practice networks, their groups and halves, the rows of the table of causes they"
                                    + " show, what they need, and the rows without one.")
                    .spec();
        }

        @Override
        public Integer call() {
            for (Scenario scenario : Labs.all()) {
                System.out.printf(
                        Locale.ROOT,
                        "%-38s %-7s %-11s %-5s %s%s%n",
                        scenario.name(),
                        scenario.group().word(),
                        half(scenario),
                        String.join(" ", new TreeSet<>(scenario.rows())),
                        scenario.story(),
                        scenario.needs().map(needs -> " [" + needs + "]").orElse(""));
            }
            for (TimedLab timed : Labs.timed()) {
                Scenario scenario = timed.scenario();
                System.out.printf(Locale.ROOT, "%-30s %-7s %-11s %s%n", scenario.name(), "idle", "", scenario.story());
            }
            Labs.sized().stream()
                    .map(SizedLab::scenario)
                    .forEach(scenario -> System.out.printf(
                            Locale.ROOT, "%-30s %-7s %-11s %s%n", scenario.name(), "mtu", "", scenario.story()));
            System.out.println("\nrows of the table of causes without a network");
            NotBuilt.all().forEach(row -> System.out.printf(Locale.ROOT, "%-5s %s%n", row.row(), row.why()));
            return Exit.WORKS;
        }
    }

    /// `rstprobe lab run`.
    static final class Run implements Callable<Integer> {
        private final ConditionOptions options = new ConditionOptions();

        private String name = "";
        private Optional<Path> into = Optional.empty();

        private CommandSpec spec() {
            Vocabulary words = new Vocabulary("run", this, "Build one practice network and diagnose it.");
            words.parameter("NAME", Reading.TEXT, word -> name = word, "One of 'rstprobe lab list'.");
            options.addTo(words);
            words.option(
                    "--into",
                    "DIR",
                    Reading.PATH,
                    folder -> into = Optional.of(folder),
                    "Keep the incident folder there.");
            return words.spec();
        }

        @Override
        public Integer call() throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
            Scenario scenario = Labs.named(name)
                    .orElseThrow(
                            () -> new WrongWords("there is no practice network '" + name + "' (rstprobe lab list)"));
            Optional<Path> keep = into.map(Folders::made);
            Optional<SizedLab> sized = MtuLabRun.of(scenario);
            Conditions conditions =
                    options.conditions(sized.filter(SizedLab::overIpv6).isPresent());
            try (Lab lab = Lab.build(scenario, conditions)) {
                if (sized.isPresent()) {
                    return MtuLabRun.run(lab, sized.get(), keep, conditions);
                }
                Optional<TimedLab> timed = IdleLabRun.of(scenario);
                if (timed.isPresent()) {
                    return IdleLabRun.run(lab, timed.get(), keep);
                }
                String target = LabRun.target(lab);
                System.out.println("practice network: client - router - bridge - router - server, one known fault");
                System.out.println("client$ rstprobe ssh " + target
                        + (lab.words().isEmpty() ? "" : " " + String.join(" ", lab.words())));
                System.out.println();
                LabRun.Answer answer = LabRun.probe(lab, true, keep);
                System.out.println(into.isPresent() ? "" : "(that folder is gone by now: --into DIR keeps it)\n");
                System.out.println("truth    " + truth(scenario.truth()));
                System.out.println("verdict  " + answer.text());
                System.out.println("answer   " + answer.judge(scenario.truth()).word() + ": "
                        + scenario.truth().explanation());
                return answer.judge(scenario.truth()) == LabRun.Judgement.WRONG ? MISSED : Exit.WORKS;
            }
        }
    }

    private static String half(Scenario scenario) {
        return Split.of(scenario).name().toLowerCase(Locale.ROOT);
    }

    static String truth(Truth truth) {
        return LabRun.words(truth.cause(), truth.origin(), truth.stage(), truth.exitCode());
    }
}
