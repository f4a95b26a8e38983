package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.capture.Tap;
import rstprobe.capture.TapPlan;
import rstprobe.report.Tool;

/// What the program says, to whom, and what it loads to say it.
@ExtendWith(CableResolver.class)
final class WordsTest {
    private static final int COLUMNS = 80;
    private static final SmallServer.Part REFUSES = peer -> SmallServer.say(peer, "Exceeded MaxStartups\r\n");

    private final Cable cable;
    private final Path into;

    WordsTest(Cable cable, @TempDir Path into) {
        this.cable = cable;
        this.into = into;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "help",
                "help ssh",
                "ssh --help",
                "help mtu",
                "mtu --help",
                "help idle",
                "idle --help",
                "help replay",
                "replay --help",
                "help analyze",
                "analyze --help",
                "help watch",
                "watch --help",
                "help server",
                "server --help",
                "help doctor",
                "doctor --help",
                "help schema",
                "schema --help",
                "help lab",
                "lab --help",
                "lab run --help",
                "lab verify --help",
                "lab calibrate --help",
                "lab list --help",
                "generate-completion --help"
            })
    void helpFitsEightyColumns(String words) {
        Said said = say(words.split(" "));
        assertEquals(0, said.exit, said::toString);
        assertTrue(said.out.startsWith("Usage: rstprobe"), said::toString);
        said.out.lines().forEach(line -> assertTrue(line.length() <= COLUMNS, line));
    }

    private record Said(int exit, String out) {}

    private static Said say(String... words) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            int exit = Main.run(words);
            return new Said(exit, out.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void aDryRunOfASearchSaysWhatItCosts() {
        Said said = say("idle", "db7:2222", "--up-to", "5m", "--connections", "4", "--dry-run");
        assertEquals(0, said.exit, said::toString);
        assertTrue(said.out.startsWith("Nothing is sent."), said::toString);
        assertTrue(said.out.contains("db7 port 2222"), said::toString);
        assertTrue(said.out.contains("8 times at most, 4 open at a time"), said::toString);
        assertEquals(Exit.USAGE, say("idle", "db7", "--up-to", "soon", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("idle", "db7", "--up-to", "0.1s", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("idle", "db7", "--up-to", "3h", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("idle", "db7", "--connections", "1", "--dry-run").exit);
    }

    @Test
    void aDryRunOfASurveySaysWhatItSends() {
        Said said = say("mtu", "db7:2222", "--dry-run");
        assertEquals(0, said.exit, said::toString);
        assertTrue(said.out.startsWith("Nothing is sent."), said::toString);
        assertTrue(said.out.contains("to port 2222"), said::toString);
        assertEquals(Exit.USAGE, say("mtu", "db7", "--timeout", "soon", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("mtu", "--dry-run").exit);
    }

    @Test
    void aDryRunOfAWatchSaysWhatItKeeps() {
        Said said = say("watch", "-i", "eth1", "--port", "22,2222", "--memory", "128M", "--dry-run");
        assertEquals(0, said.exit, said::toString);
        assertTrue(said.out.startsWith("Nothing is sent"), said::toString);
        assertTrue(said.out.contains("port 22, 2222 and ICMP errors, on eth1"), said::toString);
        assertTrue(said.out.contains("in 128 MiB of memory beside the 64 that"), said::toString);
        assertEquals(Exit.USAGE, say("watch", "--memory", "much", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("watch", "--memory", "1k", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("watch", "--port", "0", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("watch", "--keep", "0s", "--dry-run").exit);
        assertEquals(Exit.USAGE, say("watch", "--most-folders", "-1", "--dry-run").exit);
    }

    @Test
    void completionIsBash() throws Exception {
        Path script = Files.writeString(into.resolve("completion"), say("generate-completion").out);
        Cable.run("bash", "-n", script.toString());
        Cable.run(
                "bash",
                "-c",
                "source \"$0\"; complete -p rstprobe; COMP_WORDS=(rstprobe re); COMP_CWORD=1; _complete_rstprobe;"
                        + " [ \"${COMPREPLY[*]}\" = replay ]",
                script.toString());
        Cable.run(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(rstprobe help re); COMP_CWORD=2; _complete_rstprobe;"
                        + " [ \"${COMPREPLY[*]}\" = replay ]",
                script.toString());
        Cable.run(
                "bash",
                "-c",
                "source \"$0\"; COMP_WORDS=(rstprobe schema id); COMP_CWORD=2; _complete_rstprobe;"
                        + " [ \"${COMPREPLY[*]}\" = idle ]",
                script.toString());
    }

    @Test
    void helpExplainsOnlyWhatThereIs() {
        assertEquals(say("--help"), say("help"));
        assertEquals(say("ssh", "--help"), say("help", "ssh"));
        assertEquals(Exit.USAGE, say("help", "nonsense").exit);
        assertTrue(say("help", "--help").out.contains("Usage: rstprobe help [-h] [COMMAND]"));
        assertEquals(Tool.NAME_AND_VERSION, say("--version").out.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh", "mtu", "analyze", "watch", "idle"})
    void schemasAreJson(String document) throws Exception {
        assertEquals(
                "https://json-schema.org/draft/2020-12/schema",
                new ObjectMapper()
                        .readTree(say("schema", document).out)
                        .path("$schema")
                        .asText());
    }

    /// The start is quick because little is loaded.
    @ParameterizedTest
    @ValueSource(strings = {"--version", "--help"})
    void toSaySomethingNothingIsLoadedThatProbes(String word) throws Exception {
        Probe.Ran ran = new Probe()
                .with("-Xlog:class+load:file=" + into.resolve("classes"))
                .run(word);
        assertEquals(0, ran.exit());
        String loaded = Files.readString(into.resolve("classes"));
        for (String library : List.of(
                "io.netty", "org.apache.sshd", "org.pcap4j", "com.sun.jna", "com.fasterxml", "org.bouncycastle")) {
            assertFalse(loaded.contains(" " + library + "."), library);
        }
    }

    @Test
    void jsonIsOneDocumentOnStdoutAndNothingElse() throws Exception {
        assertJson(13, "fault", REFUSES);
        assertJson(15, "fault", peer -> {
            SmallServer.say(peer, "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n");
            SmallServer.hearOut(peer);
        });
        assertJson(19, "undetermined", peer -> {});
        try (OpenSsh _ = new OpenSsh(cable)) {
            assertJson(0, "healthy");
        }
    }

    private void assertJson(int exit, String status, SmallServer.Part part) throws Exception {
        try (SmallServer _ = new SmallServer(cable, part)) {
            assertJson(exit, status);
        }
    }

    private void assertJson(int exit, String status) throws Exception {
        Probe.Ran ran =
                Probe.at(cable).run("ssh", Cable.SERVER, "--into", into.toString(), "--json", "--timeout", "1.5");
        JsonNode document = new ObjectMapper()
                .reader(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(ran.out());
        assertEquals("", ran.err());
        assertTrue(ran.exit() == exit || status.equals("undetermined"), ran::toString);
        if (!status.equals("undetermined")) {
            assertEquals(status, document.path("verdict").path("status").asText(), ran::toString);
        }
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(say("schema", "ssh").out);
        assertEquals(Set.of(), schema.validate(document));
    }

    @Test
    void quietIsOneLineAndColourIsAChoice() throws Exception {
        try (SmallServer _ = new SmallServer(cable, REFUSES)) {
            Probe probe = Probe.at(cable);
            Probe.Ran quiet = probe.run("ssh", Cable.SERVER, "--into", into.toString(), "--quiet");
            assertEquals(1, quiet.out().lines().count(), quiet::toString);
            assertEquals("", quiet.err());
            assertFalse(quiet.out().contains("\u001b"), quiet::toString);
            Probe.Ran coloured =
                    probe.run("ssh", Cable.SERVER, "--into", into.toString(), "--color", "always", "--quiet");
            assertTrue(coloured.out().contains("\u001b["), coloured::toString);
        }
    }

    /// Progress is for whoever watches: a terminal on stderr.
    @Test
    void progressAndColourAreForATerminal() throws Exception {
        SmallServer.Part resets = peer -> {
            SmallServer.hear(peer, 22);
            SmallServer.abort(peer);
        };
        try (SmallServer _ = new SmallServer(cable, resets)) {
            String[] words = {"ssh", Cable.SERVER, "--into", into.toString(), "--budget", "2"};
            Probe.Ran piped = Probe.at(cable).run(words);
            assertEquals("", piped.err());
            String line = String.join(" ", Probe.at(cable).command(words));
            Probe.Ran terminal = new Probe().shell("script -qec '" + line + "' /dev/null");
            assertTrue(terminal.out().contains("attempt 2: talk"), terminal::toString);
            assertTrue(terminal.out().contains("\u001b["), terminal::toString);
            Probe.Ran plain = new Probe().shell("NO_COLOR=1 script -qec '" + line + "' /dev/null");
            assertFalse(plain.out().contains("\u001b["), plain::toString);
        }
    }

    @Test
    void aDryRunSendsNothing() throws Exception {
        ConcurrentLinkedQueue<Object> frames = new ConcurrentLinkedQueue<>();
        try (SmallServer server = new SmallServer(cable, REFUSES);
                Tap tap = cable.inClient(() -> Tap.open(new TapPlan(Cable.INTERFACE, "not icmp6"), frames::add))) {
            Probe.Ran ran = Probe.at(cable).in(into).run("ssh", "nobody@" + Cable.SERVER, "--dry-run");
            assertEquals(0, ran.exit(), ran::toString);
            assertTrue(ran.out().startsWith("Nothing is sent."), ran::toString);
            tap.stop();
            assertEquals(0, server.accepted());
        }
        assertEquals(List.of(), List.copyOf(frames));
        assertEquals(0, Files.list(into).count());
    }

    @Test
    void aTestThatIsNoneIsAWordToBeCorrected() throws Exception {
        Probe.Ran ran = Probe.at(cable).in(into).run("ssh", Cable.SERVER, "--dry-run", "--without", "sweep,magic");
        assertEquals(2, ran.exit(), ran::toString);
        assertTrue(ran.err().contains("there is no test 'magic'"), ran::toString);
        Probe.Ran without = Probe.at(cable).in(into).run("ssh", Cable.SERVER, "--dry-run", "--without", "sweep");
        assertEquals(0, without.exit(), without::toString);
        assertTrue(without.out().contains("left out: sweep"), without::toString);
    }

    @Test
    void ipv6WorksAlike() throws Exception {
        try (SmallServer _ = new SmallServer(cable, REFUSES)) {
            for (String target : List.of(Cable.SERVER6, "[" + Cable.SERVER6 + "]:22")) {
                Probe.Ran ran = Probe.at(cable).run("ssh", "-6", target, "--into", into.toString(), "--timeout", "0.5");
                assertEquals(13, ran.exit(), ran::toString);
            }
        }
    }
}
