package rstprobe.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;
import rstprobe.lab.SizedLab;

/// A survey of the path MTU in a practice network that has one each way, and the truth beside it.
final class MtuLabRun {
    /// The word for all of these networks.
    static final String GROUP = "mtu";

    private static final int BY_SIGNAL = 128;
    private static final int UNDETERMINED = 19;

    private MtuLabRun() {}

    /// What the survey said of one direction.
    ///
    /// @param pathMtu the longest that is said to pass; 0 for none
    /// @param exact   whether nothing longer is said to pass
    private record Said(int pathMtu, boolean exact, int lost, int probes, int rounds, double millis) {
        private static final Said NOTHING = new Said(0, false, Integer.MAX_VALUE, 0, 0, 0);

        static Said of(JsonNode direction, int ethernet) {
            if (!direction.isObject() || direction.path("pathMtu").isNull()) {
                return NOTHING;
            }
            int bytes = direction.path("pathMtu").asInt();
            int lost = direction.path("lost").isNull()
                    ? Integer.MAX_VALUE
                    : direction.path("lost").asInt();
            boolean exact =
                    lost == bytes + 1 || direction.path("signal").asText().equals("local");
            return new Said(
                    bytes,
                    exact && bytes <= ethernet,
                    lost,
                    direction.path("probes").asInt(),
                    direction.path("rounds").asInt(),
                    direction.path("millis").asDouble());
        }

        boolean isRight(int truth) {
            return truth == 0 ? pathMtu == 0 : exact && pathMtu == truth;
        }

        boolean isWrong(int truth) {
            return pathMtu > truth || exact && pathMtu != truth || lost <= truth;
        }

        String text() {
            return pathMtu == 0
                    ? "none"
                    : (exact ? "" : "at least ")
                            + pathMtu
                            + String.format(Locale.ROOT, " (%d probes, %d rounds, %.1f ms)", probes, rounds, millis);
        }
    }

    /// The network of that name, if it is one of these.
    static Optional<SizedLab> of(Scenario scenario) {
        return Labs.sized().stream()
                .filter(sized -> sized.scenario().name().equals(scenario.name()))
                .findFirst();
    }

    /// The networks that were asked for by name or by the name of all, where all that were are of these.
    static List<SizedLab> asked(List<String> names) {
        List<SizedLab> asked = new ArrayList<>();
        for (String name : names) {
            List<SizedLab> named = Labs.sized().stream()
                    .filter(sized ->
                            name.equals(GROUP) || sized.scenario().name().equals(name))
                    .toList();
            if (named.isEmpty()) {
                return List.of();
            }
            asked.addAll(named);
        }
        return asked.stream().distinct().toList();
    }

    /// A run to come.
    private record Planned(SizedLab sized, Conditions conditions) {}

    /// A run that is over, in a line.
    private record Done(LabRun.Judgement judgement, String line) {}

    /// Surveys several networks, each as often and under those conditions.
    ///
    /// @param jobs how many stand at a time
    static int verify(List<SizedLab> labs, List<Conditions> conditions, int runs, int jobs, Optional<Path> keep)
            throws CannotBuild, IOException, InterruptedException, LabRun.Stopped {
        int[] counts = new int[LabRun.Judgement.values().length];
        List<Planned> planned = new ArrayList<>();
        for (SizedLab sized : buildable(labs, conditions.getFirst())) {
            for (int run = 0; run < runs; run++) {
                Conditions with = conditions.get(run % conditions.size());
                planned.add(new Planned(
                        sized,
                        new Conditions(
                                with.delayMillis(),
                                with.loss(),
                                with.seed() + run,
                                with.ipv6() || sized.overIpv6(),
                                with.serverTree(),
                                with.software())));
            }
        }
        LabBatch.inOrder(
                planned,
                jobs,
                one -> {
                    try (Lab lab = Lab.build(one.sized().scenario(), one.conditions())) {
                        return judged(lab, one.sized(), keep, false, one.conditions());
                    }
                },
                done -> {
                    counts[done.judgement().ordinal()]++;
                    System.out.print(done.line());
                });
        System.out.printf(
                Locale.ROOT,
                "%n%d right, %d honest, %d missed, %d wrong%n",
                counts[LabRun.Judgement.RIGHT.ordinal()],
                counts[LabRun.Judgement.HONEST.ordinal()],
                counts[LabRun.Judgement.MISSED.ordinal()],
                counts[LabRun.Judgement.WRONG.ordinal()]);
        return counts[LabRun.Judgement.WRONG.ordinal()] == 0 ? Exit.WORKS : LabCommand.MISSED;
    }

