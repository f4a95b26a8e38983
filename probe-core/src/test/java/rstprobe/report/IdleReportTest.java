package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.IdleDiagnosis;
import rstprobe.diagnose.IdleStories;
import rstprobe.record.Recording;

/// What is said of a search for an idle timer, and whether its document keeps to the schema.
class IdleReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static IdleIncident incident(Recording recording) {
        return new IdleIncident("incident-x", recording, IdleDiagnosis.of(recording));
    }

    private static JsonSchema schema() throws IOException {
        try (InputStream text = IdleReportTest.class.getResourceAsStream("schema/idle.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(MAPPER.readTree(text));
        }
    }

    @Test
    void everyStorysDocumentIsValid() throws IOException {
        JsonSchema schema = schema();
        for (Map.Entry<String, Recording> story : IdleStories.all().entrySet()) {
            JsonNode document = MAPPER.readTree(IdleJson.of(incident(story.getValue())));
            Set<String> faults =
                    schema.validate(document).stream().map(Object::toString).collect(Collectors.toSet());
            assertEquals(Set.of(), faults, story.getKey());
        }
        JsonNode wrong = MAPPER.readTree("{\"schema\":\"rstprobe.idle/1\"}");
        assertFalse(schema.validate(wrong).isEmpty());
    }

    @Test
    void theTextSaysTheTimerFirstAndWhatSurvivesIt() {
        String text =
                IdleReport.text(incident(IdleStories.all().get("vanishes")), false, Optional.of("/tmp/incident-x"));
        assertTrue(
                text.startsWith("FAULT  something on the path forgets a connection that was silent for 7.7 s"), text);
        assertTrue(text.contains("forget-and-silence"), text);
        assertTrue(text.contains("ssh -o ServerAliveInterval=3 -o ServerAliveCountMax=3 198.18.3.2"), text);
        assertTrue(text.contains("TCPKeepAlive"), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= TextPage.WIDTH), text);
    }

    @Test
    void aServersLimitGetsNoKeepaliveAdvice() {
        String text = IdleReport.text(incident(IdleStories.all().get("login limit")), false, Optional.empty());
        assertFalse(text.contains("ServerAliveInterval=") && text.contains("what survives it"), text);
        assertTrue(text.contains("LoginGraceTime"), text);
    }

    @Test
    void everyFormOfEveryStoryIsWritten() {
        for (Recording recording : IdleStories.all().values()) {
            IdleIncident incident = incident(recording);
            assertTrue(IdleReport.html(incident).endsWith("</html>\n"));
            assertTrue(IdleReport.markdown(incident).startsWith("# "));
            int frames = recording.frames().size();
            IdleReport.comments(incident)
                    .byFrame()
                    .keySet()
                    .forEach(frame -> assertTrue(frame >= 1 && frame <= frames));
        }
    }
}
