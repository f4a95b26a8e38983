package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The reports a person gets, kept as files. `-Drstprobe.golden.write=true` writes them anew; read the difference
/// before
/// committing it.
class GoldenReportsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/rstprobe/report/golden");
    private static final boolean WRITE = Boolean.getBoolean("rstprobe.golden.write");
    private static final Map<String, Function<Incident, String>> FORMS = Map.of(
            "txt", incident -> TextReport.of(incident, false, Optional.of("/var/tmp/" + incident.name())),
            "json", JsonReport::of,
            "md", MarkdownReport::of,
            "html", HtmlReport::of,
            "comments", GoldenReportsTest::comments);

    static Stream<String> files() {
        return Incidents.all().keySet().stream()
                .flatMap(name -> FORMS.keySet().stream().sorted().map(form -> name + "." + form));
    }

    @ParameterizedTest
    @MethodSource("files")
    void anIncidentStillReadsAsItDid(String file) throws IOException {
        int dot = file.lastIndexOf('.');
        String report = FORMS.get(file.substring(dot + 1)).apply(Incidents.all().get(file.substring(0, dot)));
        Path golden = GOLDEN.resolve(file);
        if (WRITE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, report);
        }
        assertTrue(Files.exists(golden), golden + " is missing: run with -Drstprobe.golden.write=true and read it");
        String expected = Files.readString(golden);
        if (!expected.equals(report)) {
            System.out.println("=== " + file + " is now\n" + report);
        }
        assertEquals(expected, report);
    }

    @Test
    void noGoldenFileIsWithoutItsIncident() throws IOException {
        try (Stream<Path> kept = Files.list(GOLDEN)) {
            assertEquals(
                    files().collect(Collectors.toSet()),
                    kept.map(path -> path.getFileName().toString()).collect(Collectors.toSet()));
        }
    }

    private static String comments(Incident incident) {
        FrameComments comments = FrameComments.of(incident);
        return comments.byFrame().entrySet().stream()
                .map(comment -> "\n[" + comment.getKey() + "]\n" + comment.getValue() + "\n")
                .collect(Collectors.joining("", "[section]\n" + comments.section() + "\n", ""));
    }
}
