package rstprobe.record;

import java.util.OptionalInt;
import rstprobe.wire.Conversation;

/// A conversation in a capture file. One whose ports are used again is another one.
///
/// @param conversation `ours` is the side that opened it
/// @param client       how that was told
/// @param firstFrame   number of its first frame
/// @param before       number of the frame with which the same ports begin another; 2^31-1 where they do not
/// @param frames       how many it has
/// @param firstReset   number of the first frame with a reset
/// @param resets       how many it has
/// @param closedFirst  whether a FIN came before the first reset
/// @param bytes        what was said in it, in bytes
public record FoundConversation(
        Conversation conversation,
        Event.ClientTold client,
        int firstFrame,
        int before,
        int frames,
        OptionalInt firstReset,
        int resets,
        boolean closedFirst,
        long bytes) {
    private static final int SSH_PORT = 22;

    /// What a person most likely asks about, the largest first: a reset of a conversation that nobody had closed,
    /// of one that had begun to talk, of SSH.
    int interest() {
        return (firstReset.isPresent() ? 8 : 0)
                + (closedFirst ? 0 : 4)
                + (conversation.theirs().port() == SSH_PORT ? 2 : 0)
                + (bytes > 0 ? 1 : 0);
    }
}
