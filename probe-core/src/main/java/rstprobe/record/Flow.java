package rstprobe.record;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import rstprobe.capture.Frame;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Where a conversation stands, read from its frames.
///
/// @param acknowledged   the highest sequence number of ours that a segment of theirs acknowledged
/// @param expected       the next sequence number of theirs that we would take
/// @param opened         whether their SYN-ACK was seen
/// @param reset          whether a reset that claims to be theirs was seen
/// @param firstSaid      the payload of our first segment that had one
/// @param ourStamps      our newest timestamps
/// @param theirStamp     the newest value of their timestamp clock
/// @param theirTtl       the TTL of their newest segment that was no reset
/// @param lastSentNanos  when our newest segment left
/// @param roundTripNanos from our first segment to their first answer
record Flow(
        Conversation conversation,
        OptionalInt acknowledged,
        OptionalInt expected,
        boolean opened,
        boolean reset,
        Optional<byte[]> firstSaid,
        Optional<TcpOption.Timestamps> ourStamps,
        OptionalLong theirStamp,
        OptionalInt theirTtl,
        long lastSentNanos,
        OptionalLong roundTripNanos) {

    static Flow of(Conversation conversation, List<Frame> frames) {
        Reader reader = new Reader(conversation);
        for (Frame frame : frames) {
            if (Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength())
                    instanceof Decoded.Segment segment) {
                if (conversation.isOurs(segment.source(), segment.destination())) {
                    reader.ours(frame.atNanos(), segment);
                } else if (conversation.isTheirs(segment.source(), segment.destination())) {
                    reader.theirs(frame.atNanos(), segment);
                }
            }
        }
        return reader.flow();
    }

    /// Collects what the segments show, in order.
    private static final class Reader {
        private final Conversation conversation;
        private OptionalInt acknowledged = OptionalInt.empty();
        private OptionalInt expected = OptionalInt.empty();
        private boolean opened;
        private boolean reset;
        private Optional<byte[]> firstSaid = Optional.empty();
        private Optional<TcpOption.Timestamps> ourStamps = Optional.empty();
        private OptionalLong theirStamp = OptionalLong.empty();
        private OptionalInt theirTtl = OptionalInt.empty();
        private OptionalLong firstSent = OptionalLong.empty();
        private OptionalLong firstHeard = OptionalLong.empty();
        private long lastSent;

        private Reader(Conversation conversation) {
            this.conversation = conversation;
        }

        private void ours(long atNanos, Decoded.Segment segment) {
            firstSent = firstSent.isPresent() ? firstSent : OptionalLong.of(atNanos);
            lastSent = atNanos;
            if (firstSaid.isEmpty() && segment.payloadLength() > 0) {
                firstSaid = Optional.of(segment.payload().toBytes());
            }
            ourStamps = segment.options().timestamps().or(() -> ourStamps);
        }

        private void theirs(long atNanos, Decoded.Segment segment) {
            firstHeard = firstHeard.isPresent() ? firstHeard : OptionalLong.of(atNanos);
            if (segment.flags().rst()) {
                reset = true;
                return;
            }
            theirTtl = OptionalInt.of(segment.ip().ttl());
            opened |= segment.flags().syn() && segment.flags().ack();
            if (segment.flags().ack()) {
                acknowledged = later(acknowledged, segment.acknowledgement());
            }
            expected = later(expected, segment.nextSequence());
            segment.options().timestamps().ifPresent(stamps -> theirStamp = OptionalLong.of(stamps.value()));
        }

        private static OptionalInt later(OptionalInt known, int number) {
            return known.isEmpty() || Sequence.before(known.getAsInt(), number) ? OptionalInt.of(number) : known;
        }

        private Flow flow() {
            OptionalLong roundTrip = firstSent.isPresent() && firstHeard.isPresent()
                    ? OptionalLong.of(Math.max(0, firstHeard.getAsLong() - firstSent.getAsLong()))
                    : OptionalLong.empty();
            return new Flow(
                    conversation,
                    acknowledged,
                    expected,
                    opened,
                    reset,
                    firstSaid,
                    ourStamps,
                    theirStamp,
                    theirTtl,
                    lastSent,
                    roundTrip);
        }
    }
}
