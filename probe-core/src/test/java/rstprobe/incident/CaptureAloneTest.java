package rstprobe.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Verdict;
import rstprobe.record.CaptureFile;
import rstprobe.record.Event;
import rstprobe.record.FoundConversation;
import rstprobe.record.FromCapture;
import rstprobe.record.Recording;
import rstprobe.record.UnreadableCapture;
import rstprobe.report.Incident;
import rstprobe.report.TextReport;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The capture of every recorded incident without the rest of its folder: what it shows alone is less, and never
/// something else.
class CaptureAloneTest {
    private static final Path FOLDERS = Path.of("src/test/resources/rstprobe/incident");

    private static final int MUTATIONS = 60;
    private static final Path GOLDEN = Path.of("src/test/resources/rstprobe/report/capture-alone.txt");

    static List<Path> folders() throws Exception {
        try (Stream<Path> folders = Files.list(FOLDERS)) {
            return folders.sorted().toList();
        }
    }

    @Test
    void aDamagedCaptureIsReadAsFarAsItMakesSense(@TempDir Path scratch) throws Exception {
        long seed = System.nanoTime();
        System.out.println("CaptureAloneTest seed " + seed);
        Random dice = new Random(seed);
        Path damaged = scratch.resolve("damaged.pcapng");
        for (Path folder : folders()) {
            byte[] whole = Files.readAllBytes(folder.resolve("capture.pcapng"));
            for (int round = 0; round < MUTATIONS; round++) {
                byte[] bytes = Arrays.copyOf(whole, whole.length - dice.nextInt(2) * dice.nextInt(whole.length));
                for (int flips = dice.nextInt(8); flips > 0 && bytes.length > 0; flips--) {
                    bytes[dice.nextInt(bytes.length)] ^= (byte) (1 << dice.nextInt(8));
                }
                Files.write(damaged, bytes);
                String why = folder.getFileName() + ", seed " + seed + ", round " + round;
                try {
                    CaptureFile file = CaptureFile.read(damaged);
                    for (FoundConversation found : file.conversations()) {
                        Finding finding = Diagnosis.of(FromCapture.recording(
                                file.take(found, found.firstReset(), CaptureFile.Numbering.ITS_OWN)));
                        assertTrue(finding.verdict().confidence() < 0.9, why);
                    }
                } catch (UnreadableCapture told) {
                    assertEquals(1, told.getMessage().lines().count(), why);
                }
            }
        }
    }

    /// `-Drstprobe.golden.write=true` writes the text anew; read it before it is committed.
    @Test
    void theReportOfACaptureStillReadsAsItDid() throws Exception {
        CaptureFile file = CaptureFile.read(FOLDERS.resolve("tap-forges-reset").resolve("capture.pcapng"));
        FoundConversation found = file.holding(7).orElseThrow();
        Recording recording =
                FromCapture.recording(file.take(found, OptionalInt.empty(), CaptureFile.Numbering.THE_FILES));
        Incident incident = new Incident("capture.pcapng", recording, Diagnosis.of(recording));
        String report = TextReport.of(incident, false, Optional.empty());
        if (Boolean.getBoolean("rstprobe.golden.write")) {
            Files.writeString(GOLDEN, report);
        }
        assertEquals(Files.readString(GOLDEN), report);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void theCaptureAloneNeverContradictsTheFolder(Path folder) throws Exception {
        IncidentReader.Read read = IncidentReader.read(folder);
        Verdict whole = Diagnosis.of(read.recording()).verdict();
        List<Verdict> alone = new ArrayList<>();
        CaptureFile file = CaptureFile.read(folder.resolve("capture.pcapng"));
        for (Event event : read.recording().events()) {
            if (event instanceof Event.Opened opened) {
                FoundConversation found = file.between(
                                new Endpoint(IpAddress.parse(opened.local()), opened.localPort()),
                                new Endpoint(IpAddress.parse(opened.remote()), opened.remotePort()))
                        .getFirst();
                assertEquals(opened.localPort(), found.conversation().ours().port());
                assertEquals(Event.ClientTold.BY_SYN, found.client());
                Finding finding = Diagnosis.of(
                        FromCapture.recording(file.take(found, OptionalInt.empty(), CaptureFile.Numbering.THE_FILES)));
                alone.add(finding.verdict());
            }
        }
        assertFalse(alone.isEmpty());
        for (Verdict verdict : alone) {
            System.out.println(folder.getFileName() + ": " + verdict.confidence() + " " + verdict.summary());
            assertTrue(verdict.confidence() <= Math.max(whole.confidence(), 0.70) && verdict.confidence() < 0.9);
            assertEquals(whole instanceof Verdict.Healthy, verdict instanceof Verdict.Healthy);
            if (whole instanceof Verdict.Fault expected && verdict instanceof Verdict.Fault found) {
                assertEquals(expected.origin(), found.origin());
                boolean decisive = verdict == alone.getFirst();
                assertTrue(!decisive || expected.stage() == found.stage(), () -> expected + " and " + found);
            }
        }
    }
}
