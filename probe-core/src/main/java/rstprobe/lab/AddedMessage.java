package rstprobe.lab;

import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpHeader;

/// A device in the path that puts an SSH_MSG_IGNORE (RFC 4253 section 11.2) before the client's KEXINIT, in every
/// conversation. It moves the sequence numbers of what follows, and the acknowledgements back, so TCP is content;
/// strict key exchange is not, since it wants KEXINIT to come first.
final class AddedMessage implements Rule {

    private static final int KEXINIT = 20;

    /// An empty one: its length, six bytes of padding, its number, and no data (RFC 4253 section 6).
    private static final byte[] IGNORE = {0, 0, 0, 12, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private final FlowTable<Stream> streams = new FlowTable<>(syn -> new Stream());

    private static final class Stream {
        /// Where the client's KEXINIT begins.
        private OptionalInt place = OptionalInt.empty();
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Stream> known = segment.flatMap(seen -> streams.of(direction, seen));
        if (known.isEmpty()) {
            return Outcome.pass(frame);
        }
        return direction == Direction.TO_SERVER
                ? towards(segment.get(), known.get(), frame)
                : back(segment.get(), known.get(), frame);
    }

    private static Outcome towards(Decoded.Segment said, Stream stream, byte[] frame) {
        boolean begins = TurningPoint.message(said) == KEXINIT && said.payload().u8(0) == 0;
        if (begins && stream.place.isEmpty()) {
            stream.place = OptionalInt.of(said.sequence());
        }
        if (stream.place.isEmpty() || Sequence.before(said.sequence(), stream.place.getAsInt())) {
            return Outcome.pass(frame);
        }
        TcpHeader tcp = TcpHeader.of(said);
        Outcome moved = Outcome.pass(Rewriting.frame(
                said,
                tcp.withSequence(Sequence.plus(said.sequence(), IGNORE.length)),
                said.payload().toBytes()));
        return begins && said.sequence() == stream.place.getAsInt()
                ? moved.injecting(Injection.forged(Direction.TO_SERVER, Rewriting.frame(said, tcp, IGNORE)))
                : moved;
    }

    private static Outcome back(Decoded.Segment answer, Stream stream, byte[] frame) {
        if (stream.place.isEmpty()
                || !answer.flags().ack()
                || Sequence.atMost(answer.acknowledgement(), stream.place.getAsInt())) {
            return Outcome.pass(frame);
        }
        int behind = Sequence.distance(stream.place.getAsInt(), answer.acknowledgement());
        int acknowledged = Sequence.plus(stream.place.getAsInt(), Math.max(0, behind - IGNORE.length));
        return Outcome.pass(Rewriting.frame(
                answer,
                TcpHeader.of(answer).withAcknowledgement(acknowledged),
                answer.payload().toBytes()));
    }
}
