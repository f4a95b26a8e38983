package rstprobe.analyze;

import java.util.List;
import rstprobe.wire.Conversation;

/// A TCP conversation that held at least one reset, with its frames in the order of the capture and the ICMP errors
/// that quote it. The same ports used again make another conversation.
///
/// Of a long one the beginning and the surroundings of its resets are kept ([ScanLimits]); nothing else is left out
/// from the middle of what is kept.
///
/// @param number        1 for the first of the scan
/// @param conversation  `ours` is the side that opened it; where the capture begins too late for that, the side with
///     the larger port, and of equal ports the side that spoke first
/// @param openingSeen   whether a SYN told who opened it
/// @param frames        what is kept of it, in the order of the timeline
/// @param resets        places in `frames` of the segments that are resets, in rising order
/// @param framesInAll   how many frames it has in the captures, those that are not kept included
/// @param resetsInAll   how many resets it has in the captures, those that are not kept included
/// @param duplicates    frames that repeat one shortly before byte by byte apart from TTL and header checksum: a
///     second tap saw them, or the network doubled them; they are kept among `frames`
/// @param lost          frames that the captures it is in say they lost, whoever's they were
/// @param timeBackwards frames that are earlier than the one before them
public record AccusedConversation(
        int number,
        Conversation conversation,
        boolean openingSeen,
        List<AccusedFrame> frames,
        List<Integer> resets,
        long framesInAll,
        long resetsInAll,
        long duplicates,
        long lost,
        long timeBackwards) {
    public AccusedConversation {
        frames = List.copyOf(frames);
        resets = List.copyOf(resets);
        if (resets.isEmpty()) {
            throw new IllegalArgumentException("nobody is accused without a reset");
        }
    }

    /// How many of its frames are not kept.
    public long leftOut() {
        return framesInAll - frames.size();
    }

    /// How many frames are known to be missing among what is kept of it, its own or others'.
    public long missing() {
        return leftOut() + lost;
    }
}
