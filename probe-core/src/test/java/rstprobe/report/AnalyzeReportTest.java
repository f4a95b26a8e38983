package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.Accusing;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.ResetGroups;
import rstprobe.analyze.ResetHeader;
import rstprobe.analyze.ScannedFile;
import rstprobe.analyze.Standing;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Cause;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// What is said of the resets in captures: to a person, to a program, to a spreadsheet, and in the captures.
class AnalyzeReportTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Path INCIDENTS = Path.of("src/test/resources/rstprobe/incident");
    private static final Path GOLDEN = Path.of("src/test/resources/rstprobe/report/analyze.txt");
    private static final Endpoint CLIENT = new Endpoint(IpAddress.parse("198.18.1.2"), 40_000);
    private static final String HOSTILE = "=cmd|\033[31m\u202e.pcap";

    private static ScannedFile file(String name, List<Frame> frames, ScannedFile.State state, String... problems) {
        return new ScannedFile(
                name,
                state,
                frames.size(),
                frames.size(),
                frames.stream().mapToLong(Frame::originalLength).sum(),
                1,
                frames.stream().filter(Accusing::isReset).count(),
                0,
                0,
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(problems));
    }

    private static List<Frame> frames(String incident) throws IOException {
        List<Frame> frames = new ArrayList<>();
        try (CaptureReader reader =
                CaptureReader.open(INCIDENTS.resolve(incident).resolve("capture.pcapng"))) {
            reader.forEach(frames::add);
        }
        return frames;
    }

    private static List<AttributedReset> resets(List<Frame> frames) {
        return Accusing.of(frames, 0).stream()
                .flatMap(accused -> Attribution.of(accused).stream())
                .toList();
    }

    private static ResetGroups grouped(List<AttributedReset> resets) {
        ResetGroups groups = new ResetGroups();
        resets.forEach(groups::add);
        return groups;
    }

    /// `-Drstprobe.golden.write=true` writes the text anew; read it before it is committed.
    @Test
    void theTextReadsAsItDid() throws IOException {
        List<Frame> frames = frames("tap-forges-reset");
        List<ScannedFile> files =
                List.of(file("night.pcapng", frames, ScannedFile.State.TRUNCATED, "it ends in the middle of a record"));
        String text = AnalyzeReport.text(files, grouped(resets(frames)), 3, true, false);
        if (Boolean.getBoolean("rstprobe.golden.write")) {
            Files.writeString(GOLDEN, text);
        }
        assertEquals(Files.readString(GOLDEN), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= TextPage.WIDTH), text);
    }

    @Test
    void theDocumentKeepsToItsSchemaWhateverTheFilesAreCalled() throws IOException {
        for (String incident : List.of("tap-forges-reset", "closed-port", "server-closes-unread")) {
            List<Frame> frames = frames(incident);
            List<ScannedFile> files = List.of(file(HOSTILE, frames, ScannedFile.State.WHOLE, "\ud800 odd"));
            String text = document(files, resets(frames));
            assertEquals(Set.of(), faults(text), text);
            assertFalse(text.contains("\033") || text.contains("\u202e"), text);
            JsonNode document = MAPPER.readTree(text);
            assertEquals(HOSTILE, document.at("/files/0/file").asText());
            assertEquals(
                    frames.stream().filter(Accusing::isReset).count(),
                    document.get("resets").size());
            assertEquals(text, document(files, resets(frames)), "the same captures give the same bytes");
        }
        String none = document(List.of(file("none", List.of(), ScannedFile.State.WHOLE)), List.of());
        assertEquals(Set.of(), faults(none), none);
    }

    /// The client's own end is `client`: on which host a capture was made it does not say.
    @Test
    void noCaptureAccusesTheHostItIsReadOn() throws IOException {
        AttributedReset own = reset(1, 9, Standing.BY_CLIENT, fault(Origin.THIS_HOST, Cause.CLIENT_ABORTED, 0.7));
        List<ScannedFile> files = List.of(file("a.pcap", List.of(), ScannedFile.State.WHOLE));
        String text = document(files, List.of(own));
        assertEquals(Set.of(), faults(text), text);
        assertEquals("client", MAPPER.readTree(text).at("/resets/0/origin").asText());
        assertFalse(text.contains("this-host"));
        assertFalse(AnalyzeCsv.line(own, files).contains("this-host"));
        assertFalse(
                AnalyzeReport.text(files, grouped(List.of(own)), 0, true, false).contains("this-host"));
    }

    @Test
    void aSpreadsheetCalculatesNothing() {
        AttributedReset reset = reset(1, 9, Standing.REFUSED, open(Stage.CONNECT, 0.3));
        List<ScannedFile> files = List.of(file(HOSTILE, List.of(), ScannedFile.State.WHOLE));
        String line = AnalyzeCsv.line(reset, files);
        assertTrue(line.startsWith("\"'=cmd|\\x1b[31m\\u{202e}.pcap\",9,"), line);
        assertTrue(line.endsWith("\r\n"));
        assertEquals(AnalyzeCsv.head().split(",").length, line.split(",(?=([^\"]*\"[^\"]*\")*[^\"]*$)").length, line);
    }

    @Test
    void theWorstIsFirstAndSaysHowItEnds() {
        List<AttributedReset> resets = List.of(
                reset(1, 1, Standing.AFTER_END, fault(Origin.SERVER_PROCESS, Cause.CLOSED_WITHOUT_REASON, 0.89)),
                reset(2, 2, Standing.BY_CLIENT, fault(Origin.THIS_HOST, Cause.CLIENT_ABORTED, 0.7)),
                reset(3, 3, Standing.REFUSED, open(Stage.CONNECT, 0.3)),
                reset(4, 4, Standing.CUT_BY_UNKNOWN, open(Stage.KEX, 0.3)),
                reset(5, 5, Standing.CUT_BY_SERVER, fault(Origin.SERVER_KERNEL, Cause.CONNECTION_STATE_LOST, 0.7)),
                reset(6, 6, Standing.ON_THE_WAY, fault(Origin.ON_PATH, Cause.INJECTED_RESET, 0.8)),
                reset(7, 7, Standing.ON_THE_WAY, fault(Origin.PROXY, Cause.IDLE_TIMEOUT, 0.7)));
        ResetGroups groups = grouped(resets);
        assertEquals(
                List.of(6, 7, 5, 4, 3, 2, 1),
                groups.worstFirst().stream()
                        .map(group -> group.surest().frame())
                        .toList());
        assertEquals(11, groups.exitCode());
        assertEquals(10, grouped(resets.subList(0, 5)).exitCode());
        assertEquals(19, grouped(resets.subList(0, 4)).exitCode());
        assertEquals(14, grouped(resets.subList(0, 2)).exitCode());
        assertEquals(0, new ResetGroups().exitCode());
    }

    /// A million ports that refuse are one line, and a million servers no more lines than are kept.
    @Test
    void whateverComesTheAnswerIsShort() {
        ResetGroups groups = new ResetGroups();
        for (int i = 0; i < 200_000; i++) {
            Endpoint scanned = new Endpoint(IpAddress.parse("198.18.3.2"), i & 0xffff);
            groups.add(reset(i, i + 1, Standing.REFUSED, open(Stage.CONNECT, 0.3), scanned));
            Endpoint other =
                    new Endpoint(IpAddress.of(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}), 22);
            groups.add(reset(i, i + 1, Standing.CUT_BY_UNKNOWN, open(Stage.KEX, 0.3), other));
        }
        assertEquals(400_000, groups.resets());
        List<ScannedFile> files = List.of(file("a.pcap", List.of(), ScannedFile.State.WHOLE));
        String text = AnalyzeReport.text(files, groups, 0, true, false);
        assertTrue(text.contains("more than 1 000 ports of 198.18.3.2") || text.contains("more resets"), text);
        assertTrue(text.lines().count() < 300, text);
        assertTrue(groups.beyond() > 0);
    }

    @Test
    void commentsStandOnTheFramesThatAreCited() throws IOException {
        List<Frame> frames = frames("tap-forges-reset");
        AccusedConversation accused = Accusing.of(frames, 0).getFirst();
        List<AttributedReset> resets = Attribution.of(accused);
        List<ScannedFile> files = List.of(file("night\033.pcapng", frames, ScannedFile.State.WHOLE));
        FrameComments comments = AnalyzeComments.of(accused, resets, files);
        int place = accused.resets().getFirst() + 1;
        String comment = comments.byFrame().get(place);
        assertTrue(comment.startsWith("frame " + resets.getFirst().frame() + " of night\\x1b.pcapng\n"), comment);
        assertTrue(comment.contains(resets.getFirst().origin().word()), comment);
        assertTrue(comments.section().contains(accused.conversation().toString()), comments::section);
        assertTrue(comments.byFrame().firstKey() >= 1
                && comments.byFrame().lastKey() <= accused.frames().size());
    }

    private static Verdict fault(Origin origin, Cause cause, double confidence) {
        return new Verdict.Fault(
                cause, origin, Stage.SESSION, confidence, Optional.empty(), Optional.empty(), "it ended: " + cause);
    }

    private static Verdict open(Stage stage, double confidence) {
        return new Verdict.Undetermined(Optional.empty(), stage, confidence, Optional.empty(), "who did it is open");
    }

    private static AttributedReset reset(int conversation, int frame, Standing standing, Verdict verdict) {
        return reset(
                conversation, frame, standing, verdict, new Endpoint(IpAddress.parse("198.18.3.2"), 1_000 + frame));
    }

    private static AttributedReset reset(
            int conversation, int frame, Standing standing, Verdict verdict, Endpoint server) {
        boolean clients = standing == Standing.BY_CLIENT;
        return new AttributedReset(
                conversation,
                0,
                frame,
                1_793_714_102_000_000_000L,
                clients ? CLIENT : server,
                clients ? server : CLIENT,
                server,
                CLIENT,
                verdict,
                verdict.summary(),
                Optional::empty,
                standing,
                Optional.empty(),
                List.of(new Evidence("a-fact", Evidence.Family.TTL, 5, Origin.THIS_HOST, List.of(frame), "it shows")),
                new ResetHeader(61, "RST, window 0"),
                false);
    }

    private static String document(List<ScannedFile> files, List<AttributedReset> resets) {
        AnalyzeJson json = new AnalyzeJson(files);
        StringBuilder text = new StringBuilder(json.head());
        resets.forEach(reset -> text.append(json.reset(reset)));
        return text.append(json.tail()).toString();
    }

    private static Set<?> faults(String document) throws IOException {
        try (InputStream schema = AnalyzeJson.class.getResourceAsStream("schema/analyze.schema.json")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema)
                    .validate(MAPPER.readTree(document));
        }
    }
}
