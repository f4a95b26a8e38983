package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rstprobe.diagnose.Diagnosis;
import rstprobe.incident.IncidentReader;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;

/// Whole runs in practice networks: the crafted packets find who it was, and where, at the price that was promised; and
/// the folder says the same without a network.
class ActiveVerdictsTest {
    private static final int MOST_CONNECTIONS = 8;
    private static final int MOST_CRAFTED = 60;
    private static final double MOST_SECONDS = 10;

    @ParameterizedTest
    @CsvSource({
        "closed-port, server-kernel, false, ''",
        "closed-port, server-kernel, true, ''",
        "server-firewall-rejects, server-firewall, false, ''",
        "server-firewall-rejects, server-firewall, true, ''",
        "markings-bleached, server-kernel, false, ''",
        "markings-bleached-rejected, server-firewall, false, ''",
        "last-router-rejects-bleached, in-path, false, 1-2",
        "router-rejects, in-path, false, 0-1",
        "router-rejects, in-path, true, 0-1",
        "tap-forges-reset, on-path, false, 1-2",
        "tap-forges-reset, on-path, true, 1-2",
        "server-aborts, server-process, false, ''"
    })
    void theSenderIsNamedAndPlaced(String network, String origin, boolean ipv6, String hops, @TempDir Path into)
            throws Exception {
        Conditions conditions = new Conditions(5, 0, 1, ipv6, Optional.empty());
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), conditions)) {
            LabRun.Answer answer = LabRun.probe(lab, false, Optional.of(into));
            assertEquals(origin, answer.origin());
            assertTrue(answer.confidence() >= 0.85, "confidence " + answer.confidence());
        }
        Path folder = folder(into);
        JsonNode verdict = new JsonMapper()
                .readTree(folder.resolve("report.json").toFile())
                .path("verdict");
        assertEquals(hops, hops(verdict.path("hop")));
        IncidentReader.Read read = IncidentReader.read(folder);
        assertEquals(
                Files.readString(folder.resolve("report.json")),
                JsonReport.of(new Incident(read.name(), read.recording(), Diagnosis.of(read.recording()))));
        isPolite(read.recording());
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aHealthyRunSendsNothingCrafted(boolean ipv6, @TempDir Path into) throws Exception {
        Conditions conditions = new Conditions(0, 0, 1, ipv6, Optional.empty());
        try (Lab lab = Lab.build(Labs.named("healthy").orElseThrow(), conditions)) {
            assertEquals(0, LabRun.probe(lab, false, Optional.of(into)).exitCode());
        }
        Recording recording = IncidentReader.read(folder(into)).recording();
        assertEquals(1, count(recording, Event.Opened.class));
        assertEquals(0, count(recording, Event.Probed.class) + count(recording, Event.Omitted.class));
    }

    private static Path folder(Path into) throws Exception {
        try (Stream<Path> files = Files.walk(into)) {
            return files.filter(file -> file.endsWith("report.json"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
    }

    private static String hops(JsonNode hop) {
        return hop.isNull()
                ? ""
                : hop.path("after").asInt() + "-" + hop.path("before").asInt();
    }

    private static void isPolite(Recording recording) {
        long crafted = recording.events().stream()
                .filter(event -> event instanceof Event.Probed probed
                        && probed.part() == rstprobe.record.ActiveTest.Part.OPENING)
                .map(event -> ((Event.Probed) event).localPort())
                .distinct()
                .count();
        assertTrue(count(recording, Event.Opened.class) + crafted <= MOST_CONNECTIONS);
        assertTrue(count(recording, Event.Probed.class) <= MOST_CRAFTED);
        long took = recording.events().getLast().atNanos()
                - recording.events().getFirst().atNanos();
        assertTrue(took <= MOST_SECONDS * 1e9, took / 1e9 + " s");
    }

    private static long count(Recording recording, Class<? extends Event> kind) {
        return recording.events().stream().filter(kind::isInstance).count();
    }
}
