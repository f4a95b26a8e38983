package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `rstprobe server USER@HOST` against a real sshd with real accounts, on a host without a journal.
class ServerLoginTest {
    private static final Path SERVER = Path.of("src/test/resources/rstprobe/cli/login-server");

    /// @param knows what the client knows of the server's key: `right`, `nothing` or `wrong`
    private static Probe where(String knows) {
        return new Probe()
                .under(OwnMachine.running("bash", SERVER.toAbsolutePath().toString(), knows));
    }

    private static JsonNode read(String user) throws Exception {
        Probe.Ran ran =
                where("right").run("server", user + "@127.0.0.1", "--json").noTrace();
        assertEquals("", ran.err());
        JsonNode document = new ObjectMapper().readTree(ran.out());
        assertEquals(user + "@127.0.0.1", document.at("/server/reach").asText());
        assertTrue(document.at("/server/sshd").asText().startsWith("OpenSSH"), ran.out());
        return document;
    }

    private static Set<String> facts(JsonNode document) {
        Set<String> names = new HashSet<>();
        document.get("facts").forEach(fact -> names.add(fact.get("name").asText()));
        return names;
    }

    private static Map<String, String> notRead(JsonNode document) {
        Map<String, String> parts = new HashMap<>();
        document.get("notRead")
                .forEach(part ->
                        parts.put(part.get("question").asText(), part.get("why").asText()));
        return parts;
    }

    @Test
    void rootReadsTheSettingsOfTheSshdThatRuns() throws Exception {
        JsonNode document = read("root");
        assertTrue(facts(document).contains("maxstartups"), document::toPrettyString);
        assertTrue(!notRead(document).containsKey("settings"), document::toPrettyString);
        assertTrue(!notRead(document).containsKey("nft"), document::toPrettyString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uma", "rita"})
    void whatSomebodyWithoutRightsMayNotReadIsNamedAndTheRestStands(String user) throws Exception {
        JsonNode document = read(user);
        assertTrue(notRead(document).get("nft").contains("permission denied"), document::toPrettyString);
        assertTrue(notRead(document).get("settings").contains("permission denied"), document::toPrettyString);
        assertTrue(facts(document).containsAll(Set.of("libwrap", "somaxconn", "load")), document::toPrettyString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "right|fred@127.0.0.1|3|runs no commands: it answers 'This service allows sftp connections only.'",
                "right|nobody-here@127.0.0.1|3|nobody-here@127.0.0.1 was not let in",
                "right|root@127.0.0.1 --identity /run/otherkey|3|root@127.0.0.1 was not let in",
                "nothing|root@127.0.0.1|3|the host key of 127.0.0.1 is not known: it shows ssh-ed25519 SHA256:",
                "wrong|root@127.0.0.1|3|is not the one in known_hosts: it shows ssh-ed25519 SHA256:",
                "right|root@127.0.0.9|4|no SSH connection to 127.0.0.9 port 22: no answer within 5 s"
            })
    void whoIsNotLetInIsToldWhyInOneLine(String knows, String words, int exit, String said) throws Exception {
        where(knows).run(("server " + words).split(" ")).oneLine(exit, said);
    }
}
