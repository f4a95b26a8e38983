package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.BothSides;
import rstprobe.diagnose.Cause;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerClock;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.diagnose.ServerScope;
import rstprobe.diagnose.ServerSide;

/// What `rstprobe server` prints, for programs and for people, whatever the server says.
class ServerReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long NOW = 1_793_714_130L;

    private static ServerStory story(String line, boolean joined) {
        List<ServerAnswer> answers = List.of(
                answer(ServerQuestion.VERSION, "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026"),
                answer(ServerQuestion.SETTINGS, "port 22", "maxstartups 10:30:100"),
                answer(
                        ServerQuestion.JOURNAL,
                        (NOW - 5) + ".25 db7 sshd[8]: refused connect from " + line + " (198.18.1.2)"),
                answer(ServerQuestion.LISTENERS, "LISTEN 0 128 0.0.0.0:22 0.0.0.0:*"),
                new ServerAnswer(
                        ServerQuestion.NFT,
                        "nft -a list ruleset",
                        new ServerAnswer.Ended.Exited(1),
                        List.of(),
                        List.of("Operation not permitted (you must be root)"),
                        false));
        ServerSide side = ServerSide.of(new ServerSide.Collected(
                ServerScope.of(NOW - 900, 22, Optional.of("198.18.1.2")),
                new ServerClock(NOW, "+00:00", 7),
                Optional.empty(),
                answers,
                List.of()));
        if (!joined) {
            return new ServerStory("local", side, Optional.empty(), Optional.empty());
        }
        Incident incident = Incidents.forgedReset();
        BothSides.Joined both = BothSides.of(incident.finding(), incident.recording(), side, NOW);
        return new ServerStory(
                "local",
                side,
                Optional.of(both),
                Optional.of(new Incident(incident.name(), incident.recording(), both.finding())));
    }

    private static ServerAnswer answer(ServerQuestion question, String... lines) {
        return new ServerAnswer(
                question,
                String.join(" ", question.wordsWithNames()),
                new ServerAnswer.Ended.Exited(0),
                List.of(lines),
                List.of(),
                false);
    }

    @Test
    void theDocumentMeetsItsSchemaWhateverTheServerSays() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            ServerStory story = story(Hostile.banner(random).replaceAll("\\R", ""), i % 2 == 0);
            String document = ServerJsonReport.of(story);
            assertEquals(Set.of(), faults(document), "seed " + seed + "\n" + document);
            assertEquals(document, ServerJsonReport.of(story), "the same story gives the same bytes");
        }
        assertEquals(Set.of(), faults(ServerJsonReport.of(story("jump.example", true))));
    }

    @Test
    void theTextObeysNoTerminalWhateverTheServerSays() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            String text = ServerTextReport.of(story(Hostile.banner(random), i % 2 == 0), false, Optional.empty());
            assertTrue(
                    text.chars().allMatch(c -> c == '\n' || c >= 0x20 && c != 0x7f && !(c >= 0x80 && c < 0xa0)),
                    "seed " + seed + "\n" + text);
        }
    }

    @Test
    void aPersonReadsTheCauseFirstThenTheLineThatShowsIt() {
        String text = ServerTextReport.of(story("jump.example", false), false, Optional.empty());
        assertTrue(text.startsWith("FOUND  tcp-wrappers: TCP wrappers"), text);
        assertTrue(text.contains("sshd[8]: refused connect from jump.example (198.18.1.2)"), text);
        assertTrue(text.contains("the server's clock is 7 s ahead of ours"), text);
        assertTrue(text.contains("not read\n  nft"), text);
        assertTrue(text.contains("as root there is more to read"), text);
        assertEquals(13, story("jump.example", false).exitCode());
    }

    @Test
    void theSchemaNamesEveryCause() throws Exception {
        Set<String> named = new TreeSet<>();
        schema().at("/$defs/cause/enum").forEach(word -> named.add(word.asText()));
        assertTrue(
                named.containsAll(Arrays.stream(Cause.values()).map(Cause::id).collect(Collectors.toSet())));
    }

    private static Set<String> faults(String document) throws Exception {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema())
                .validate(MAPPER.readTree(document))
                .stream()
                .map(Object::toString)
                .collect(Collectors.toSet());
    }

    private static JsonNode schema() throws Exception {
        try (InputStream in =
                ServerReportTest.class.getResourceAsStream("/rstprobe/report/schema/server.schema.json")) {
            return MAPPER.readTree(in);
        }
    }
}
