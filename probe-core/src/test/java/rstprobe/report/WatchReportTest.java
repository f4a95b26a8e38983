package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.analyze.Accusing;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Origin;

/// What the flight recorder says: a line for a person, a line for a program, counters for a collector.
class WatchReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path INCIDENTS = Path.of("src/test/resources/rstprobe/incident");
    private static final long SECOND = 1_000_000_000L;
    private static final Pattern SAMPLE = Pattern.compile("rstprobe_watch_[a-z_]+(\\{[a-z]+=\"[a-z-]+\"})? [0-9.]+");

    private static WatchedReset watched(String incident, Optional<String> folder) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (CaptureReader reader =
                CaptureReader.open(INCIDENTS.resolve(incident).resolve("capture.pcapng"))) {
            reader.forEach(frames::add);
        }
        AttributedReset reset = Accusing.of(frames, 0).stream()
                .flatMap(accused -> Attribution.of(accused).stream())
                .findFirst()
                .orElseThrow();
        return new WatchedReset(reset, 3, "eth\u001b0", frames.size(), 7, reset.evidence(), folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap-forges-reset", "closed-port", "server-closes-unread"})
    void eachResetIsOneLineForPeopleAndOneForPrograms(String incident) throws IOException {
        for (Optional<String> folder : List.of(Optional.<String>empty(), Optional.of("incident-1"))) {
            WatchedReset watched = watched(incident, folder);
            String line = WatchWording.line(watched);
            assertEquals(1, line.lines().count(), line);
            assertTrue(line.endsWith("\n"));
            assertTrue(line.contains("; 3 resets; 7 frames missing"), line);
            assertEquals(folder.isPresent(), line.contains("; incident-1"), line);
            String document = WatchJson.line(watched);
            assertEquals(1, document.lines().count(), document);
            assertEquals(Set.of(), faults(document), document);
            assertFalse(document.contains("\u001b"), document);
            JsonNode told = MAPPER.readTree(document);
            assertEquals(watched.reset().summary(), told.path("summary").asText());
            assertEquals(folder.orElse("null"), told.path("incident").asText());
            assertFalse(document.contains("this-host"), document);
        }
    }

    private static Set<?> faults(String document) throws IOException {
        try (InputStream schema = WatchJson.class.getResourceAsStream("schema/watch.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema)
                    .validate(MAPPER.readTree(document));
        }
    }

    private static WatchCounts counts() {
        return new WatchCounts(
                new WatchCounts.Heard(1_234_567, 8, 40, 5, 600_000, 90 * SECOND, 1_760_000_000 * SECOND, 1),
                Map.of(Origin.ON_PATH, 2L, Origin.THIS_HOST, 1L),
                4,
                2,
                3,
                9,
                1);
    }

    @Test
    void aCollectorReadsEveryLineOfTheMetrics() {
        String text = WatchMetrics.of(counts());
        List<String> samples =
                text.lines().filter(line -> !line.startsWith("#")).toList();
        assertTrue(samples.stream().allMatch(line -> SAMPLE.matcher(line).matches()), text);
        assertEquals(samples.size(), Set.copyOf(samples).size(), "no series twice");
        assertTrue(samples.contains("rstprobe_watch_frames_total 1234567"), text);
        assertTrue(samples.contains("rstprobe_watch_lost_frames_total 8"), text);
        assertTrue(samples.contains("rstprobe_watch_reset_connections_total{origin=\"on-path\"} 2"), text);
        assertTrue(samples.contains("rstprobe_watch_reset_connections_total{origin=\"client\"} 1"), text);
        assertTrue(samples.contains("rstprobe_watch_reset_connections_total{origin=\"proxy\"} 0"), text);
        assertTrue(samples.contains("rstprobe_watch_resets_not_judged_total 7"), text);
        assertTrue(samples.contains("rstprobe_watch_incident_folders_total{outcome=\"withheld\"} 9"), text);
        assertTrue(samples.contains("rstprobe_watch_written_seconds 1760000000"), text);
        assertEquals(
                text.lines().filter(line -> line.startsWith("# TYPE")).count(),
                text.lines().filter(line -> line.startsWith("# HELP")).count());
    }

    @Test
    void theSummarySaysWhatWasLostAndWhatWasNotWritten() {
        String summary = String.join("\n", WatchWording.summary(counts(), "eth0, port 22", 600 * SECOND));
        assertTrue(
                summary.startsWith("watched eth0, port 22 for 10 min: 1 234 567 frames, 8 lost, 40 resets"), summary);
        assertTrue(summary.contains("3 connections reset: 2 on-path, 1 client"), summary);
        assertTrue(summary.contains("7 resets only counted"), summary);
        assertTrue(summary.contains("3 incident folders written, and 9 not"), summary);
    }
}
