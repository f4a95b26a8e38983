package rstprobe.cli;

import com.fasterxml.jackson.annotation.JsonValue;
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
import rstprobe.lab.HopInterval;
import rstprobe.lab.Lab;
import rstprobe.lab.Truth;

/// Runs `rstprobe ssh` as a child in the client of a practice network, as a user would, and reads the report it
/// leaves.
final class LabRun {
    /// Exit codes above this tell of a signal, our own 130 included.
    private static final int BY_SIGNAL = 128;

    private static final String NO_REPORT = "none";
    private static final String UNDETERMINED = "undetermined";

    private LabRun() {}

    /// How a verdict compares with the truth.
    enum Judgement {
        /// Cause, origin and exit code are the truth's.
        RIGHT,
        /// "Undetermined", where what the client sees does not tell, or "healthy" where the fault let this run pass.
        HONEST,
        /// "Undetermined", where more could have been known.
        MISSED,
        /// The verdict names something that is not so.
        WRONG;

        @JsonValue
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What the child said.
    ///
    /// @param alternatives what else it could be, as the report orders it
    /// @param hop       where the sender sits, as far as the verdict says so
    /// @param folder    the incident folder, where anything was recorded
    record Answer(
            String status,
            String cause,
            String origin,
            String stage,
            int exitCode,
            double confidence,
            List<Claim> alternatives,
            Optional<HopInterval> hop,
            Optional<Path> folder) {
        /// This cause is said to be it, and somebody to have done it, with this probability.
        record Claim(String cause, String origin, double confidence) {}

        /// What its first alternative claims; empty where there is none.
        Optional<Claim> likeliest() {
            return alternatives.stream().findFirst();
        }

        /// Whether anything was recorded to judge by.
        boolean reported() {
            return !status.equals(NO_REPORT);
        }

        boolean undetermined() {
            return status.equals(UNDETERMINED);
        }

        String text() {
            return words(cause, origin, stage, exitCode) + String.format(Locale.ROOT, ", confidence %.2f", confidence);
        }

        Judgement judge(Truth truth) {
            if (isNamed(truth)) {
                return Judgement.RIGHT;
            }
            if (exitCode == Exit.WORKS && truth.allows(Exit.WORKS)) {
                return Judgement.HONEST;
            }
            if (exitCode == Truth.UNDETERMINED) {
                return truth.undeterminedIsHonest() ? Judgement.HONEST : Judgement.MISSED;
            }
            return Judgement.WRONG;
        }

        /// An origin left open beside the right cause and exit code accuses nobody; where nothing could be recorded,
        /// the exit code is all there is.
        private boolean isNamed(Truth truth) {
            boolean sameExit = exitCode == truth.exitCode();
            return sameExit && status.equals(NO_REPORT)
                    || truth.isNamed(cause, origin, exitCode)
                    || sameExit
                            && cause.equals(truth.cause())
                            && origin.equals("unknown")
                            && truth.undeterminedIsHonest();
        }
    }

    static String words(String cause, String origin, String stage, int exitCode) {
        if (cause.isEmpty() && exitCode == 0) {
            return "healthy, exit 0";
        }
        return (cause.isEmpty() ? "cause open" : cause) + ", " + (origin.isEmpty() ? "nobody" : origin) + ", at "
                + (stage.isEmpty() ? "no stage" : stage) + ", exit " + exitCode;
    }

    static String target(Lab lab) {
        String address = lab.serverAddress();
        boolean six = address.indexOf(':') >= 0;
        String host = six ? "[" + address + "]" : address;
        return lab.port() == TargetWords.SSH_PORT ? address : host + ":" + lab.port();
    }

    /// The probe was stopped: there is nothing to judge.
    static final class Stopped extends Exception {
        private static final long serialVersionUID = 1;
    }

    /// @param show whether the user sees the child's screen
    /// @param keep where the incident folder stays; empty where it goes with the lab
    static Answer probe(Lab lab, boolean show, Optional<Path> keep) throws IOException, InterruptedException, Stopped {
        Path folder = Files.createTempDirectory(keep.orElse(lab.folder()), "lab-");
        List<String> words = new ArrayList<>(self());
        words.addAll(List.of("ssh", target(lab), "--hurry", "--into", folder.toString()));
        words.addAll(lab.words());
        if (!show) {
            words.add("--quiet");
        }
        ProcessBuilder child = lab.inClientWithNames(words);
        child.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        child.redirectError(ProcessBuilder.Redirect.INHERIT);
        child.redirectOutput(show ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
        int code = child.start().waitFor();
        if (code > BY_SIGNAL) {
            throw new Stopped();
        }
        return read(folder, code);
    }

    /// How this very program is started again.
    static List<String> self() {
        Optional<String> launcher = Optional.ofNullable(System.getProperty("rstprobe.launcher"));
        return launcher.map(List::of)
                .orElseGet(() -> List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName()));
    }

    private static Answer read(Path folder, int code) throws IOException {
        Optional<Path> report;
        try (Stream<Path> files = Files.walk(folder, 2)) {
            report = files.filter(file -> file.endsWith("report.json")).findFirst();
        }
        if (report.isEmpty()) {
            return new Answer(NO_REPORT, "", "", "", code, 0, List.of(), Optional.empty(), Optional.empty());
        }
        JsonNode document = new JsonMapper().readTree(report.get().toFile());
        JsonNode verdict = document.path("verdict");
        return new Answer(
                verdict.path("status").asText(),
                text(verdict, "cause"),
                text(verdict, "origin"),
                text(verdict, "stage"),
                code,
                verdict.path("confidence").asDouble(),
                alternatives(document.path("alternatives")),
                hop(verdict.path("hop")),
                report.map(Path::getParent));
    }

    private static List<Answer.Claim> alternatives(JsonNode told) {
        List<Answer.Claim> alternatives = new ArrayList<>();
        told.forEach(one -> alternatives.add(new Answer.Claim(
                text(one, "cause"), text(one, "origin"), one.path("confidence").asDouble())));
        return List.copyOf(alternatives);
    }

    private static Optional<HopInterval> hop(JsonNode hop) {
        return hop.isObject()
                ? Optional.of(new HopInterval(
                        hop.path("after").asInt(), hop.path("before").asInt()))
                : Optional.empty();
    }

    private static String text(JsonNode node, String key) {
        return node.path(key).isNull() ? "" : node.path(key).asText();
    }
}
