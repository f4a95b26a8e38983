package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rstprobe.record.Recorder;
import rstprobe.ssh.HandshakePlan;

class FrameCommentsTest {
    @Test
    void eachCitedFrameSaysWhatItProves() {
        FrameComments comments = FrameComments.of(Incidents.forgedReset());
        String atReset = comments.byFrame().get(14);
        assertTrue(atReset.contains("answer-after-reset: ") && atReset.contains("\nreset-ttl-differs: "), atReset);
        assertTrue(comments.byFrame()
                .get(18)
                .endsWith("\nnot aborted-without-reason: the server went on sending after the "
                        + "reset, which a server that aborted cannot"));
        assertEquals(null, comments.byFrame().get(1), "a frame nobody cites has no comment");
    }

    @Test
    void theWholeCaptureCarriesTheVerdict() {
        String section = FrameComments.of(Incidents.forgedReset()).section();
        assertTrue(section.startsWith("fault: a tap between hop 1 and hop 2 injected a reset"), section);
        assertTrue(section.contains("(confidence 0.97)") && section.endsWith("\nrstprobe " + Tool.VERSION), section);
    }

    @Test
    void aCitationOfAFrameThatIsNotThereIsLeftOut() {
        Incident far = new Incident(
                "incident",
                Incidents.interrupted().recording(),
                Incidents.forgedReset().finding());
        assertTrue(FrameComments.of(far).byFrame().isEmpty());
    }

    @Test
    void theProgramCallsItselfWhatItsBuildCallsIt() throws Exception {
        assertTrue(Files.readString(Path.of("pom.xml")).contains("<version>" + Tool.VERSION + "</version>"));
        assertEquals(Tool.NAME_AND_VERSION, Recorder.APPLICATION);
        String line = new String(HandshakePlan.standard("someone").identificationLine(), StandardCharsets.US_ASCII);
        assertTrue(("SSH-2.0-rstprobe_" + Tool.VERSION).startsWith(line.strip()), line);
    }
}
