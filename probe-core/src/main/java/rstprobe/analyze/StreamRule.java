package rstprobe.analyze;

import rstprobe.wire.Flags;

/// When the same ports begin another conversation, as Wireshark has it (packet-tcp.c, `tcp.stream`).
final class StreamRule {
    private StreamRule() {}

    /// Whether a SYN begins another conversation: its sequence number is not the one that its sender began with. (Newer
    /// Wireshark begins another one as well where the same SYN follows a reset; here trying again is one attempt.)
    ///
    /// @param known    whether its sender's first sequence number is known
    /// @param base     that number
    /// @param sequence of the SYN
    static boolean isAnother(boolean known, int base, int sequence) {
        return known && sequence != base;
    }

    /// The first sequence number of a sender of whom this is the first segment.
    static int base(int flags, int sequence) {
        return (flags & Flags.SYN) != 0 ? sequence : sequence - 1;
    }
}
