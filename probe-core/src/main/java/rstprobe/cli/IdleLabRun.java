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
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;
import rstprobe.lab.TimedLab;

/// A search for an idle timer in a practice network that has one, and the truth beside it.
final class IdleLabRun {
    private static final int BY_SIGNAL = 128;
    private static final double NANOS = 1e9;
    /// The longest silence that is looked at, in lengths of the timer.
    private static final int REACH = 2;

    private static final int LEAST_REACH_SECONDS = 20;

    private IdleLabRun() {}

    /// The network of that name, if it is one of these.
    static Optional<TimedLab> of(Scenario scenario) {
        return Labs.timed().stream()
                .filter(timed -> timed.scenario().name().equals(scenario.name()))
                .findFirst();
    }

    /// Searches, and says how far the answer is from the truth.
    static int run(Lab lab, TimedLab truth, Optional<Path> keep)
            throws IOException, InterruptedException, LabRun.Stopped {
        long reach = Math.max(LEAST_REACH_SECONDS, REACH * truth.timer().toSeconds());
        String upTo = reach + "s";
        Path folder = Files.createTempDirectory(keep.orElse(lab.folder()), "lab-");
        System.out.println("practice network: client - router - bridge - router - server, one timer in it");
        System.out.println("client$ rstprobe idle " + LabRun.target(lab) + " --up-to " + upTo);
        System.out.println();
        List<String> words = new ArrayList<>(LabRun.self());
        words.addAll(List.of("idle", LabRun.target(lab), "--up-to", upTo, "--into", folder.toString()));
        ProcessBuilder child = lab.inClient(words).inheritIO();
        int code = child.start().waitFor();
        if (code > BY_SIGNAL) {
            throw new LabRun.Stopped();
        }
        System.out.printf(
                Locale.ROOT,
                "%ntruth    %s after %.1f s, exit %d%n",
                truth.kind(),
                truth.timer().toNanos() / NANOS,
                truth.exitCode());
        boolean right = right(folder, truth) && code == truth.exitCode();
        System.out.println("answer   " + (right ? "right" : "wrong, exit " + code));
        return right ? Exit.WORKS : LabCommand.MISSED;
    }

    private static boolean right(Path folder, TimedLab truth) throws IOException {
        Optional<Path> report;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            report = files.filter(file -> file.endsWith("report.json")).findFirst();
        }
        if (report.isEmpty()) {
            return false;
        }
        JsonNode document = new JsonMapper().readTree(report.get().toFile());
        double seconds = truth.timer().toNanos() / NANOS;
        JsonNode timer = document.path("timer");
        return truth.kind().equals(document.path("verdict").path("kind").asText())
                && (timer.isNull() || Math.abs(timer.path("seconds").asDouble() - seconds) <= 1);
    }
}
