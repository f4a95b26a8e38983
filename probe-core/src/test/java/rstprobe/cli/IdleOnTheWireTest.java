package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// Searches for timers that run in practice networks, all at the same time, since they are mostly waiting.
final class IdleOnTheWireTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> NETWORKS = List.of(
            "idle-translation-13s",
            "idle-vanishes-8s",
            "login-grace-10s",
            "idle-translation-5s",
            "idle-resets-5s",
            "idle-resets-60s");

    private static final Map<String, Search> SEARCHES = new LinkedHashMap<>();

    @TempDir
    private static Path scratch;

    private record Search(Lab lab, Probe.Running running, Path into) {}

    @BeforeAll
    static void begin() throws Exception {
        for (String name : NETWORKS) {
            Lab lab = Lab.build(Labs.named(name).orElseThrow(), Conditions.plain());
            Path into = Files.createDirectory(scratch.resolve(name));
            Probe probe = new Probe().under("nsenter", "--net=" + lab.clientNamespacePath(), "--");
            String upTo = name.endsWith("60s") ? "1h" : "20s";
            SEARCHES.put(
                    name,
                    new Search(
                            lab,
                            probe.start(
                                    "idle", lab.serverAddress(), "--json", "--up-to", upTo, "--into", into.toString()),
                            into));
        }
    }

    @AfterAll
    static void end() {
        SEARCHES.values().forEach(search -> search.lab().close());
    }

    private static JsonNode found(String network, int exit) throws Exception {
        Search search = SEARCHES.get(network);
        Probe.Ran ran = search.running().ended();
        assertEquals(exit, ran.exit(), ran::toString);
        assertEquals("", ran.err(), ran::toString);
        JsonNode document = MAPPER.readTree(ran.out());
        Path folder = Probe.incident(search.into());
        assertEquals(document, MAPPER.readTree(folder.resolve("report.json").toFile()));
        Probe.Ran again = new Probe().run("replay", "--json", folder.toString());
        assertEquals(exit, again.exit(), again::toString);
        assertEquals(document, MAPPER.readTree(again.out()), "a replay says the same");
        assertEquals(0, document.at("/capture/dropped").asInt());
        assertTrue(document.at("/search/connections").asInt() <= 14, ran::out);
        return document;
    }

    private static void timer(JsonNode document, String kind, double seconds) {
        assertEquals(kind, document.at("/verdict/kind").asText(), document::toPrettyString);
        assertEquals("exact", document.at("/timer/precision").asText(), document::toPrettyString);
        assertEquals(seconds, document.at("/timer/seconds").asDouble(), 1, document::toPrettyString);
        assertTrue(document.at("/advice/serverAliveInterval").asInt() * 2 < seconds, document::toPrettyString);
    }

    @Test
    void aBalancerThatResetsBothSidesIsExactAtOnce() throws Exception {
        JsonNode document = found("idle-resets-5s", 11);
        timer(document, "reset-at-expiry", 5);
        assertEquals(5, document.at("/timer/seconds").asDouble(), 0.3);
    }

    @Test
    void aMappingThatIsForgottenDrawsAResetAfterFiveSeconds() throws Exception {
        timer(found("idle-translation-5s", 11), "forget-and-reset", 5);
    }

    @Test
    void aMappingThatIsForgottenDrawsAResetAfterThirteenSeconds() throws Exception {
        timer(found("idle-translation-13s", 11), "forget-and-reset", 13);
    }

    @Test
    void aFirewallThatLetsTheRestVanish() throws Exception {
        JsonNode document = found("idle-vanishes-8s", 11);
        timer(document, "forget-and-silence", 8);
        assertTrue(document.at("/evidence").findValuesAsText("id").contains("path-still-works"));
    }

    @Test
    void aServersOwnLimitIsNoMiddleboxs() throws Exception {
        JsonNode document = found("login-grace-10s", 10);
        assertEquals("server-limit", document.at("/verdict/kind").asText(), document::toPrettyString);
        assertTrue(document.get("timer").isNull());
        assertTrue(document.get("advice").isNull());
    }

    /// Ctrl-C in the middle of a search: the folder is whole, and what was seen until then is in it.
    @Test
    void ctrlCKeepsWhatWasSeen() throws Exception {
        Search search = SEARCHES.get("idle-resets-60s");
        while (!journal(search.into()).contains("\"ignore\"")) {
            assertTrue(search.running().process().isAlive());
            search.running().process().waitFor(50, TimeUnit.MILLISECONDS);
        }
        search.running().signal("INT");
        Probe.Ran ran = search.running().ended();
        assertEquals(Exit.INTERRUPTED, ran.exit(), ran::toString);
        Path folder = Probe.incident(search.into());
        assertTrue(Files.exists(folder.resolve("manifest.json")));
        JsonNode document = MAPPER.readTree(ran.out());
        assertEquals("undetermined", document.at("/verdict/status").asText());
    }

    private static String journal(Path into) throws IOException {
        try (Stream<Path> files = Files.walk(into, 2)) {
            List<Path> all = files.filter(file -> file.getFileName().toString().startsWith("recording.jsonl"))
                    .toList();
            return all.isEmpty() ? "" : Files.readString(all.getFirst());
        }
    }
}
