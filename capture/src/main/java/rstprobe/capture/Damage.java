package rstprobe.capture;

/// Where a capture file stops making sense, and why. All frames before it were read.
///
/// @param kind   what sort of damage
/// @param offset the byte of the file at which the damaged record or block begins
/// @param why    one plain sentence without its full stop
public record Damage(Kind kind, long offset, String why) {
    /// What sort of damage.
    public enum Kind {
        /// The file ends in the middle of a record: it was cut, or is still being written.
        CUT,
        /// A length or number contradicts the format.
        MALFORMED,
        /// A length is beyond what [CaptureLimits] allow.
        TOO_LARGE,
        /// It is no pcap or pcapng file.
        NOT_A_CAPTURE,
        /// The operating system failed to read on.
        UNREADABLE
    }

    /// Whether the file merely ends too early.
    public boolean cut() {
        return kind == Kind.CUT;
    }
}
