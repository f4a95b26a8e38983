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
import java.util.stream.StreamSupport;
import rstprobe.diagnose.ServerFinding;
import rstprobe.lab.CannotBuild;
import rstprobe.lab.Lab;
import rstprobe.lab.Release;
import rstprobe.lab.Truth;

/// Runs `rstprobe server local` as a child on the server of a practice network, after the client's run, as an
/// administrator would who was handed the incident folder.
final class LabServerSide {
    private static final String NAMED = "fault";

    private LabServerSide() {}

    /// What the server's side shows, in its own words.
    record Shown(String id, String cause, String origin, int weight, String concerns, String line) {
        boolean isFault() {
            return weight >= ServerFinding.FAULT_WEIGHT;
        }
    }

    /// What the child said.
    ///
    /// @param findings       the server's own, strongest first
    /// @param status         of the verdict from both sides
    /// @param contradictions ids of what the server says against the client's verdict
    /// @param notRead        ids of the questions without an answer
    record Said(
            List<Shown> findings,
            String status,
            String cause,
            String origin,
            double confidence,
            int exitCode,
            List<String> contradictions,
            List<String> notRead) {

        /// Whether the cause is the one that was planted; names that are right because a client sees no more
        /// do not count for the server.
        boolean names(Truth truth) {
            return status.equals(NAMED) && cause.equals(truth.cause());
        }

        /// How the verdict from both sides compares with the truth.
        LabRun.Judgement judge(Truth truth) {
            return new LabRun.Answer(
                            status,
                            cause,
                            origin,
                            "",
                            exitCode,
                            confidence,
                            List.of(),
                            Optional.empty(),
                            Optional.empty())
                    .judge(truth);
        }

        String text() {
            return (cause.isEmpty() ? status : cause + ", " + origin)
                    + String.format(Locale.ROOT, ", exit %d, confidence %.2f", exitCode, confidence);
        }
    }

    /// @param folder of the incident, which the client left
    static Said look(Lab lab, Release release, Path folder)
            throws IOException, InterruptedException, CannotBuild, LabRun.Stopped {
        List<String> words = new ArrayList<>(LabRun.self());
        words.addAll(List.of("server", "local", "--incident", folder.toString(), "--json"));
        Path said = Files.createTempFile(lab.folder(), "server-side", ".json");
        Path complaints = Files.createTempFile(lab.folder(), "server-side", ".txt");
        List<Path> shared = Stream.concat(ours().stream(), Stream.of(folder)).toList();
        Process child = lab.onServer(release, shared, words)
                .redirectOutput(said.toFile())
                .redirectError(complaints.toFile())
                .start();
        int code = child.waitFor();
        if (code > 128) {
            throw new LabRun.Stopped();
        }
        JsonNode document = new JsonMapper().readTree(said.toFile());
        if (!document.isObject()) {
            throw new IOException("the server's side was not read: "
                    + Files.readString(complaints).strip());
        }
        JsonNode verdict = document.path("verdict");
        return new Said(
                list(document.path("findings")).map(LabServerSide::shown).toList(),
                verdict.path("status").asText(),
                text(verdict, "cause"),
                text(verdict, "origin"),
                verdict.path("confidence").asDouble(),
                code,
                list(document.path("contradictions"))
                        .map(each -> text(each, "id"))
                        .toList(),
                list(document.path("notRead"))
                        .map(each -> text(each, "question"))
                        .toList());
    }

    private static Shown shown(JsonNode finding) {
        return new Shown(
                text(finding, "id"),
                text(finding, "cause"),
                text(finding, "origin"),
                finding.path("weight").asInt(),
                text(finding, "concerns"),
                finding.path("lines").path(0).asText());
    }

    /// What this very program is made of: the image, or the runtime and the class path.
    private static List<Path> ours() {
        Optional<String> launcher = Optional.ofNullable(System.getProperty("rstprobe.launcher"));
        if (launcher.isPresent()) {
            return List.of(Path.of(launcher.get()).getParent().getParent());
        }
        return Stream.concat(
                        Stream.of(System.getProperty("java.home")),
                        Stream.of(System.getProperty("java.class.path").split(":")))
                .map(Path::of)
                .map(Path::toAbsolutePath)
                .filter(Files::exists)
                .toList();
    }

    private static Stream<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String text(JsonNode node, String key) {
        return node.path(key).isNull() ? "" : node.path(key).asText();
    }
}
