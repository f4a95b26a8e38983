package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// Surveys of practice networks: the numbers, the folder, and that nothing is left behind on this host.
final class MtuOnTheWireTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path into;

    private JsonNode survey(String network, int exit) throws Exception {
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), Conditions.plain())) {
            Probe.Ran ran = new Probe()
                    .under("nsenter", "--net=" + lab.clientNamespacePath(), "--")
                    .run("mtu", "--json", "--into", into.toString(), lab.serverAddress());
            assertEquals(exit, ran.exit(), ran::toString);
            assertEquals("", ran.err(), ran::toString);
            String routes = routes(lab);
            assertTrue(!routes.contains("mtu"), () -> "a probe changed this host's routes: " + routes);
            JsonNode document = MAPPER.readTree(ran.out());
            Path folder = Probe.incident(into);
            Probe.Ran again = new Probe().run("replay", "--json", folder.toString());
            assertEquals(exit, again.exit(), again::toString);
            assertEquals(document, MAPPER.readTree(again.out()), "a replay says the same");
            return document.path("targets").path(0);
        }
    }

    /// What the client's kernel has learnt about the way to the server.
    private static String routes(Lab lab) throws Exception {
        Process process = new ProcessBuilder(
                        "nsenter", "--net=" + lab.clientNamespacePath(), "ip", "route", "get", lab.serverAddress())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }

    @Test
    void twoLimitsAreFoundEachToTheByte() throws Exception {
        JsonNode target = survey("mtu-both-differ", 12);
        assertEquals("exact", target.path("status").asText(), target::toPrettyString);
        assertEquals(1380, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1381, target.at("/forward/lost").asInt(), target::toPrettyString);
        assertEquals(1420, target.at("/reverse/pathMtu").asInt(), target::toPrettyString);
        assertEquals("tcp", target.at("/forward/method").asText());
        assertEquals(1, target.at("/forward/hop/after").asInt(), target::toPrettyString);
        assertTrue(target.at("/reverse/blackHole").asBoolean(), target::toPrettyString);
    }

    @Test
    void aRouterThatClampsIsNamedAndThePathBehindItMeasuredAllTheSame() throws Exception {
        JsonNode target = survey("mtu-clamped", 0);
        assertEquals(1500, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1500, target.at("/reverse/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1460, target.at("/mssClamp/sent").asInt(), target::toPrettyString);
        assertEquals(1300, target.at("/mssClamp/arrived").asInt(), target::toPrettyString);
    }

    @Test
    void aServerThatRepeatsNothingNamesWhatIsAheadOfItsTurn() throws Exception {
        JsonNode target = survey("mtu-only-ssh-no-stamps", 12);
        assertEquals(1400, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1401, target.at("/forward/lost").asInt(), target::toPrettyString);
        assertEquals(1500, target.at("/reverse/pathMtu").asInt(), target::toPrettyString);
    }

    /// The other end of a virtual cable takes less than ours says: the kernel refuses the frames, of which nobody
    /// hears.
    @Test
    void aLinkThatRefusesLongFramesIsTheLimitAndNoFullQueue() throws Exception {
        JsonNode target = survey("mtu-own-link-refuses", 12);
        assertEquals("exact", target.path("status").asText(), target::toPrettyString);
        assertEquals(1404, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1405, target.at("/forward/lost").asInt(), target::toPrettyString);
        assertEquals(0, target.at("/forward/hop/after").asInt(), target::toPrettyString);
        assertEquals(1400, target.at("/reverse/pathMtu").asInt(), target::toPrettyString);
        String report = Files.readString(Probe.incident(into).resolve("report.txt"));
        assertTrue(report.replaceAll("\\s+", " ").contains("eth0 refuses packets of 1405 bytes and more"), report);
    }

    @Test
    void aSurveyThatRodeOnDatagramsIsToldFromItsFolderToo() throws Exception {
        JsonNode target = survey("mtu-only-datagrams", 12);
        assertEquals("udp", target.at("/forward/method").asText(), target::toPrettyString);
        assertEquals(1400, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals(1401, target.at("/forward/lost").asInt(), target::toPrettyString);
    }

    @Test
    void aRouterThatLiesIsNamedAndBelievedNothing() throws Exception {
        JsonNode target = survey("mtu-claims-1450", 12);
        assertEquals(1400, target.at("/forward/pathMtu").asInt(), target::toPrettyString);
        assertEquals("refuted", target.at("/forward/claims/0/truth").asText(), target::toPrettyString);
        assertTrue(target.at("/forward/probes").asInt() <= 200, target::toPrettyString);
    }
}
