package rstprobe.diagnose;

import rstprobe.wire.Decoded;

/// A segment of a conversation as the tap saw it.
///
/// @param frame   its number in the capture, as Wireshark counts
/// @param atNanos when it passed the tap, nanoseconds since the Unix epoch
/// @param ours    true where we sent it
/// @param segment what it carried
record Seen(int frame, long atNanos, boolean ours, Decoded.Segment segment) {
    boolean reset() {
        return segment.flags().rst();
    }

    /// A segment of theirs that a live socket sent after the three-way handshake: data, acknowledgement or FIN.
    boolean genuine() {
        return !ours && !reset() && !segment.flags().syn();
    }
}
