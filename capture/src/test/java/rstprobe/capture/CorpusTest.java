package rstprobe.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Real captures, collected from public repositories: we count the frames tshark counts, and damage never throws.
class CorpusTest {
    private static final int PATH = 0;
    private static final int PACKETS = 4;
    private static final int LARGEST_TO_DAMAGE = 200_000;

    @Test
    void every_public_capture_has_the_frames_tshark_counts_or_a_reason_why_not() throws IOException {
        Optional<Path> corpus = corpusOrWord();
        if (corpus.isEmpty()) {
            assertTrue(Captures.own().stream()
                            .mapToInt(file -> Captures.read(file).frames().size())
                            .sum()
                    > 0);
            return;
        }
        Map<String, String> expected = differences();
        Map<String, String> found = new LinkedHashMap<>();
        for (String[] line : Captures.manifest(corpus.get())) {
            int frames =
                    Captures.read(corpus.get().resolve(line[PATH])).frames().size();
            if (frames != Integer.parseInt(line[PACKETS])) {
                found.put(line[PATH], Integer.toString(frames));
            }
        }
        assertEquals(expected, found);
    }

    @Test
    void cut_and_flipped_captures_never_throw_and_keep_the_frames_before_the_damage() throws IOException {
        long seed = System.nanoTime();
        System.out.println("CorpusTest seed " + seed);
        Random random = new Random(seed);
        Optional<Path> corpus = corpusOrWord();
        List<Path> files = corpus.isEmpty()
                ? Captures.own()
                : Captures.manifest(corpus.get()).stream()
                        .map(line -> corpus.get().resolve(line[PATH]))
                        .toList();
        for (Path file : files) {
            if (Files.size(file) > LARGEST_TO_DAMAGE) {
                continue;
            }
            byte[] whole = Files.readAllBytes(file);
            List<Frame> frames = Captures.read(whole).frames();
            for (int i = 0; i < 8 && whole.length > 0; i++) {
                List<Frame> before = Captures.read(Arrays.copyOf(whole, random.nextInt(whole.length)))
                        .frames();
                assertEquals(frames.subList(0, before.size()), before, file.toString());
                byte[] flipped = whole.clone();
                flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                Captures.read(flipped);
            }
        }
    }

    private static Optional<Path> corpusOrWord() {
        Optional<Path> corpus = Captures.corpus();
        if (corpus.isEmpty()) {
            System.out.println("CorpusTest: shared/corpus is absent; this runs on the project's own "
                    + Captures.own().size() + " captures");
        }
        return corpus;
    }

    private static Map<String, String> differences() throws IOException {
        Map<String, String> frames = new LinkedHashMap<>();
        Path list = Path.of("src/test/resources/rstprobe/capture/corpus-differences.tsv");
        for (String line : Files.readAllLines(list, StandardCharsets.UTF_8).stream()
                .skip(1)
                .toList()) {
            String[] cells = line.split("\t");
            assertTrue(cells.length == 3 && !cells[2].isBlank(), "a difference needs its reason: " + line);
            frames.put(cells[0], cells[1]);
        }
        return frames;
    }
}
