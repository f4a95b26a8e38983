package rstprobe.analyze;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Origin;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;

/// Conversations with a reset, out of frames that a test has made.
public final class Accusing {
    private Accusing() {}

    /// @param missing how many frames of each are said to be left out
    public static List<AccusedConversation> of(List<Frame> frames, long missing) {
        return of(
                frames.stream().map(frame -> new AccusedFrame(0, frame, frame)).toList(), missing, 0);
    }

    /// The same, the first of the frames in one file and the rest in the next, which counts anew.
    public static List<AccusedConversation> inTwoFiles(List<Frame> frames, int inFirst) {
        List<AccusedFrame> both = new ArrayList<>();
        for (Frame frame : frames) {
            int file = both.size() < inFirst ? 0 : 1;
            Frame numbered = file == 0 ? frame : frame.withNumber(both.size() - inFirst + 1);
            both.add(new AccusedFrame(file, numbered, numbered));
        }
        return of(both, 0, 0);
    }

    private static List<AccusedConversation> of(List<AccusedFrame> frames, long missing, long duplicates) {
        Map<Set<Object>, List<AccusedFrame>> byEnds = new LinkedHashMap<>();
        Map<Set<Object>, List<Integer>> resets = new LinkedHashMap<>();
        Map<Set<Object>, Conversation> conversations = new LinkedHashMap<>();
        for (AccusedFrame each : frames) {
            if (decoded(each.readable()) instanceof Decoded.Segment segment) {
                Set<Object> ends = Set.of(segment.source(), segment.destination());
                conversations.putIfAbsent(ends, new Conversation(segment.source(), segment.destination()));
                List<AccusedFrame> its = byEnds.computeIfAbsent(ends, _ -> new ArrayList<>());
                if (segment.flags().rst()) {
                    resets.computeIfAbsent(ends, _ -> new ArrayList<>()).add(its.size());
                }
                its.add(each);
            }
        }
        List<AccusedConversation> accused = new ArrayList<>();
        resets.forEach((ends, places) -> accused.add(new AccusedConversation(
                accused.size() + 1,
                conversations.get(ends),
                true,
                byEnds.get(ends),
                places,
                byEnds.get(ends).size() + missing,
                places.size(),
                duplicates,
                0,
                0)));
        return accused;
    }

    /// Whose each reset is, by its frame.
    public static Map<Integer, Origin> origins(List<Frame> frames) {
        Map<Integer, Origin> origins = new TreeMap<>();
        of(frames, 0)
                .forEach(accused ->
                        Attribution.of(accused).forEach(reset -> origins.put(reset.frame(), reset.origin())));
        return origins;
    }

    /// Whether a frame holds a reset.
    public static boolean isReset(Frame frame) {
        return decoded(frame) instanceof Decoded.Segment segment
                && segment.flags().rst();
    }

    private static Decoded decoded(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }
}
