package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// The capture in the folder is one that Wireshark reads without a warning, and what the report says of its frames is
/// what Wireshark says of them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CaptureStory {
    private static final String OURS = "ip.src == 198.18.1.2";
    private static final String THEIRS = "ip.src == 198.18.3.2";

    private Folder healthy;
    private Folder bytes;
    private Folder forged;

    @BeforeAll
    void record() throws Exception {
        healthy = run("healthy", 0);
        bytes = run("healthy", 0, "--mode", "bytes");
        forged = run("tap-forges-reset", 11);
    }

    private static Folder run(String network, int exit, String... options) throws Exception {
        Path into = Folder.scratch("capture");
        try (Lab lab = Lab.build(Labs.named(network).orElseThrow(), Conditions.plain())) {
            List<String> words = Image.words("ssh", "--hurry", "--json", "--into", into.toString());
            words.addAll(List.of(options));
            words.add(lab.serverAddress());
            Command.run(lab.inClient(words)).mustEndWith(exit);
        }
        return Folder.below(into);
    }

    @Test
    void wiresharkDissectsTheWholeHandshake() throws IOException, InterruptedException {
        Tshark tshark = new Tshark(healthy.capture());
        assertEquals(
                List.of(healthy.report().at("/server/identification").asText()),
                tshark.column(THEIRS + " && ssh.protocol", "ssh.protocol"));
        assertEquals(1, tshark.column(OURS + " && ssh.protocol", "ssh.protocol").size());
        for (String side : List.of(OURS, THEIRS)) {
            List<String> messages = tshark.column(side + " && ssh.message_code", "ssh.message_code").stream()
                    .flatMap(codes -> List.of(codes.split(",")).stream())
                    .toList();
            // KEXINIT, the key exchange's one message a side, NEWKEYS (RFC 4253 section 12, RFC 5656 section 7.1).
            assertEquals(List.of("20", side.equals(OURS) ? "30" : "31", "21"), messages, side);
        }
        int newKeys = tshark.frames(OURS + " && ssh.message_code == 21").getLast();
        assertTrue(
                tshark.frames(OURS + " && ssh && frame.number > " + newKeys).size() >= 2,
                "the service request, the request for methods, and the goodbye are encrypted");
    }

    @Test
    void theCaptureBeginsBeforeTheFirstPacketAndEndsAfterTheLast() throws IOException, InterruptedException {
        Tshark tshark = new Tshark(healthy.capture());
        assertEquals(List.of(1), tshark.frames("tcp.flags.syn == 1 && tcp.flags.ack == 0"));
        assertEquals(2, tshark.frames("tcp.flags.fin == 1").size(), "one from either side");
        assertEquals(List.of(), tshark.frames("tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment"));
        assertEquals(List.of(), tshark.frames("tcp.flags.reset == 1"), "a polite end resets nobody");
    }

    @Test
    void oneByteASegmentIsReallyThat() throws IOException, InterruptedException {
        Tshark tshark = new Tshark(bytes.capture());
        String identification = "SSH-2.0-rstprobe_0.1\r\n";
        List<String> lengths = tshark.column(OURS + " && tcp.len > 0", "tcp.len");
        List<String> payloads = tshark.column(OURS + " && tcp.len > 0", "tcp.payload");
        StringBuilder said = new StringBuilder();
        int segments = 0;
        while (segments < payloads.size() && said.length() < identification.length()) {
            assertEquals("1", lengths.get(segments), "segment " + (segments + 1));
            said.append((char) Integer.parseInt(payloads.get(segments++), 16));
        }
        assertEquals(identification, said.toString());
        assertEquals(Collections.nCopies(identification.length(), "1"), lengths.subList(0, segments));
    }

    @Test
    void theFramesTheReportNamesAreTheOnesWiresharkNumbersSo() throws IOException, InterruptedException {
        Tshark tshark = new Tshark(forged.capture());
        List<Integer> all = tshark.frames("frame");
        List<Integer> resets = tshark.frames(THEIRS + " && tcp.flags.reset == 1");
        assertTrue(all.containsAll(forged.citedFrames()), () -> "of " + all.size() + ": " + cited());
        boolean named = false;
        for (JsonNode evidence : forged.report().get("evidence")) {
            if (evidence.get("id").asText().startsWith("reset-")) {
                List<Integer> frames = new ArrayList<>();
                evidence.get("frames").forEach(frame -> frames.add(frame.asInt()));
                assertTrue(frames.stream().anyMatch(resets::contains), () -> evidence + " and resets " + resets);
                named = true;
            }
        }
        assertTrue(named, "some evidence is about the reset");
    }

    private String cited() {
        try {
            return forged.citedFrames().toString();
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    @Test
    void theEvidenceIsWrittenOnTheFramesAndTheVerdictOnTheFile() throws IOException, InterruptedException {
        Tshark tshark = new Tshark(forged.capture());
        for (JsonNode evidence : forged.report().get("evidence")) {
            for (JsonNode frame : evidence.get("frames")) {
                String comment = String.join("\n", tshark.column("frame.number == " + frame.asInt(), "frame.comment"));
                assertTrue(
                        comment.contains(evidence.get("id").asText()),
                        () -> "frame " + frame + " does not show " + evidence + " but " + comment);
            }
        }
        String summary = forged.report().at("/verdict/summary").asText();
        Command capinfos =
                Command.run("capinfos", "-k", forged.capture().toString()).mustEndWith(0);
        assertEquals("", capinfos.err());
        assertTrue(capinfos.out().contains(summary), () -> summary + "\nis not in\n" + capinfos.out());
    }

    @Test
    void theFileSaysWhatTheInterfaceSawAndLost() throws IOException, InterruptedException {
        Command capinfos =
                Command.run("capinfos", "-I", healthy.capture().toString()).mustEndWith(0);
        assertTrue(capinfos.out().contains("Name = eth0"), capinfos::toString);
        assertTrue(capinfos.out().contains("Number of stat entries = 1"), capinfos::toString);
        assertTrue(capinfos.out().contains("Time precision = nanoseconds (9)"), capinfos::toString);
    }
}
