package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;
import rstprobe.lab.Truth;

/// `rstprobe lab`: practice networks with one known fault each, the truth beside the verdict.
@Command(
        name = "lab",
        description = "Practice networks: the truth beside the verdict.",
        subcommands = {LabCommand.ListNetworks.class, LabCommand.Run.class, LabCommand.Verify.class})
final class LabCommand implements Callable<Integer> {
    private static final int MISSED = 1;
    private static final int MAX_RUNS = 1000;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "name a command: rstprobe lab list, run or verify");
    }

    /// What a practice network is like besides its fault.
    static final class ConditionOptions {
        @Option(
                names = "--delay",
                paramLabel = "MS",
                defaultValue = "0",
                description = "Delay across the network, each way (default: 0).")
        private int delayMillis;

        @Option(
                names = "--loss",
                paramLabel = "SHARE",
                defaultValue = "0",
                description = "Share of frames lost each way, 0 to 1 (default: 0).")
        private double loss;

        @Option(
                names = "--seed",
                paramLabel = "N",
                defaultValue = "1",
                description = "Seed of the losses (default: 1).")
        private long seed;

        @Option(names = "-6", description = "Reach the server by IPv6.")
        private boolean ipv6;

        @Option(
                names = "--server-tree",
                paramLabel = "DIR",
                description = "Take sshd from this root directory, such as an unpacked newer Debian.")
        private Optional<Path> serverTree;

        Conditions conditions() {
            try {
                return new Conditions(delayMillis, loss, seed, ipv6, serverTree);
            } catch (IllegalArgumentException wrong) {
                throw new WrongWords(wrong.getMessage());
            }
        }
    }

    /// `rstprobe lab list`.
    @Command(name = "list", description = "List the practice networks.")
    static final class ListNetworks implements Callable<Integer> {
        @Override
        public Integer call() {
            for (Scenario scenario : Labs.all()) {
                System.out.printf(Locale.ROOT, "%-30s %s%n", scenario.name(), scenario.story());
            }
            return Exit.WORKS;
        }
    }

    /// `rstprobe lab run`.
    @Command(name = "run", description = "Build one practice network and diagnose it.", sortOptions = false)
    static final class Run implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "One of 'rstprobe lab list'.")
        private String name;

        @Mixin
        private ConditionOptions options;

        @Option(names = "--into", paramLabel = "DIR", description = "Keep the incident folder there.")
        private Optional<Path> into;

        @Override
        public Integer call() throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
            Scenario scenario = Labs.named(name)
                    .orElseThrow(
                            () -> new WrongWords("there is no practice network '" + name + "' (rstprobe lab list)"));
            try (Lab lab = Lab.build(scenario, options.conditions())) {
                String target = LabRun.target(lab);
                System.out.println("practice network: client - router - bridge - router - server, one known fault");
                System.out.println("client$ rstprobe ssh " + target);
                System.out.println();
                LabRun.Answer answer = LabRun.probe(lab, true, into);
                System.out.println(into.isPresent() ? "" : "(that folder is gone by now: --into DIR keeps it)\n");
                System.out.println("truth    " + truth(scenario.truth()));
                System.out.println("verdict  " + answer.text());
                System.out.println("answer   " + answer.judge(scenario.truth()).word() + ": "
                        + scenario.truth().explanation());
                return answer.judge(scenario.truth()) == LabRun.Judgement.WRONG ? MISSED : Exit.WORKS;
            }
        }
    }

    /// `rstprobe lab verify`.
    @Command(
            name = "verify",
            description = "Diagnose every practice network and hold each verdict against the truth.",
            sortOptions = false)
    static final class Verify implements Callable<Integer> {
        @Option(names = "--runs", paramLabel = "N", defaultValue = "1", description = "Runs of each (default: 1).")
        private int runs;

        @Option(names = "--only", paramLabel = "NAME", description = "Only these, comma separated.", split = ",")
        private List<String> only = List.of();

        @Mixin
        private ConditionOptions options;

        @Option(names = "--into", paramLabel = "DIR", description = "Keep the incident folders there.")
        private Optional<Path> into;

        @Override
        public Integer call() throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
            if (runs < 1 || runs > MAX_RUNS) {
                throw new WrongWords("--runs takes 1 to " + MAX_RUNS);
            }
            int[] counts = new int[LabRun.Judgement.values().length];
            for (Scenario scenario : chosen()) {
                for (int run = 1; run <= runs; run++) {
                    counts[once(scenario).ordinal()]++;
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%d right, %d undetermined where that is honest, %d missed, %d wrong%n",
                    counts[LabRun.Judgement.RIGHT.ordinal()],
                    counts[LabRun.Judgement.HONEST.ordinal()],
                    counts[LabRun.Judgement.MISSED.ordinal()],
                    counts[LabRun.Judgement.WRONG.ordinal()]);
            boolean good = counts[LabRun.Judgement.WRONG.ordinal()] + counts[LabRun.Judgement.MISSED.ordinal()] == 0;
            return good ? Exit.WORKS : MISSED;
        }

        private List<Scenario> chosen() {
            for (String name : only) {
                if (Labs.named(name).isEmpty()) {
                    throw new WrongWords("there is no practice network '" + name + "' (rstprobe lab list)");
                }
            }
            return only.isEmpty()
                    ? Labs.all()
                    : only.stream().flatMap(name -> Labs.named(name).stream()).toList();
        }

        private LabRun.Judgement once(Scenario scenario)
                throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
            try (Lab lab = Lab.build(scenario, options.conditions())) {
                LabRun.Answer answer = LabRun.probe(lab, false, into);
                LabRun.Judgement judgement = answer.judge(scenario.truth());
                System.out.printf(
                        Locale.ROOT,
                        "%-30s %-13s truth %s%n%45sverdict %s%n",
                        scenario.name(),
                        judgement.word(),
                        truth(scenario.truth()),
                        "",
                        answer.text());
                return judgement;
            }
        }
    }

    private static String truth(Truth truth) {
        return LabRun.words(truth.cause(), truth.origin(), truth.stage(), truth.exitCode());
    }
}