    /// Those that need programs of a release that is not there are left out among others, and said so.
    private static List<SizedLab> buildable(List<SizedLab> labs, Conditions conditions) {
        if (labs.size() == 1 || conditions.software().isPresent()) {
            return labs;
        }
        labs.stream()
                .map(SizedLab::scenario)
                .filter(scenario -> scenario.needs().isPresent())
                .forEach(scenario -> System.err.println(scenario.name() + " is left out: it needs "
                        + scenario.needs().orElseThrow() + " (--software)"));
        return labs.stream().filter(sized -> sized.scenario().needs().isEmpty()).toList();
    }

    /// Surveys one network, and says how far the answer is from the truth.
    static int run(Lab lab, SizedLab sized, Optional<Path> keep, Conditions conditions)
            throws IOException, InterruptedException, LabRun.Stopped {
        System.out.println("practice network: client - router - bridge - router - server, a path MTU each way");
        System.out.println("client$ rstprobe mtu " + LabRun.target(lab));
        System.out.println();
        Done done = judged(lab, sized, keep, true, conditions);
        System.out.print(done.line());
        return done.judgement() == LabRun.Judgement.WRONG ? LabCommand.MISSED : Exit.WORKS;
    }

    private static Done judged(Lab lab, SizedLab sized, Optional<Path> keep, boolean show, Conditions conditions)
            throws IOException, InterruptedException, LabRun.Stopped {
        Path folder = Files.createTempDirectory(keep.orElse(lab.folder()), "lab-");
        List<String> words = new ArrayList<>(LabRun.self());
        words.addAll(List.of("mtu", LabRun.target(lab), "--into", folder.toString()));
        ProcessBuilder child = lab.inClient(words);
        child.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        child.redirectError(ProcessBuilder.Redirect.INHERIT);
        child.redirectOutput(show ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
        int code = child.start().waitFor();
        if (code > BY_SIGNAL) {
            throw new LabRun.Stopped();
        }
        JsonNode target = target(folder);
        int ethernet = Math.max(sized.forward(), sized.reverse());
        Said there = Said.of(target.path("forward"), ethernet);
        Said back = Said.of(target.path("reverse"), ethernet);
        boolean right = there.isRight(sized.forward()) && back.isRight(sized.reverse()) && code == sized.exitCode();
        boolean wrong = there.isWrong(sized.forward())
                || back.isWrong(sized.reverse())
                || code != sized.exitCode() && code != UNDETERMINED;
        LabRun.Judgement judgement =
                right ? LabRun.Judgement.RIGHT : wrong ? LabRun.Judgement.WRONG : LabRun.Judgement.HONEST;
        String line = String.format(
                Locale.ROOT,
                "%-20s %-7s truth %d there, %d back, exit %d; said %s there, %s back, exit %d; %s%n",
                sized.scenario().name(),
                judgement.word(),
                sized.forward(),
                sized.reverse(),
                sized.exitCode(),
                there.text(),
                back.text(),
                code,
                LabConditions.words(conditions));
        return new Done(judgement, line);
    }

    private static JsonNode target(Path folder) throws IOException {
        Optional<Path> report;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            report = files.filter(file -> file.endsWith("report.json")).findFirst();
        }
        JsonMapper json = new JsonMapper();
        return report.isEmpty()
                ? json.createObjectNode()
                : json.readTree(report.get().toFile()).path("targets").path(0);
    }
}
