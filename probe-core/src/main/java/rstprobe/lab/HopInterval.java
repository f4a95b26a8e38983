package rstprobe.lab;

/// Where on the path a sender really sits: not nearer than one hop, not farther than another. Equal
/// numbers mean that hop itself, two neighbouring ones the link between them. The client's own router
/// is hop 1, the server hop 3.
///
/// @param after the hop the sender is at or behind; 0 is the client
/// @param before the hop the sender is at or in front of
public record HopInterval(int after, int before) {

    /// Checks the order; throws `IllegalArgumentException` where it is wrong.
    public HopInterval {
        if (after < 0 || before < after) {
            throw new IllegalArgumentException("between hop " + after + " and hop " + before);
        }
    }

    /// Whether a claimed interval holds this one.
    public boolean within(int claimedAfter, int claimedBefore) {
        return claimedAfter <= after && before <= claimedBefore;
    }
}
