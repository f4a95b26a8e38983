package rstprobe.record;

import java.util.List;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// A segment of a captured conversation.
///
/// @param frame number of its frame
/// @param ours  true where the client sent it
record CapturedSegment(int frame, long atNanos, boolean ours, Decoded.Segment segment) {
    boolean reset() {
        return segment.flags().rst();
    }

    /// Puts its bytes where they belong in its stream, and gives those that are in order now.
    List<InOrder.Piece> feed(InOrder stream) {
        boolean syn = segment.flags().syn();
        int first = syn ? Sequence.plus(segment.sequence(), 1) : segment.sequence();
        if (syn && stream.next().isEmpty()) {
            stream.beginAt(first);
        }
        return stream.on(first, segment.payload().toBytes(), segment.payloadLength());
    }
}
