package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// Handshakes that fall silent since something long vanishes: the verdict has the length to the byte, and the place.
final class SshMtuOnTheWireTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path into;

    private JsonNode diagnosed(String network, String... words) throws Exception {
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), Conditions.plain())) {
            List<String> called = new ArrayList<>(List.of("ssh", "--json", "--hurry", "--into", into.toString()));
            called.addAll(List.of(words).contains("--timeout") ? List.of() : List.of("--timeout", "3"));
            called.addAll(List.of(words));
            called.add(lab.serverAddress());
            Probe.Ran ran = new Probe()
                    .under("nsenter", "--net=" + lab.clientNamespacePath(), "--")
                    .run(called.toArray(String[]::new));
            JsonNode document = MAPPER.readTree(ran.out());
            Probe.Ran again =
                    new Probe().run("replay", "--json", Probe.incident(into).toString());
            assertEquals(ran.exit(), again.exit(), again::toString);
            assertEquals(document, MAPPER.readTree(again.out()), "a replay says the same");
            return document;
        }
    }

    @Test
    void whatVanishesOnTheWayToTheServerIsMeasuredAndPlaced() throws Exception {
        JsonNode document = diagnosed("loses-long-to-server");
        JsonNode verdict = document.path("verdict");
        assertEquals("mtu-black-hole", verdict.path("cause").asText(), document::toPrettyString);
        assertTrue(
                verdict.path("summary").asText().startsWith("1401 bytes and more vanish after hop 1 (198.18.1.1)"),
                document::toPrettyString);
        assertEquals(1, verdict.at("/hop/after").asInt(), document::toPrettyString);
        assertEquals(2, verdict.at("/hop/before").asInt(), document::toPrettyString);
        assertEquals(1400, document.at("/mtu/forward/pathMtu").asInt(), document::toPrettyString);
        assertEquals(1500, document.at("/mtu/reverse/pathMtu").asInt(), document::toPrettyString);
        cited(document, "path-mtu-to-server");
    }

    @Test
    void whatVanishesOnTheWayBackIsMeasuredToo() throws Exception {
        JsonNode document = diagnosed("loses-long-to-client");
        JsonNode verdict = document.path("verdict");
        assertEquals("mtu-black-hole", verdict.path("cause").asText(), document::toPrettyString);
        assertTrue(verdict.path("summary").asText().startsWith("1401 bytes and more vanish"), document::toPrettyString);
        assertTrue(verdict.path("summary").asText().contains("towards you"), document::toPrettyString);
        assertEquals(1400, document.at("/mtu/reverse/pathMtu").asInt(), document::toPrettyString);
        assertTrue(document.at("/mtu/reverse/blackHole").asBoolean(), document::toPrettyString);
        cited(document, "path-mtu-to-us");
    }

    @Test
    void aHandshakeThatWorksOnlyInShorterSegmentsIsHealthyAndSaysWhatVanishes() throws Exception {
        JsonNode document = diagnosed("narrow-path-probed", "--timeout", "20");
        JsonNode verdict = document.path("verdict");
        assertEquals("healthy", verdict.path("status").asText(), document::toPrettyString);
        assertTrue(
                verdict.path("summary").asText().contains("but 1401 bytes and more vanish after hop 1 (198.18.1.1)"),
                document::toPrettyString);
        assertEquals(1400, document.at("/mtu/forward/pathMtu").asInt(), document::toPrettyString);
        assertTrue(document.at("/mtu/forward/blackHole").asBoolean(), document::toPrettyString);
        String text = Files.readString(Probe.incident(into).resolve("report.txt"));
        assertTrue(text.contains("WARNING") && text.contains("path MTU"), text);
        cited(document, "long-segment-repaired-to-server");
        cited(document, "path-mtu-to-server");
    }

    @Test
    void aSurveyThatIsForbiddenIsNotMade() throws Exception {
        JsonNode document = diagnosed("loses-long-to-server", "--without", "path-mtu");
        assertTrue(document.path("mtu").isNull(), document::toPrettyString);
        assertEquals("mtu-black-hole", document.at("/verdict/cause").asText(), document::toPrettyString);
    }

    private static void cited(JsonNode document, String id) {
        for (JsonNode fact : document.path("evidence")) {
            if (fact.path("id").asText().equals(id)) {
                assertFalse(fact.path("frames").isEmpty(), document::toPrettyString);
                return;
            }
        }
        throw new AssertionError(id + " is missing: " + document.toPrettyString());
    }
}
