package rstprobe.cli;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.IdleDiagnosis;
import rstprobe.diagnose.MtuDiagnosis;
import rstprobe.diagnose.OtherSurvey;
import rstprobe.incident.IncidentReader;
import rstprobe.incident.UnreadableIncident;
import rstprobe.report.HtmlReport;
import rstprobe.report.Incident;
import rstprobe.report.JsonReport;
import rstprobe.report.MarkdownReport;
import rstprobe.report.TextReport;

/// Jazzer looks for a folder that was made to harm whoever replays it: any bytes as its recording, beside a capture of
/// a real run. It is refused in words, or diagnosed and told in every form.
class IncidentFuzzTest {
    private static final Path CAPTURE = Path.of("src/test/resources/rstprobe/incident/tap-forges-reset/capture.pcapng");

    @FuzzTest(maxDuration = "60s")
    void anyRecordingIsReplayedOrRefused(byte[] recording) throws IOException {
        Path folder = Files.createTempDirectory("incident");
        try {
            Files.write(folder.resolve("recording.jsonl"), recording);
            Files.copy(CAPTURE, folder.resolve("capture.pcapng"));
            tell(IncidentReader.read(folder));
        } catch (UnreadableIncident told) {
            if (told.getMessage().isBlank()) {
                throw new AssertionError("refused without a word");
            }
        } catch (OtherSurvey told) {
            if (told.getMessage().isBlank()) {
                throw new AssertionError("refused without a word");
            }
        } finally {
            remove(folder);
        }
    }

    private static void tell(IncidentReader.Read read) {
        if (IdleDiagnosis.isSearch(read.recording())) {
            IdleDiagnosis.of(read.recording());
        } else if (MtuDiagnosis.isSurvey(read.recording())) {
            MtuDiagnosis.of(read.recording());
        } else {
            Finding finding = Diagnosis.of(read.recording());
            Incident incident = new Incident(read.name(), read.recording(), finding);
            TextReport.of(incident, false, Optional.empty());
            JsonReport.of(incident);
            MarkdownReport.of(incident);
            HtmlReport.of(incident);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
