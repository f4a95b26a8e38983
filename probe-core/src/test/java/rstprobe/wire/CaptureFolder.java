package rstprobe.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;

/// A folder of capture files with a MANIFEST.tsv that says what tshark counts in each: `packets`, and as `rst` the
/// frames that match `tcp.flags.reset==1`.
///
/// @param root the folder
/// @param expected the counts by path below the folder
public record CaptureFolder(Path root, Map<String, Counts> expected) {
    /// Where a large collection of other people's captures is, if not in `shared/corpus` beside or above the sources.
    public static final String PROPERTY = "rstprobe.corpus";

    private static final String MANIFEST = "MANIFEST.tsv";

    /// Frames in a file, and those of them with a reset.
    public record Counts(int packets, int rst) {}

    /// The large collection, where this machine has it.
    public static Optional<CaptureFolder> corpus() {
        String named = System.getProperty(PROPERTY);
        if (named != null && !named.isBlank()) {
            return Optional.of(open(Path.of(named)));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path beside = at.resolve("shared").resolve("corpus");
            if (Files.isRegularFile(beside.resolve(MANIFEST))) {
                return Optional.of(open(beside));
            }
        }
        return Optional.empty();
    }

    /// The project's own captures.
    public static CaptureFolder own() {
        try {
            return open(
                    Path.of(CaptureFolder.class.getResource(MANIFEST).toURI()).getParent());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Every frame of the file that can be read.
    public List<Frame> frames(String path) {
        try (CaptureReader reader = CaptureReader.of(Files.readAllBytes(root.resolve(path)))) {
            List<Frame> frames = new ArrayList<>();
            reader.forEach(frames::add);
            return frames;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CaptureFolder open(Path root) {
        try {
            List<String[]> rows = Files.readAllLines(root.resolve(MANIFEST)).stream()
                    .map(line -> line.split("\t", -1))
                    .toList();
            List<String> columns = List.of(rows.getFirst());
            Map<String, Counts> expected = new TreeMap<>();
            for (String[] row : rows.subList(1, rows.size())) {
                Counts counts =
                        new Counts(number(row[columns.indexOf("packets")]), number(row[columns.indexOf("rst")]));
                expected.put(row[columns.indexOf("path")], counts);
            }
            return new CaptureFolder(root, expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(String cell) {
        return cell.isEmpty() ? 0 : Integer.parseInt(cell);
    }
}
