package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rstprobe.diagnose.ServerQuestion;

/// `rstprobe server` as a user runs it, on a host with a real sshd that has several things wrong with it.
class ServerCommandTest {
    private static final Path PLANTED = Path.of("src/test/resources/rstprobe/cli/planted-server");
    private static final Path INCIDENTS = Path.of("src/test/resources/rstprobe/incident");

    private static Probe planted() {
        return new Probe()
                .under(OwnMachine.running("bash", PLANTED.toAbsolutePath().toString()));
    }

    @Test
    void whatWasPlantedIsFound() throws Exception {
        Probe.Ran ran = planted().run("server", "local", "--client", "127.0.0.1", "--json");
        assertEquals("", ran.err());
        JsonNode document = new ObjectMapper().readTree(ran.out());
        Map<String, JsonNode> found = new HashMap<>();
        document.get("findings").forEach(each -> found.put(each.get("id").asText(), each));
        for (String id : new String[] {"hosts-deny", "startups-waiting", "filter-rejected-with-reset", "check-fails"}) {
            assertTrue(found.containsKey(id) && found.get(id).get("weight").asInt() >= 10, id + " in " + ran.out());
        }
        assertTrue(
                found.get("hosts-deny").get("lines").get(0).asText().endsWith("/etc/hosts.deny:1:sshd: 127.0.0."),
                ran.out());
        assertTrue(found.get("filter-rejected-with-reset").get("text").asText().contains("it met 1 packet"), ran.out());
        assertTrue(document.get("verdict").isNull());
        assertEquals(13, ran.exit());
    }

    @Test
    void theSameHostAsTextFitsTheTerminal() throws Exception {
        Probe.Ran ran = planted().run("server", "local");
        assertTrue(ran.out().startsWith("FOUND  "), ran.out());
        assertTrue(ran.out().lines().allMatch(line -> line.length() <= 100), ran.out());
        assertTrue(ran.exit() == 13 || ran.exit() == 10, ran::toString);
        ran.noTrace();
    }

    @Test
    void dryRunListsEveryCommandAndRunsNone() throws Exception {
        Probe.Ran ran = new Probe().run("server", "anna@db7.invalid", "--dry-run", "--sudo", "--client", "198.18.1.2");
        assertEquals(0, ran.exit());
        assertTrue(ran.out().contains("sudo -n timeout 5 nft -a list ruleset"), ran.out());
        assertTrue(ran.out().contains("  ip route get 198.18.1.2"), ran.out());
        for (ServerQuestion question : ServerQuestion.values()) {
            assertEquals(question.isAsked(), ran.out().contains("# " + question.why()), question.id());
        }
        assertTrue(ran.out().contains("None changes anything."), ran.out());
        assertFalse(ran.out().contains("tracing"), ran.out());
        Probe.Ran traced = new Probe().run("server", "local", "--dry-run", "--trace", "5");
        assertTrue(traced.out().contains("None changes anything, save the last."), traced.out());
        assertTrue(traced.out().contains("/sys/kernel/tracing/instances/rstprobe-PID"), traced.out());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "server|2|Missing required parameter",
                "server db7|2|name the user to log in as: USER@db7",
                "server local --password|2|are for logging in",
                "server anna@db7 --trace 5|2|works on this host only",
                "server local --trace 0|2|takes 1 to 300 seconds",
                "server local --since yesterday|2|is no time",
                "server local --client db7|2|an address in figures",
                "server local --port 0|2|is not between 1 and 65535",
                "server local --incident /nowhere|2|there is no /nowhere",
                "server anna@127.0.0.1:1|4|no SSH connection to 127.0.0.1 port 1"
            })
    void badWordsGetOneLine(String words, int exit, String said) throws Exception {
        new Probe().run(words.split(" ")).oneLine(exit, said);
    }

    @Test
    void aServerThatCannotBeAskedLeavesTheClientsVerdict() throws Exception {
        Probe.Ran ran = new Probe()
                .run(
                        "server",
                        "anna@127.0.0.1:1",
                        "--incident",
                        INCIDENTS.resolve("closed-port").toAbsolutePath().toString(),
                        "--json");
        assertTrue(ran.err().startsWith("rstprobe: the server's side was not read: "), ran.err());
        JsonNode document = new ObjectMapper().readTree(ran.out());
        assertEquals("no-listener", document.at("/verdict/cause").asText());
        assertEquals("who", document.at("/notRead/0/question").asText());
        assertEquals(10, ran.exit());
    }
}
