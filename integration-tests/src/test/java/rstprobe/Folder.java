package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// An incident folder, seen by somebody who was handed it.
record Folder(Path path) {
    private static final Set<String> FILES =
            Set.of("report.txt", "report.md", "report.html", "report.json", "recording.jsonl", "capture.pcapng");
    private static final int DEPTH = 3;

    /// The one incident folder below a folder.
    static Folder below(Path path) throws IOException {
        try (Stream<Path> found = Files.walk(path, DEPTH)) {
            List<Path> incidents = found.filter(
                            file -> file.getFileName().toString().startsWith("incident-"))
                    .toList();
            assertEquals(1, incidents.size(), () -> "incident folders below " + path + ": " + incidents);
            return new Folder(incidents.getFirst());
        }
    }

    /// A folder for stories' files that goes with the build.
    static Path scratch(String name) throws IOException {
        Path target = Files.createDirectories(Path.of(System.getProperty("user.home"), "stories"));
        return Files.createTempDirectory(target, name + "-");
    }

    static JsonNode json(String text) throws IOException {
        return new JsonMapper().readTree(text);
    }

    JsonNode report() throws IOException {
        return json(reportText());
    }

    String reportText() throws IOException {
        return Files.readString(path.resolve("report.json"));
    }

    Path capture() {
        return path.resolve("capture.pcapng");
    }

    /// Every frame number the report names.
    Set<Integer> citedFrames() throws IOException {
        Set<Integer> cited = new TreeSet<>();
        for (JsonNode frames : report().findValues("frames")) {
            frames.forEach(frame -> cited.add(frame.asInt()));
        }
        return cited;
    }

    /// The files are those of an incident, and none differs from what the manifest says.
    void mustBeWhole() throws IOException {
        JsonNode manifest = json(Files.readString(path.resolve("manifest.json")));
        Set<String> named = new TreeSet<>();
        for (JsonNode file : manifest.get("files")) {
            String name = file.get("name").asText();
            byte[] bytes = Files.readAllBytes(path.resolve(name));
            assertEquals(file.get("bytes").asLong(), bytes.length, name);
            assertEquals(file.get("sha256").asText(), sha256(bytes), name);
            named.add(name);
        }
        assertEquals(new TreeSet<>(FILES), named);
        try (Stream<Path> there = Files.list(path)) {
            assertEquals(FILES.size() + 1L, there.count(), "the manifest's files, and itself: " + path);
        }
        assertTrue(Files.size(path.resolve("report.html")) > 0, "there is a page to read");
    }

    /// Copies the folder to where anybody may read it.
    Folder readableByAll(Path where) throws IOException, InterruptedException {
        Path copy = where.resolve(path.getFileName());
        Command.run("cp", "-r", path.toString(), copy.toString()).mustEndWith(0);
        Command.run("chmod", "-R", "a+rX", copy.toString()).mustEndWith(0);
        return new Folder(copy);
    }

    static void delete(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
