package rstprobe.diagnose;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A large collection of other people's captures, where this machine has it: named by `-Drstprobe.corpus`, or
/// `shared/corpus` beside or above the sources.
///
/// @param root  the folder
/// @param files what its MANIFEST.tsv names
record Corpus(Path root, List<Entry> files) {
    private static final String PROPERTY = "rstprobe.corpus";
    private static final String MANIFEST = "MANIFEST.tsv";

    /// One file.
    ///
    /// @param resets frames with a reset, as tshark counts them
    /// @param label  what its author says of its resets; empty where nobody does
    record Entry(String path, int resets, String label) {}

    static Optional<Corpus> here() {
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

    Path file(Entry entry) {
        return root.resolve(entry.path());
    }

    private static Corpus open(Path root) {
        try {
            List<String[]> rows = Files.readAllLines(root.resolve(MANIFEST)).stream()
                    .map(line -> line.split("\t", -1))
                    .toList();
            List<String> columns = List.of(rows.getFirst());
            int resets = columns.indexOf("rst");
            return new Corpus(
                    root,
                    rows.stream()
                            .skip(1)
                            .map(row -> new Entry(
                                    row[columns.indexOf("path")],
                                    row[resets].isEmpty() ? 0 : Integer.parseInt(row[resets]),
                                    row[columns.indexOf("label")]))
                            .toList());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
