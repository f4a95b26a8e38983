package rstprobe.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.wire.CaptureFolder.Counts;

/// The decoder against tshark, on whole capture files.
///
/// Every difference stands in `corpus-differences.tsv` with our counts and its reason; an entry that no longer
/// differs in just that way fails as well.
class CorpusComparisonTest {
    /// @param ours what we count
    /// @param reason why tshark counts otherwise
    private record Difference(Counts ours, String reason) {}

    @Test
    void onOurOwnCapturesEveryCountIsTsharks() {
        CaptureFolder own = CaptureFolder.own();
        assertFalse(own.expected().isEmpty());
        own.expected().forEach((path, counts) -> assertEquals(counts, count(own.frames(path)), path));
    }

    @Test
    void onTheCorpusEveryDifferenceFromTsharkHasAReason() throws IOException {
        Optional<CaptureFolder> found = CaptureFolder.corpus();
        if (found.isEmpty()) {
            System.out.println("CorpusComparisonTest: no shared/corpus above " + System.getProperty("user.dir")
                    + " and no -D" + CaptureFolder.PROPERTY + "; only the project's own captures are compared");
            return;
        }
        CaptureFolder corpus = found.get();
        Map<String, Difference> explained = explained();
        List<String> wrong = new ArrayList<>();
        long frames = 0;
        for (Map.Entry<String, Counts> row : corpus.expected().entrySet()) {
            String path = row.getKey();
            Counts theirs = row.getValue();
            Counts ours = count(corpus.frames(path));
            frames += ours.packets();
            Difference difference = explained.remove(path);
            if (difference == null && !ours.equals(theirs)) {
                wrong.add("unexplained: " + path + ": tshark " + theirs + ", ours " + ours);
            } else if (difference != null && ours.equals(theirs)) {
                wrong.add("stale, no longer differs: " + path);
            } else if (difference != null && !ours.equals(difference.ours())) {
                wrong.add("stale: " + path + ": listed " + difference.ours() + ", ours " + ours);
            }
        }
        explained.keySet().forEach(path -> wrong.add("stale, no such file: " + path));
        System.out.println("CorpusComparisonTest: " + corpus.expected().size() + " files, " + frames + " frames");
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    }

    @Test
    void everyIntactSegmentEncodesToTheBytesItCameAs() {
        CaptureFolder folder = CaptureFolder.corpus().orElseGet(CaptureFolder::own);
        int compared = 0;
        for (String path : folder.expected().keySet()) {
            for (Frame frame : folder.frames(path)) {
                if (decode(frame) instanceof Decoded.Segment segment && isIntact(segment)) {
                    compared++;
                    assertArrayEquals(
                            RealFrames.join(
                                    segment.ip().header().toBytes(),
                                    segment.ip().payload().toBytes()),
                            Encoder.tcp(
                                    IpHeader.of(segment.ip()),
                                    TcpHeader.of(segment),
                                    segment.payload().toBytes()),
                            () -> path + " frame " + frame.number());
                }
            }
        }
        System.out.println("CorpusComparisonTest: " + compared + " segments encoded again in " + folder.root());
        assertTrue(compared > 0);
    }

    private static boolean isIntact(Decoded.Segment segment) {
        return Checksums.of(segment) == Checksum.GOOD
                && Checksums.of(segment.ip()) != Checksum.BAD
                && !segment.options().malformed()
                && segment.ip().header().u16(segment.ip().isV6() ? 4 : 2) != 0;
    }

    private static Counts count(List<Frame> frames) {
        return new Counts(frames.size(), (int)
                frames.stream().filter(frame -> hasReset(decode(frame))).count());
    }

    private static Decoded decode(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }

    /// As tshark's filter has it: the frame's own segment, or the one that an ICMP error quotes.
    private static boolean hasReset(Decoded decoded) {
        return switch (decoded) {
            case Decoded.Segment segment -> segment.flags().rst();
            case Decoded.IcmpError error ->
                error.quoted() instanceof Quoted.Tcp tcp
                        && tcp.segment().stream()
                                .anyMatch(segment -> segment.flags().rst());
            case Decoded.UdpDatagram _,
                    Decoded.IcmpEcho _,
                    Decoded.OtherDatagram _,
                    Decoded.Fragment _,
                    Decoded.NotIp _,
                    Decoded.UnknownLink _,
                    Decoded.Malformed _,
                    Decoded.Cut _ -> false;
        };
    }

    private static Map<String, Difference> explained() throws IOException {
        Map<String, Difference> explained = new TreeMap<>();
        try (InputStream in = CorpusComparisonTest.class.getResourceAsStream("corpus-differences.tsv")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] cells = line.split("\t", -1);
                Counts ours = new Counts(Integer.parseInt(cells[1]), Integer.parseInt(cells[2]));
                assertFalse(cells[3].isBlank(), line);
                explained.put(cells[0], new Difference(ours, cells[3]));
            });
        }
        return explained;
    }
}
