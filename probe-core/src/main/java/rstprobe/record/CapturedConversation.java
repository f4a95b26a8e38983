package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.wire.Conversation;

/// One conversation of others as a capture file has it.
///
/// @param conversation  `ours` is the side that opened it
/// @param client        how that was told
/// @param frames        its frames and those of ICMP errors about it, in the order of the file
/// @param asked         the frame whose reset is asked about; empty for the one that ended it
/// @param lost          frames that the file says were lost, and those of the conversation that were left out
/// @param interfaceName where it was captured, as the file says
/// @param system        the operating system it was captured on, as the file says
public record CapturedConversation(
        Conversation conversation,
        Event.ClientTold client,
        DecodedFrames frames,
        OptionalInt asked,
        long lost,
        Optional<String> interfaceName,
        Optional<String> system) {
    public CapturedConversation {
        if (frames.isEmpty()) {
            throw new IllegalArgumentException("a conversation has a frame");
        }
    }

    /// The same of frames of which nothing is decoded yet.
    public CapturedConversation(
            Conversation conversation,
            Event.ClientTold client,
            List<Frame> frames,
            OptionalInt asked,
            long lost,
            Optional<String> interfaceName,
            Optional<String> system) {
        this(conversation, client, DecodedFrames.of(frames), asked, lost, interfaceName, system);
    }

    /// The same with frames numbered 1, 2, 3 …, as in a file that holds nothing else.
    public CapturedConversation renumbered() {
        List<Frame> numbered = new ArrayList<>(frames.size());
        OptionalInt meant = OptionalInt.empty();
        for (Frame frame : frames) {
            numbered.add(frame.withNumber(numbered.size() + 1));
            if (asked.isPresent() && asked.getAsInt() == frame.number()) {
                meant = OptionalInt.of(numbered.size());
            }
        }
        return new CapturedConversation(conversation, client, numbered, meant, lost, interfaceName, system);
    }

    /// The same with where it was captured.
    public CapturedConversation on(String newInterfaceName, Optional<String> newSystem) {
        return new CapturedConversation(
                conversation, client, frames, asked, lost, Optional.of(newInterfaceName), newSystem);
    }
}
