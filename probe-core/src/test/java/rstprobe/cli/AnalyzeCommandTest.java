package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.report.AnalyzeJson;

/// `rstprobe analyze` as a user runs it: its answers, its exit codes, and what it says of files that are none.
final class AnalyzeCommandTest {
    private static final Path INCIDENTS =
            Path.of("src/test/resources/rstprobe/incident").toAbsolutePath();

    @TempDir
    private Path into;

    private static Path capture(String incident) {
        return INCIDENTS.resolve(incident).resolve("capture.pcapng");
    }

    private static Probe.Ran analyze(String... words) throws Exception {
        return new Probe()
                .run(Stream.concat(Stream.of("analyze"), Arrays.stream(words)).toArray(String[]::new));
    }

    @Test
    void severalFilesAreOneAnswerWhoseWorstDecidesTheExitCode() throws Exception {
        Probe.Ran ran = analyze(
                "--json",
                capture("closed-port").toString(),
                capture("tap-forges-reset").toString(),
                capture("healthy").toString());
        assertEquals(11, ran.exit(), ran::toString);
        JsonNode document = new ObjectMapper().readTree(ran.out());
        try (InputStream schema = AnalyzeJson.class.getResourceAsStream("schema/analyze.schema.json")) {
            assertEquals(
                    Set.of(),
                    JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(schema)
                            .validate(document));
        }
        assertEquals(3, document.get("files").size());
        int counted = 0;
        for (JsonNode file : document.get("files")) {
            counted += file.get("resets").asInt();
        }
        assertEquals(counted, document.get("resets").size());
        assertTrue(counted > 3, ran::toString);
        boolean forged = false;
        for (JsonNode reset : document.get("resets")) {
            assertTrue(reset.get("confidence").asDouble() < 0.9, reset::toString);
            forged |= reset.get("file").asText().contains("tap-forges-reset")
                    && reset.get("frame").asInt() == 7
                    && reset.get("origin").asText().equals("on-path");
        }
        assertTrue(forged, ran::toString);
    }

    @Test
    void withoutResetsTheAnswerIsNo() throws Exception {
        Probe.Ran ran = analyze(capture("healthy").toString());
        assertTrue(ran.exit() == 0 && ran.out().startsWith("NO RESETS"), ran::toString);
        assertEquals("", ran.err());
    }

    @Test
    void whatIsExtractedCarriesItsProof() throws Exception {
        Path folder = into.resolve("accused");
        Probe.Ran ran = analyze(
                "--csv",
                "--extract",
                folder.toString(),
                capture("tap-forges-reset").toString());
        assertEquals(11, ran.exit(), ran::toString);
        List<String> lines = ran.out().lines().toList();
        List<Path> written;
        try (Stream<Path> files = Files.list(folder)) {
            written = files.sorted().toList();
        }
        assertFalse(written.isEmpty());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(written.getFirst())));
        int resets = 0;
        for (Path file : written) {
            List<Frame> frames = new ArrayList<>();
            try (CaptureReader reader = CaptureReader.open(file)) {
                reader.forEach(frames::add);
                assertTrue(reader.section().comment().contains("(confidence 0."), reader.section()::comment);
            }
            resets += (int) frames.stream()
                    .filter(frame -> frame.comment().orElse("").contains("(confidence 0."))
                    .count();
        }
        assertEquals(lines.size() - 1, resets, ran::toString);
        analyze(
                        "--quiet",
                        "--extract",
                        folder.toString(),
                        capture("tap-forges-reset").toString())
                .oneLine(Exit.CANNOT_PROBE, "exists already");
    }

    @Test
    void whatIsNoCaptureGetsOneLineAndTheRestIsRead() throws Exception {
        Path text = Files.writeString(into.resolve("notes.txt"), "hello");
        analyze(text.toString()).oneLine(Exit.USAGE, "notes.txt");
        analyze(into.resolve("none").toString()).oneLine(Exit.USAGE, "none");
        analyze("--json", "--csv", text.toString()).oneLine(Exit.USAGE, "choose one");
        Path cut = into.resolve("cut.pcapng");
        byte[] whole = Files.readAllBytes(capture("tap-forges-reset"));
        Files.write(cut, Arrays.copyOf(whole, whole.length - 10));
        Probe.Ran ran = analyze("--json", text.toString(), cut.toString());
        assertEquals(11, ran.exit(), ran::toString);
        JsonNode files = new ObjectMapper().readTree(ran.out()).get("files");
        assertTrue(files.get(0).get("truncated").asBoolean(), ran::toString);
        assertEquals(2, ran.err().lines().count(), ran::toString);
    }
}
