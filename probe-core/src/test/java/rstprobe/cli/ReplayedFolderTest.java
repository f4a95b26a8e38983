package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.LinkType;
import rstprobe.capture.PcapngWriter;
import rstprobe.capture.SectionFacts;
import rstprobe.diagnose.Diagnosis;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.report.FrameComments;
import rstprobe.report.HtmlReport;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;
import rstprobe.report.MarkdownReport;
import rstprobe.report.TextReport;

/// Folders that come from elsewhere: whole, cut, changed, newer than we are, or made to harm.
final class ReplayedFolderTest {
    private static final int CHANGES_OF_A_FILE = 24;
    private static final int MUTATIONS = 1_500;

    @TempDir
    private static Path original;

    @TempDir
    private Path into;

    /// A real run against a server that resets us in the key exchange.
    @BeforeAll
    static void record() throws Exception {
        try (Cable cable = new Cable();
                SmallServer _ = new SmallServer(cable, peer -> {
                    SmallServer.say(peer, SmallServer.IDENTIFICATION);
                    SmallServer.hear(peer, 600);
                    SmallServer.abort(peer);
                })) {
            Probe.at(cable).run("ssh", Cable.SERVER, "--into", original.toString(), "--budget", "2");
        }
    }

    @AfterAll
    static void nothingElseIsLeft() throws IOException {
        Probe.incident(original);
    }

    @Test
    void theSameFolderGivesTheSameAnswer() throws Exception {
        Path folder = copy();
        IncidentReader.Read read = IncidentReader.read(folder);
        assertEquals(Optional.empty(), read.caution());
        Incident incident = new Incident(read.name(), read.recording(), Diagnosis.of(read.recording()));
        assertEquals(Files.readString(folder.resolve("report.json")), JsonReport.of(incident));
    }

