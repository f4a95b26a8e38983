package rstprobe.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Finding;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;

/// Incident folders as a user would send them, each the whole input of a test.
///
/// To make one of yours a test, copy the folder into `src/test/resources/rstprobe/incident`. It must replay to its own
/// report. Where a rule is changed on purpose,
/// `-Drstprobe.rerender=true` writes the reports and the manifest of every folder anew; what changed in
/// `report.json` is then the change to review.
class RecordedIncidentsTest {
    private static final Path FOLDERS = Path.of("src/test/resources/rstprobe/incident");

    private static List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(FOLDERS)) {
            return folders.map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFolderReplaysToItsOwnReport(String name, @TempDir Path scratch) throws Exception {
        Path folder = FOLDERS.resolve(name);
        if (Boolean.getBoolean("rstprobe.rerender")) {
            rerender(folder, scratch);
        }
        assertEquals(Files.readString(folder.resolve("report.json")), report(folder));
    }

    @ParameterizedTest
    @MethodSource("names")
    void anotherUserInAnotherCountryReadsTheSame(String name) throws Exception {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        String user = System.getProperty("user.name");
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Chatham"));
            System.setProperty("user.name", "nobody");
            assertEquals(Files.readString(FOLDERS.resolve(name).resolve("report.json")), report(FOLDERS.resolve(name)));
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertEquals(Files.readString(FOLDERS.resolve(name).resolve("report.json")), report(FOLDERS.resolve(name)));
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
            System.setProperty("user.name", user);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFolderWrittenAgainSaysTheSame(String name, @TempDir Path scratch) throws Exception {
        IncidentReader.Read read = IncidentReader.read(FOLDERS.resolve(name));
        IncidentReader.Read again = IncidentReader.read(writtenAgain(FOLDERS.resolve(name), scratch));
        assertEquals(Diagnosis.of(read.recording()), Diagnosis.of(again.recording()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFolderIsSmallAndWhole(String name) throws Exception {
        assertEquals(
                Optional.empty(), IncidentReader.read(FOLDERS.resolve(name)).caution());
        try (var files = Files.list(FOLDERS.resolve(name))) {
            assertTrue(files.mapToLong(file -> file.toFile().length()).sum() < 40_000);
        }
    }

    private static String report(Path folder) throws Exception {
        IncidentReader.Read read = IncidentReader.read(folder);
        return JsonReport.of(new Incident(read.name(), read.recording(), Diagnosis.of(read.recording())));
    }

    private static Path writtenAgain(Path folder, Path scratch) throws Exception {
        IncidentReader.Read read = IncidentReader.read(folder);
        Finding finding = Diagnosis.of(read.recording());
        try (IncidentFolder again = IncidentFolder.create(scratch, Instant.EPOCH, "again", 22)) {
            Files.copy(folder.resolve("capture.pcapng"), again.liveCapture());
            again.begin(read.recording());
            read.recording().events().forEach(again::append);
            again.finish(new Incident(read.name(), read.recording(), finding));
            return again.path();
        }
    }

    /// Everything but the recording and the capture's frames is written anew.
    private static void rerender(Path folder, Path scratch) throws Exception {
        Path again = writtenAgain(folder, scratch);
        for (String file : new String[] {"report.json", "report.txt", "report.md", "report.html", "capture.pcapng"}) {
            Files.write(folder.resolve(file), Files.readAllBytes(again.resolve(file)));
        }
        Files.writeString(
                folder.resolve(IncidentFolder.MANIFEST), Manifest.of(folder).json());
    }
}
