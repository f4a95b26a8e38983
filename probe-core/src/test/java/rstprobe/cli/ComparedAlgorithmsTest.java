package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--algorithms` against the machine's own OpenSSH server, with as few connections as show it.
final class ComparedAlgorithmsTest {
    private static final String BUDGET = "3";

    @TempDir
    private Path into;

    @Test
    void theBudgetsWorthIsTestedAndTheRestNamed() throws Exception {
        try (Cable cable = new Cable();
                OpenSsh _ = new OpenSsh(cable)) {
            Probe.Ran ran = Probe.at(cable)
                    .run(
                            "ssh",
                            Cable.SERVER,
                            "--into",
                            into.toString(),
                            "--json",
                            "--algorithms",
                            "--every",
                            "0",
                            "--budget",
                            BUDGET);
            assertEquals(0, ran.exit(), ran::toString);
            JsonNode document = new ObjectMapper().readTree(ran.out());
            JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(new Probe().run("schema", "ssh").out());
            assertEquals(Set.of(), schema.validate(document), ran::toString);
            rows(document.path("algorithms"));
            String text = Files.readString(Probe.incident(into).resolve("report.txt"));
            assertTrue(text.contains("each offered alone ("), text);
            assertFalse(text.lines().anyMatch(line -> line.length() > 100), text);
            assertShown("report.md", "| kex | curve25519-sha256 | completed | service |");
            assertShown("report.html", "<td>curve25519-sha256</td><td>completed</td>");
            Probe.Ran again = new Probe().run("replay", Probe.incident(into).toString(), "--json");
            assertEquals(document, new ObjectMapper().readTree(again.out()));
        }
    }

    private void assertShown(String file, String row) throws Exception {
        String page = Files.readString(Probe.incident(into).resolve(file));
        assertTrue(page.replaceAll(">\\s+<", "><").contains(row), page);
    }

    /// What the usual attempt used is not tested again: two more key exchanges are.
    private static void rows(JsonNode rows) {
        assertTrue(rows.size() > 8, rows::toString);
        int tested = 0;
        for (JsonNode row : rows) {
            boolean works = "completed".equals(row.path("outcome").asText());
            assertTrue(works || row.path("outcome").isNull(), row::toString);
            assertEquals(works, row.path("frames").size() == 2, row::toString);
            assertEquals(works, row.path("longestTheirs").asInt() > 0, row::toString);
            tested += works && row.path("list").asText().equals("kex") ? 1 : 0;
        }
        assertEquals(3, tested, rows::toString);
        assertEquals("completed", rows.path(2).path("outcome").asText());
    }

    @Test
    void wordsThatMakeNoSenseAreRefused() throws Exception {
        new Probe().run("ssh", "198.18.0.2", "--every", "2").oneLine(Exit.USAGE, "add --algorithms");
        new Probe().run("ssh", "198.18.0.2", "--algorithms", "--mode", "talk").oneLine(Exit.USAGE, "leave out --mode");
    }

    @Test
    void aDryRunCountsTheConnections() throws Exception {
        Probe.Ran ran = new Probe().run("ssh", "198.18.0.2", "--algorithms", "--budget", "24", "--dry-run");
        assertEquals(0, ran.exit(), ran::toString);
        assertTrue(ran.out().contains("within the same 24 connections, at most 23"), ran::toString);
        assertTrue(ran.out().contains("Four in ten minutes, below fail2ban's limit: 50 min"), ran::toString);
    }
}
