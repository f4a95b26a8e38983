package rstprobe.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Captures for tests to read: the project's own small set, and the public corpus where it is.
final class Captures {
    private static final String MANIFEST = "MANIFEST.tsv";

    private Captures() {}

    /// All frames of a capture, and how it ended.
    record Read(List<Frame> frames, Optional<Damage> damage) {}

    static Read read(byte[] capture) {
        try (CaptureReader reader = CaptureReader.of(capture)) {
            return read(reader);
        }
    }

    static Read read(Path file) {
        try (CaptureReader reader = CaptureReader.open(file)) {
            return read(reader);
        } catch (CaptureFileFailure failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Read read(CaptureReader reader) {
        List<Frame> frames = new ArrayList<>();
        reader.forEach(frames::add);
        return new Read(frames, reader.damage());
    }

    /// The folder with `MANIFEST.tsv`: named by the property `rstprobe.corpus`, or `shared/corpus` beside the checkout.
    static Optional<Path> corpus() {
        String named = System.getProperty("rstprobe.corpus", "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named));
        }
        return Stream.iterate(Path.of("").toAbsolutePath(), folder -> folder != null, Path::getParent)
                .map(folder -> folder.resolve("shared/corpus"))
                .filter(folder -> Files.isRegularFile(folder.resolve(MANIFEST)))
                .findFirst();
    }

    /// The project's own small set, which is the fuzzer's seeds too.
    static List<Path> own() {
        try (Stream<Path> files = Files.list(Path.of(
                "src/test/resources/rstprobe/capture/CaptureReaderFuzzTestInputs/everyByteStringIsReadToAnEnd"))) {
            return files.sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The lines of the corpus's manifest, cells apart, without its head.
    static List<String[]> manifest(Path corpus) {
        try {
            return Files.readAllLines(corpus.resolve(MANIFEST), StandardCharsets.UTF_8).stream()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
