package rstprobe.incident;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.AccusedFrame;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ScannedFile;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.LinkType;
import rstprobe.capture.PcapngWriter;
import rstprobe.capture.SectionFacts;
import rstprobe.report.AnalyzeComments;
import rstprobe.report.FrameComments;
import rstprobe.report.Tool;
import rstprobe.wire.Endpoint;

/// A folder in which every conversation that held a reset becomes a capture of its own, with comments on the frames
/// that its verdicts cite.
public final class ExtractedConversations {
    /// Captures written; a folder with more serves nobody.
    public static final int MOST_WRITTEN = 10_000;

    private final Path folder;
    private final List<ScannedFile> files;
    private int written;
    private long beyond;

    /// @param folder exists, and nobody else may write there
    public ExtractedConversations(Path folder, List<ScannedFile> files) {
        this.folder = folder;
        this.files = List.copyOf(files);
    }

    /// Writes one, to a new file that only its owner may read.
    ///
    /// @throws CaptureFileFailure if there is such a file already, or no room for it
    public void write(AccusedConversation accused, List<AttributedReset> resets) throws CaptureFileFailure {
        if (written == MOST_WRITTEN) {
            beyond++;
            return;
        }
        FrameComments comments = AnalyzeComments.of(accused, resets, files);
        SectionFacts section = new SectionFacts("", "", Tool.NAME_AND_VERSION, comments.section());
        Map<LinkType, Integer> interfaces = new HashMap<>();
        try (PcapngWriter writer = PcapngWriter.create(folder.resolve(name(accused)), section)) {
            int place = 0;
            for (AccusedFrame each : accused.frames()) {
                place++;
                Frame frame = each.frame();
                Integer known = interfaces.get(frame.link());
                if (known == null) {
                    known = writer.addInterface(new InterfaceFacts("", frame.link(), 0, ""));
                    interfaces.put(frame.link(), known);
                }
                Frame own = frame.withNumber(place).withInterface(known);
                String comment = comments.byFrame().get(place);
                writer.write(comment == null ? own : own.withComment(comment));
            }
        }
        written++;
    }

    /// `00012-198.18.3.2-22-198.18.1.2-40000.pcapng`: numbers and addresses alone.
    private static String name(AccusedConversation accused) {
        return String.format(Locale.ROOT, "%05d", accused.number())
                + "-" + named(accused.conversation().theirs())
                + "-" + named(accused.conversation().ours())
                + ".pcapng";
    }

    private static String named(Endpoint end) {
        return end.address().toString().replace(':', '_').replace('%', '_') + "-" + end.port();
    }

    /// How many were written.
    public int written() {
        return written;
    }

    /// How many were not, because there were too many.
    public long beyond() {
        return beyond;
    }
}
