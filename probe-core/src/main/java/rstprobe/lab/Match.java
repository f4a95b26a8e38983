package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import rstprobe.wire.Decoded;
import rstprobe.wire.Slice;

/// Which segment of the client's draws the attention of a device.
sealed interface Match {

    /// The text a device looks for when it looks for SSH (RFC 4253 section 4.2).
    String SSH = "SSH-2.0-";

    /// Whether this segment does.
    ///
    /// @param flow what the device knows of the conversation, this segment included
    /// @param dice for those that are choosy
    default boolean fits(Flow flow, Decoded.Segment segment, Random dice) {
        return switch (this) {
            case Opening opening -> segment.flags().syn();
            case Text(String text, boolean reassembles) -> {
                byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
                yield reassembles
                        ? flow.begins(wanted)
                        : segment.payload().upTo(wanted.length).equals(Slice.of(wanted));
            }
            case Longer(int bytes) -> segment.payloadLength() > bytes;
            case Nth(int number) -> segment.payloadLength() > 0 && flow.saidByClient() == number;
            case Share(double share) -> segment.payloadLength() > 0 && dice.nextDouble() < share;
        };
    }

    /// The SYN.
    record Opening() implements Match {}

    /// A text at the start of what the client says.
    ///
    /// @param reassembles whether the device puts the stream together from segments, or looks at single
    ///   ones
    record Text(String text, boolean reassembles) implements Match {}

    /// A segment with more payload than this, whatever it says.
    record Longer(int bytes) implements Match {}

    /// The nth segment of the client's that has payload, whatever it says, and be it a retransmission.
    record Nth(int number) implements Match {}

    /// The first bytes of the client's, whatever they are, in this share of the conversations.
    record Share(double share) implements Match {}
}
