package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
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
/// @param opened         whether their SYN-ACK was seen, and no reset before it
/// @param reset          whether a reset that claims to be theirs was seen
/// @param firstSaid      the payload of our first segment that had one
/// @param suspect        the segment of ours that most likely drew the reset
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
        Optional<Suspect> suspect,
        Optional<TcpOption.Timestamps> ourStamps,
        OptionalLong theirStamp,
        OptionalInt theirTtl,
        long lastSentNanos,
        OptionalLong roundTripNanos) {

    /// More segments of ours than any handshake sends before its first answer, byte by byte included.
    private static final int MOST_SAID = 64;

    /// The first segment of ours that was not acknowledged when the reset came, or the last there was.
    ///
    /// @param before the segments that had passed before it
    /// @param bytes  its own
    /// @param after  those that had left behind it: it may have been one of them
    record Suspect(List<byte[]> before, byte[] bytes, List<byte[]> after) {
        /// The one behind it comes into question instead.
        Optional<Suspect> next() {
            return after.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Suspect(
                            Stream.concat(before.stream(), Stream.of(bytes)).toList(),
                            after.getFirst(),
                            after.subList(1, after.size())));
        }
    }

    /// Whether any segment of ours was on the wire.
    boolean seen() {
        return lastSentNanos > 0;
    }

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
        private final List<Decoded.Segment> said = new ArrayList<>();
        private int passed;
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
            boolean isNew = said.isEmpty() || Sequence.atMost(said.getLast().nextSequence(), segment.sequence());
            if (segment.payloadLength() > 0 && isNew && !reset && said.size() < MOST_SAID) {
                said.add(segment);
            }
            ourStamps = segment.options().timestamps().or(() -> ourStamps);
        }

        private void theirs(long atNanos, Decoded.Segment segment) {
            firstHeard = firstHeard.isPresent() ? firstHeard : OptionalLong.of(atNanos);
            if (segment.flags().rst()) {
                passed = reset ? passed : acknowledgedSegments();
                reset = true;
                return;
            }
            theirTtl = OptionalInt.of(segment.ip().ttl());
            opened |= !reset && segment.flags().syn() && segment.flags().ack();
            if (segment.flags().ack()) {
                acknowledged = later(acknowledged, segment.acknowledgement());
            }
            expected = later(expected, segment.nextSequence());
            segment.options().timestamps().ifPresent(stamps -> theirStamp = OptionalLong.of(stamps.value()));
        }

        private int acknowledgedSegments() {
            return (int) said.stream()
                    .filter(own ->
                            acknowledged.isPresent() && Sequence.atMost(own.nextSequence(), acknowledged.getAsInt()))
                    .count();
        }

        private Optional<Suspect> suspect() {
            if (!reset || said.isEmpty()) {
                return Optional.empty();
            }
            List<byte[]> bytes =
                    said.stream().map(segment -> segment.payload().toBytes()).toList();
            int index = Math.min(passed, bytes.size() - 1);
            return Optional.of(
                    new Suspect(bytes.subList(0, index), bytes.get(index), bytes.subList(index + 1, bytes.size())));
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
                    said.stream().findFirst().map(segment -> segment.payload().toBytes()),
                    suspect(),
                    ourStamps,
                    theirStamp,
                    theirTtl,
                    lastSent,
                    roundTrip);
        }
    }
}
