package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Cause;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;

/// Documents against the schemas that `rstprobe schema` prints.
class JsonReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    @Test
    void everyHandMadeIncidentIsValid() throws IOException {
        for (Map.Entry<String, Incident> incident : Incidents.all().entrySet()) {
            assertEquals(Set.of(), faults("ssh", JsonReport.of(incident.getValue())), incident.getKey());
        }
    }

    @Test
    void anyIncidentIsValidWhateverItsStringsAre() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 5; i++) {
            Variants variants = new Variants(() -> "x" + Hostile.banner(random), () -> Hostile.bytes(random));
            List<Incident> incidents = variants.of(Incident.class);
            for (int at = i; at < incidents.size(); at += 5) {
                Incident incident = incidents.get(at);
                String document = JsonReport.of(incident);
                assertEquals(Set.of(), faults("ssh", document), "seed " + seed + "\n" + document);
                assertEquals(document, JsonReport.of(incident), "the same incident gives the same bytes");
            }
        }
    }

    @Test
    void theSchemaNamesEveryWordOfTheCode() throws IOException {
        JsonNode words = schemaText("ssh").get("$defs");
        assertWithin(Arrays.stream(Cause.values()).map(Cause::id).toList(), words.get("cause"));
        assertEquals(
                Arrays.stream(Origin.values()).map(Origin::word).collect(Collectors.toCollection(TreeSet::new)),
                enumeration(words.get("origin")));
        assertEquals(
                Arrays.stream(Stage.values()).map(Stage::word).collect(Collectors.toCollection(TreeSet::new)),
                enumeration(words.get("stage")));
        assertEquals(
                Arrays.stream(Finding.StageOutcome.values())
                        .map(Finding.StageOutcome::word)
                        .collect(Collectors.toCollection(TreeSet::new)),
                enumeration(words.get("outcome")));
        JsonNode analyze = schemaText("analyze").get("$defs");
        // A capture does not say on which host it was made.
        TreeSet<String> ofCaptures = enumeration(words.get("origin"));
        ofCaptures.remove(Origin.THIS_HOST.word());
        ofCaptures.add("client");
        assertEquals(ofCaptures, enumeration(analyze.get("origin")));
        assertEquals(words.get("stage"), analyze.get("stage"));
    }

    @Test
    void everyObjectOfEverySchemaIsClosedAndComplete() throws IOException {
        for (String name : List.of("ssh", "mtu", "analyze", "server", "idle")) {
            assertEquals(Set.of(), faultsOfSchema(schemaText(name)), name);
            for (JsonNode object : objects(schemaText(name))) {
                assertEquals(false, object.path("additionalProperties").asBoolean(true), name + ": " + object);
                assertEquals(
                        enumeration(object.get("required"), ""),
                        new TreeSet<>(StreamSupport.stream(
                                        ((Iterable<String>) () ->
                                                        object.get("properties").fieldNames())
                                                .spliterator(),
                                        false)
                                .toList()),
                        name);
            }
        }
    }

    @Test
    void aDocumentWithAKeyTooManyOrTooFewIsRefused() throws IOException {
        String valid = JsonReport.of(Incidents.forgedReset());
        assertFalse(faults("ssh", valid.replace("\"mtu\": null,", "")).isEmpty());
        assertFalse(faults("ssh", valid.replace("\"mtu\": null,", "\"mtu\": null, \"more\": 1,"))
                .isEmpty());
        assertFalse(faults("ssh", valid.replace("\"on-path\"", "\"nobody\"")).isEmpty());
        assertFalse(faults("ssh", valid.replace("\"confidence\": 0.97", "\"confidence\": 1.2"))
                .isEmpty());
        String healthy = JsonReport.of(Incidents.healthy());
        assertFalse(faults("ssh", healthy.replace("\"origin\": null", "\"origin\": \"path\""))
                .isEmpty());
    }

    @Test
    void theDocumentsOfTheOtherCommandsHaveASchemaThatTheyMeet() throws IOException {
        String direction = """
                {"pathMtu":1400,"lost":1401,"blackHole":true,"signal":"silence",
                 "hop":{"after":1,"before":2,"address":"198.18.2.1"},"likelyCause":"wireguard","method":"tcp",
                 "probes":23,"rounds":4,"millis":812.0,
                 "claims":[{"from":"198.18.2.1","mtu":0,"count":3,"truth":"unnamed"}]}""";
        String target = """
                {"host":"db7","port":22,"address":"198.18.3.2","status":"exact","forward":%s,"reverse":null,
                 "mssClamp":{"sent":1460,"arrived":1360},"flows":[{"pathMtu":1400,"flows":3}],"problem":null}""".formatted(direction);
        assertEquals(Set.of(), faults("mtu", "{\"schema\":\"rstprobe.mtu/1\",\"targets\":[" + target + "]}"));
        assertFalse(faults("mtu", "{\"schema\":\"rstprobe.mtu/1\",\"targets\":[{}]}")
                .isEmpty());
        assertEquals(
                Set.of(),
                faults("ssh", JsonReport.of(Incidents.healthy()).replace("\"mtu\": null", "\"mtu\": " + target)));
        assertEquals(Set.of(), faults("analyze", """
                {"schema":"rstprobe.analyze/1",
                 "files":[{"file":"a.pcap","packets":20,"bytes":1400,"flows":1,"resets":1,"truncated":false,
                           "problems":[]}],
                 "resets":[{"file":"a.pcap","frame":14,"sender":"198.18.3.2:22","receiver":"198.18.1.2:40000",
                            "origin":"on-path","confidence":0.9,"stage":"kexinit",
                            "evidence":[{"id":"reset-ttl-differs","weight":15,"supports":"on-path","frames":[11,14],
                                         "text":"TTL 63 and 62"}]}]}"""));
    }

    @Test
    void certaintyIsNeverMadeByRounding() throws IOException {
        assertEquals("0.99", confidence(0.99999).toString());
        assertEquals("0.97", confidence(0.9712).toString());
        assertEquals("0.13", confidence(0.125).toString());
        assertEquals("0.00", confidence(Double.NaN).toString());
        assertEquals("0.00", confidence(-1).toString());
        assertEquals("1.00", confidence(1).toString());
        Incident sure = withVerdict(new Verdict.Healthy("it works", 0.9999999));
        assertEquals(
                0.99,
                MAPPER.readTree(JsonReport.of(sure)).at("/verdict/confidence").asDouble());
    }

    @Test
    void bytesThatAreNoTextStayVisibleInTheDocument() throws IOException {
        Finding finding = Incidents.healthy().finding();
        Finding.ServerFacts odd = new Finding.ServerFacts(
                Optional.of("SSH-2.0-\u00c3\u00bc\u00ff\u001b"), Optional.empty(), Optional.empty(), List.of("\uD83D"));
        Incident incident = new Incident(
                "incident",
                Incidents.healthy().recording(),
                new Finding(
                        finding.verdict(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        odd));
        JsonNode server = MAPPER.readTree(JsonReport.of(incident)).get("server");
        assertEquals("SSH-2.0-ü\\xff\u001b", server.get("identification").asText());
        assertEquals("\\u{d83d}", server.get("authMethods").get(0).asText());
    }

    private static Object confidence(double probability) {
        return Wording.confidence(probability);
    }

    private static Incident withVerdict(Verdict verdict) {
        Finding old = Incidents.healthy().finding();
        return new Incident(
                "incident",
                Incidents.healthy().recording(),
                new Finding(
                        verdict,
                        old.alternatives(),
                        old.evidence(),
                        old.ruledOut(),
                        old.nextTest(),
                        old.nextSteps(),
                        old.stages(),
                        old.server()));
    }

    private static Set<String> faults(String schema, String document) throws IOException {
        return messages(SCHEMAS.getSchema(schemaText(schema)).validate(MAPPER.readTree(document)));
    }

    private static Set<String> faultsOfSchema(JsonNode schema) {
        JsonSchema meta = SCHEMAS.getSchema(
                com.networknt.schema.SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        return messages(meta.validate(schema));
    }

    private static Set<String> messages(Set<ValidationMessage> found) {
        return found.stream().map(ValidationMessage::getMessage).collect(Collectors.toSet());
    }

    private static JsonNode schemaText(String name) throws IOException {
        try (InputStream text = JsonReport.class.getResourceAsStream("schema/" + name + ".schema.json")) {
            assertTrue(text != null, name + " has no schema");
            return MAPPER.readTree(text);
        }
    }

    private static List<JsonNode> objects(JsonNode schema) {
        return schema.findParents("properties").stream()
                .filter(node -> node.path("type").asText().equals("object"))
                .toList();
    }

    private static void assertWithin(List<String> words, JsonNode enumeration) {
        TreeSet<String> missing = new TreeSet<>(words);
        missing.removeAll(enumeration(enumeration));
        assertEquals(Set.of(), missing);
    }

    private static TreeSet<String> enumeration(JsonNode definition) {
        return enumeration(definition.get("enum"), "");
    }

    private static TreeSet<String> enumeration(JsonNode list, String prefix) {
        TreeSet<String> words = new TreeSet<>();
        list.forEach(word -> words.add(prefix + word.asText()));
        return words;
    }
}
