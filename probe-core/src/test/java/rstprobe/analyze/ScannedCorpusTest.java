package rstprobe.analyze;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import rstprobe.wire.CaptureFolder;
import rstprobe.wire.CaptureFolder.Counts;

/// Whole files of the corpus: frames, conversations and resets are tshark's, or the difference has its reason; and
/// files that are cut or have a bit flipped are read as far as they make sense.
///
/// `-Drstprobe.corpus.damage=all` damages every file in 48 ways; without it a few of each.
class ScannedCorpusTest {
    private static final int CUTS = 32, FLIPS = 16;
    private static final String DAMAGE = "rstprobe.corpus.damage";

    private record Difference(String ours, String reason) {}

    @Test
    void everyCountIsTsharksOrHasAReason() throws IOException, ScanFailure {
        Optional<CaptureFolder> corpus = corpusOrWord();
        CaptureFolder folder = corpus.orElseGet(CaptureFolder::own);
        Map<String, Difference> explained = corpus.isPresent() ? explained() : new TreeMap<>();
        Map<String, String> conversations = corpus.isPresent() ? table("corpus-conversations.tsv") : Map.of();
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, Counts> row : folder.expected().entrySet()) {
            String path = row.getKey();
            try (CaptureScan scan = scan(new CaptureSource.OfFile(folder.root().resolve(path)))) {
                ScannedFile file = scan.files().getFirst();
                int theirConversations = corpus.isPresent()
                        ? Integer.parseInt(conversations.getOrDefault(path, "0"))
                        : (int) file.conversations();
                String theirs = row.getValue().packets() + " frames, " + theirConversations + " conversations, "
                        + row.getValue().rst() + " resets";
                String ours = file.packets() + " frames, " + file.conversations() + " conversations, "
                        + (file.resets() + file.quotedResets()) + " resets";
                Difference difference = explained.remove(path);
                String expected = difference == null ? theirs : difference.ours();
                if (!ours.equals(expected) || difference != null && ours.equals(theirs)) {
                    wrong.add(path + ": tshark " + theirs + ", ours " + ours);
                }
                gathersEveryReset(path, scan, file, wrong);
            }
        }
        explained.keySet().forEach(path -> wrong.add("no such file: " + path));
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    }

    private static void gathersEveryReset(String path, CaptureScan scan, ScannedFile file, List<String> wrong) {
        long resets = 0;
        for (int i = 0; i < scan.accused(); i++) {
            AccusedConversation accused = scan.accused(i);
            resets += accused.resetsInAll();
            for (int place : accused.resets()) {
                assertTrue(place < accused.frames().size(), path);
            }
        }
        if (resets != file.resets()) {
            wrong.add(path + ": " + file.resets() + " resets, in conversations " + resets);
        }
    }

    @Test
    void filesThatAreCutOrHaveABitFlippedAreReadAsFarAsTheyMakeSense() throws IOException, ScanFailure {
        CaptureFolder folder = corpusOrWord().orElseGet(CaptureFolder::own);
        boolean all = "all".equals(System.getProperty(DAMAGE));
        long seed = System.nanoTime();
        System.out.println("ScannedCorpusTest seed " + seed);
        Random random = new Random(seed);
        int scans = 0;
        for (String path : folder.expected().keySet()) {
            Path file = folder.root().resolve(path);
            if (Files.size(file) == 0 || !all && random.nextInt(8) != 0) {
                continue;
            }
            byte[] whole = Files.readAllBytes(file);
            for (int i = 0; i < (all ? CUTS : 2); i++) {
                looksAtAllOf(path, Arrays.copyOf(whole, random.nextInt(whole.length)));
                scans++;
            }
            for (int i = 0; i < (all ? FLIPS : 2); i++) {
                byte[] flipped = whole.clone();
                flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                looksAtAllOf(path, flipped);
                scans++;
            }
        }
        System.out.println("ScannedCorpusTest: " + scans + " damaged captures of " + folder.root());
        assertTrue(scans > 0);
    }

    private static void looksAtAllOf(String path, byte[] capture) throws ScanFailure {
        try (CaptureScan scan = scan(Crafted.source(path, capture))) {
            ScannedFile file = scan.files().getFirst();
            assertEquals(file.state() == ScannedFile.State.NOT_READ ? 0 : file.packets(), file.matched(), path);
            assertFalse(
                    file.state() != ScannedFile.State.WHOLE && file.problems().isEmpty(), path);
            scan.conversations().forEach(accused -> assertTrue(accused.leftOut() >= 0, path));
        }
    }

    private static CaptureScan scan(CaptureSource source) throws ScanFailure {
        return CaptureScan.of(List.of(source), new ScanPlan(Optional.empty(), 2, ScanProgress.NONE));
    }

    private static Optional<CaptureFolder> corpusOrWord() {
        Optional<CaptureFolder> corpus = CaptureFolder.corpus();
        if (corpus.isEmpty()) {
            System.out.println("ScannedCorpusTest: no shared/corpus above " + System.getProperty("user.dir")
                    + " and no -D" + CaptureFolder.PROPERTY + "; only the project's own captures are scanned");
        }
        return corpus;
    }

    private static Map<String, Difference> explained() throws IOException {
        Map<String, Difference> explained = new TreeMap<>();
        for (String line : lines("corpus-differences.tsv")) {
            String[] cells = line.split("\t", -1);
            assertFalse(cells[2].isBlank(), line);
            explained.put(cells[0], new Difference(cells[1], cells[2]));
        }
        return explained;
    }

    private static Map<String, String> table(String name) throws IOException {
        Map<String, String> table = new TreeMap<>();
        for (String line : lines(name)) {
            table.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1));
        }
        return table;
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = ScannedCorpusTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }
}