    @Test
    void oneBitAnywhereIsSeenAndTheFileIsNamed() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path folder = copy();
        for (Path file : files(folder)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int change = 0; change < CHANGES_OF_A_FILE; change++) {
                byte[] changed = bytes.clone();
                int bit = random.nextInt(bytes.length * 8);
                changed[bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(file, changed);
                String why = "seed " + seed + ": bit " + bit + " of " + file.getFileName();
                UnreadableIncident told =
                        assertThrows(UnreadableIncident.class, () -> IncidentReader.read(folder), why);
                String name = file.getFileName().toString();
                assertTrue(told.getMessage().contains(name) || name.equals("manifest.json"), told::getMessage);
                assertEquals(1, told.getMessage().lines().count());
            }
            Files.write(file, bytes);
        }
        IncidentReader.read(folder);
    }

    @Test
    void aChangedFolderIsAUsageErrorThatNamesTheFile() throws Exception {
        Path folder = copy();
        Files.writeString(folder.resolve("report.html"), "<p>");
        new Probe().run("replay", folder.toString()).oneLine(Exit.USAGE, "report.html was changed");
        new Probe().run("replay", into.resolve("none").toString()).oneLine(Exit.USAGE, "there is no ");
    }

    @Test
    void aNewerFolderIsRefused() throws Exception {
        Path folder = copy();
        change(folder, "manifest.json", "manifest/1", "manifest/2");
        assertRefused(folder, "manifest.json is of schema rstprobe.manifest/2");
        Files.delete(folder.resolve("manifest.json"));
        change(folder, "recording.jsonl", "\"version\":", "\"version\":99");
        assertRefused(folder, "recording.jsonl is of version 99");
    }

    @Test
    void aManifestLeadsNowhereElse() throws Exception {
        for (String name : List.of("../x", "/etc/passwd", "a/b", "..", "", "x\\u0000y")) {
            Path folder = copy();
            change(folder, "manifest.json", "report.md", name);
            assertRefused(folder, "manifest.json");
        }
        Path folder = copy();
        Path elsewhere = into.resolve("elsewhere");
        Files.move(folder.resolve("recording.jsonl"), elsewhere);
        Files.createSymbolicLink(folder.resolve("recording.jsonl"), elsewhere);
        assertRefused(folder, "recording.jsonl is missing");
        Files.delete(folder.resolve("manifest.json"));
        assertRefused(folder, "recording.jsonl is missing");
    }

    @Test
    void hugeAndDeepLinesAreRefused() throws Exception {
        Path folder = copy();
        Files.delete(folder.resolve("manifest.json"));
        Path lines = folder.resolve("recording.jsonl");
        String good = Files.readString(lines);
        Files.writeString(lines, good + "[".repeat(1_000_000) + "\n" + good);
        assertRefused(folder, "recording.jsonl cannot be read");
        Files.writeString(lines, good + "{\"line\":\"" + "x".repeat(17 << 20) + "\"}\n");
        assertRefused(folder, "recording.jsonl has more than");
        Files.writeString(lines, good + "{\"line\":\"run\",\"version\":1e999999999}\n" + good);
        assertRefused(folder, "recording.jsonl");
        Files.writeString(lines, "");
        assertRefused(folder, "recording.jsonl does not begin with a run");
        Files.writeString(lines, good);
        Files.write(folder.resolve("capture.pcapng"), new byte[] {1, 2, 3});
        assertTrue(IncidentReader.read(folder).caution().isPresent());
    }

    /// Each attempt and each crafted packet is held against every frame, and a comment may be longer than its frame.
    @Test
    void whatWouldTakeForeverOrAllMemoryIsRefused() throws Exception {
        Path folder = copy();
        Files.delete(folder.resolve("manifest.json"));
        Path lines = folder.resolve("recording.jsonl");
        String good = Files.readString(lines);
        String opened = good.lines()
                .filter(line -> line.contains("\"kind\":\"opened\""))
                .findFirst()
                .orElseThrow();
        Files.writeString(lines, good + (opened + "\n").repeat(101));
        assertRefused(folder, "more than 100 attempts");
        Files.writeString(lines, good);
        Path capture = folder.resolve("capture.pcapng");
        Files.delete(capture);
        try (PcapngWriter writer = PcapngWriter.create(capture, SectionFacts.NONE)) {
            writer.addInterface(new InterfaceFacts("eth0", LinkType.ETHERNET, 0, ""));
            for (int i = 1; i <= 600; i++) {
                Frame frame = new Frame(i, i, LinkType.ETHERNET, new byte[60], 60, 0);
                writer.write(frame.withComment("x".repeat(60_000)));
            }
        }
        assertRefused(folder, "the capture is larger than");
    }

    /// A run that was killed leaves files that end anywhere.
    @Test
    void aCutFolderIsReadAsFarAsItGoes() throws Exception {
        Path folder = copy();
        Files.delete(folder.resolve("manifest.json"));
        for (String name : List.of("recording.jsonl", "capture.pcapng")) {
            Path file = folder.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            int first = name.equals("recording.jsonl") ? new String(bytes).indexOf('\n') + 1 : 1;
            for (int end = first; end < bytes.length; end += bytes.length / 64) {
                Files.write(file, Arrays.copyOf(bytes, end));
                IncidentReader.Read read = IncidentReader.read(folder);
                assertTrue(read.caution().isPresent());
                render(read);
            }
            Files.write(file, bytes);
        }
    }

    /// Whatever one value of a recording becomes, it is refused or diagnosed, and never trips us.
    @Test
    void aForgedRecordingIsRefusedOrDiagnosed() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path folder = copy();
        Files.delete(folder.resolve("manifest.json"));
        Path file = folder.resolve("recording.jsonl");
        List<String> good = Files.readAllLines(file);
        ObjectMapper mapper = new ObjectMapper();
        int refused = 0;
        for (int mutation = 0; mutation < MUTATIONS; mutation++) {
            List<String> lines = new ArrayList<>(good);
            int index = random.nextInt(lines.size());
            JsonNode line = mapper.readTree(lines.get(index));
            mutate(line, random);
            lines.set(index, line.toString());
            Files.write(file, lines);
            try {
                render(IncidentReader.read(folder));
            } catch (UnreadableIncident _) {
                refused++;
            } catch (RuntimeException | Error mistake) {
                throw new AssertionError("seed " + seed + ": " + line, mistake);
            }
        }
        System.out.println("refused " + refused + " of " + MUTATIONS);
    }

    private static void mutate(JsonNode node, Random random) {
        switch (node) {
            case ObjectNode object
            when !object.isEmpty() -> {
                List<String> keys = new ArrayList<>();
                object.fieldNames().forEachRemaining(keys::add);
                String key = keys.get(random.nextInt(keys.size()));
                if (object.get(key).isContainerNode() && random.nextInt(4) != 0) {
                    mutate(object.get(key), random);
                } else if (random.nextInt(6) == 0) {
                    object.remove(key);
                } else {
                    object.set(key, random.nextInt(3) == 0 ? other(random) : alike(object.get(key), random));
                }
            }
            case ArrayNode array when !array.isEmpty() -> array.set(random.nextInt(array.size()), other(random));
            default -> {}
        }
    }

    /// Another value of the same kind, which is less likely to be refused.
    private static JsonNode alike(JsonNode old, Random random) {
        var nodes = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance;
        return switch (old.getNodeType()) {
            case NUMBER ->
                switch (random.nextInt(6)) {
                    case 0 -> nodes.numberNode(0);
                    case 1 -> nodes.numberNode(-1);
                    case 2 -> nodes.numberNode(Integer.MAX_VALUE);
                    case 3 -> nodes.numberNode(Integer.MIN_VALUE);
                    case 4 -> nodes.numberNode(old.asLong() + random.nextInt(200) - 100);
                    default -> nodes.numberNode(random.nextLong());
                };
            case STRING ->
                nodes.textNode(
                        old.asText().substring(random.nextInt(old.asText().length() + 1)));
            case BOOLEAN -> nodes.booleanNode(!old.asBoolean());
            case ARRAY, OBJECT, NULL, BINARY, MISSING, POJO -> other(random);
        };
    }

    private static JsonNode other(Random random) {
        var nodes = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance;
        return switch (random.nextInt(9)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(-1);
            case 2 -> nodes.numberNode(Long.MAX_VALUE);
            case 3 -> nodes.numberNode(Integer.MAX_VALUE);
            case 4 -> nodes.textNode("");
            case 5 -> nodes.textNode("\u001b[2J\u202e" + "x".repeat(random.nextInt(300)));
            case 6 -> nodes.arrayNode();
            case 7 -> nodes.numberNode(random.nextInt(70_000));
            default -> nodes.booleanNode(random.nextBoolean());
        };
    }

    private static void render(IncidentReader.Read read) {
        Incident incident = new Incident(read.name(), read.recording(), Diagnosis.of(read.recording()));
        JsonReport.of(incident);
        TextReport.of(incident, true, Optional.of("folder"));
        MarkdownReport.of(incident);
        HtmlReport.of(incident);
        FrameComments.of(incident);
    }

    private static void assertRefused(Path folder, String words) {
        UnreadableIncident told = assertThrows(UnreadableIncident.class, () -> IncidentReader.read(folder));
        assertTrue(told.getMessage().contains(words), told::getMessage);
    }

    private static void change(Path folder, String file, String from, String to) throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertTrue(text.contains(from), text);
        Files.writeString(path, text.replace(from, to));
    }

    private Path copy() throws IOException {
        Path copy = Files.createTempDirectory(into, "copy");
        for (Path file : files(Probe.incident(original))) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
