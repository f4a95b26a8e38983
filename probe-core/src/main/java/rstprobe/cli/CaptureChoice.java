package rstprobe.cli;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.record.CaptureFile;
import rstprobe.record.FoundConversation;
import rstprobe.record.UnreadableCapture;

/// Which conversation of a capture file is meant: the one that was named, the one that holds a frame, or the only one
/// that can be meant.
///
/// @param asked the frame whose reset is asked about; empty for the one that ended the conversation
record CaptureChoice(FoundConversation found, OptionalInt asked) {
    /// The most conversations that are listed where it is not clear which one is meant.
    static final int MAX_LISTED = 20;

    static CaptureChoice of(
            CaptureFile file, Optional<ConversationWords> conversation, Optional<Integer> frame, Screen screen)
            throws UnreadableCapture {
        if (frame.isPresent()) {
            return holding(file, frame.get(), conversation);
        }
        if (conversation.isPresent()) {
            return named(file, conversation.get(), screen);
        }
        List<FoundConversation> all = file.conversations();
        List<FoundConversation> reset =
                all.stream().filter(found -> found.resets() > 0).toList();
        if (all.size() == 1 || reset.size() == 1) {
            return new CaptureChoice(reset.isEmpty() ? all.getFirst() : reset.getFirst(), OptionalInt.empty());
        }
        if (reset.isEmpty()) {
            throw new WrongWords("none of the " + all.size()
                    + " conversations was reset: choose one with --conversation ADDRESS:PORT-ADDRESS:PORT");
        }
        list(reset, screen);
        throw new WrongWords(
                reset.size() + " conversations hold a reset: choose one with --conversation, or a reset with --frame");
    }

    private static CaptureChoice holding(CaptureFile file, int frame, Optional<ConversationWords> conversation)
            throws UnreadableCapture {
        if (frame < 1 || frame > file.frames()) {
            throw new WrongWords("there is no frame " + frame + ": the capture has " + file.frames() + " frames");
        }
        FoundConversation found = file.holding(frame)
                .orElseThrow(() -> new WrongWords("frame " + frame + " is no TCP segment of a conversation"));
        if (conversation
                .filter(words -> !found.conversation().holds(words.one(), words.other()))
                .isPresent()) {
            throw new WrongWords("frame " + frame + " belongs to another conversation: " + found.conversation());
        }
        return new CaptureChoice(found, OptionalInt.of(frame));
    }

    /// Of several with the same ports the first that was reset, or else the first.
    private static CaptureChoice named(CaptureFile file, ConversationWords words, Screen screen) {
        List<FoundConversation> same = file.between(words.one(), words.other());
        if (same.isEmpty()) {
            throw new WrongWords("no conversation between " + words.one() + " and " + words.other() + " among the "
                    + file.conversations().size() + " of this capture");
        }
        FoundConversation chosen =
                same.stream().filter(found -> found.resets() > 0).findFirst().orElse(same.getFirst());
        if (same.size() > 1) {
            screen.warn("these ports were used " + same.size() + " times; this is the one from frame "
                    + chosen.firstFrame() + " on, --frame N names another");
        }
        return new CaptureChoice(chosen, OptionalInt.empty());
    }

    private static void list(List<FoundConversation> reset, Screen screen) {
        for (FoundConversation found : reset.subList(0, Math.min(MAX_LISTED, reset.size()))) {
            screen.list("  --conversation " + found.conversation().ours() + "-"
                    + found.conversation().theirs() + "   " + found.frames()
                    + (found.frames() == 1 ? " frame" : " frames") + ", first reset in frame "
                    + found.firstReset().orElse(found.firstFrame())
                    + (found.closedFirst() ? ", after a FIN" : ""));
        }
        if (reset.size() > MAX_LISTED) {
            screen.list("  and " + (reset.size() - MAX_LISTED) + " more");
        }
    }
}
