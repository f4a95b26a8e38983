package rstprobe.record;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import rstprobe.capture.Frame;
import rstprobe.wire.Decoded;

/// Frames that two ends exchanged, gathered from captures, and the conversations that they make up.
///
/// Which side opened a conversation, where one ends and another begins, and what a second tap saw again is told as of
/// a [CaptureFile].
public final class GatheredFrames {
    private final DecodedFrames frames;
    private final long missing;
    private final Map<Integer, Integer> copies = new TreeMap<>();
    private final List<FoundConversation> found;

    private GatheredFrames(DecodedFrames frames, long missing) {
        this.frames = frames;
        this.missing = missing;
        this.found = conversations();
    }

    /// @param frames  in the order of the capture, with rising numbers
    /// @param missing how many are known to be missing among them
    public static GatheredFrames of(List<Frame> frames, long missing) {
        return new GatheredFrames(DecodedFrames.of(frames), missing);
    }

    private List<FoundConversation> conversations() {
        Conversations conversations = new Conversations();
        SeenAgain seenAgain = new SeenAgain();
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            if (frames.decoded(i) instanceof Decoded.Segment segment && CaptureFile.hasPorts(segment)) {
                OptionalInt original = seenAgain.original(frame.number(), frame.atNanos(), segment);
                if (original.isPresent()) {
                    copies.put(frame.number(), original.getAsInt());
                } else {
                    conversations.add(frame.number(), segment);
                }
            }
        }
        return conversations.all().stream()
                .sorted(Comparator.comparingInt(FoundConversation::firstFrame))
                .toList();
    }

    /// What a frame turned out to be.
    ///
    /// @param place in the list of frames, from 0
    public Decoded decoded(int place) {
        return frames.decoded(place);
    }

    /// The frame that another tap had shown before; empty for one that is no copy.
    public OptionalInt copyOf(int number) {
        Integer original = copies.get(number);
        return original == null ? OptionalInt.empty() : OptionalInt.of(original);
    }

    /// The conversation that a reset ended, as somebody captured it; empty where an end has no port.
    ///
    /// @param asked number of the frame with the reset; not that of a copy
    public Optional<CapturedConversation> around(int asked) {
        return found.stream()
                .filter(one -> one.firstFrame() <= asked && asked < one.before())
                .reduce((_, later) -> later)
                .map(one -> new CapturedConversation(
                        one.conversation(),
                        one.client(),
                        frames(one),
                        OptionalInt.of(asked),
                        missing,
                        Optional.empty(),
                        Optional.empty()));
    }

    private List<Frame> frames(FoundConversation one) {
        if (found.size() == 1 && copies.isEmpty()) {
            return frames;
        }
        List<Frame> its = new ArrayList<>();
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            boolean inTime = frame.number() >= one.firstFrame() && frame.number() < one.before();
            if (inTime
                    && !copies.containsKey(frame.number())
                    && one.conversation().concerns(frames.decoded(i))) {
                its.add(frame);
            }
        }
        return its;
    }
}
