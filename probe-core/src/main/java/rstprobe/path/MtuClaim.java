package rstprobe.path;

/// A packet-too-big, and what probes say of it.
///
/// @param from  who sent it
/// @param mtu   the size that it says passes; 0 where it names none
/// @param frame the first frame with it
/// @param count how many came that say the same
public record MtuClaim(String from, int mtu, int frame, int count, Truth truth) {
    /// What became of the claim.
    public enum Truth {
        /// That size passes, and one byte more does not.
        PROVEN,
        /// Another limit beside the one that was found, which is lower.
        FURTHER,
        /// It names no size, as routers before RFC 1191 did.
        UNNAMED,
        /// It asks for less than what passes.
        TOO_LOW,
        /// It came for packets that are no longer than it says.
        REFUTED,
        /// Nothing decides.
        OPEN
    }
}
