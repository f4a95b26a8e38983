package rstprobe.lab;

import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpHeader;

/// A device in the path that flips one bit of each conversation's stream, in every copy of it; length and checksum are
/// right, so TCP is content.
final class BitFlipper implements Rule {

    private static final int KEXINIT = 20;
    private static final int BIT = 0x40;

    /// Which byte.
    enum Where {
        /// In the length of the client's KEXINIT (RFC 4253 section 6), which becomes millions.
        CLIENT_LENGTH(Direction.TO_SERVER),
        /// In the random bytes of the server's KEXINIT (RFC 4253 section 7.1), which mean nothing and are signed.
        SERVER_COOKIE(Direction.TO_CLIENT),
        /// The last one of the client's first encrypted message, which protects it from just that.
        CLIENT_ENCRYPTED(Direction.TO_SERVER);

        private static final int IN_LENGTH = 1;
        private static final int IN_COOKIE = 10;

        private final Direction direction;

        Where(Direction direction) {
            this.direction = direction;
        }

        /// Its place in a segment's payload, if it is in there.
        private OptionalInt in(Decoded.Segment segment, boolean encrypted) {
            boolean kexinit = TurningPoint.message(segment) == KEXINIT
                    && segment.payload().u8(0) == 0;
            return switch (this) {
                case CLIENT_LENGTH -> kexinit ? OptionalInt.of(IN_LENGTH) : OptionalInt.empty();
                case SERVER_COOKIE -> kexinit ? OptionalInt.of(IN_COOKIE) : OptionalInt.empty();
                case CLIENT_ENCRYPTED -> encrypted ? OptionalInt.of(segment.payloadLength() - 1) : OptionalInt.empty();
            };
        }
    }

    private final Where where;
    private final FlowTable<Stream> streams = new FlowTable<>(syn -> new Stream());

    private static final class Stream {
        private final TurningPoint.Encryption encryption = new TurningPoint.Encryption();
        private OptionalInt sequence = OptionalInt.empty();
    }

    BitFlipper(Where where) {
        this.where = where;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Stream> known = segment.flatMap(seen -> streams.of(direction, seen));
        if (direction != where.direction || known.isEmpty()) {
            return Outcome.pass(frame);
        }
        Decoded.Segment said = segment.get();
        Stream stream = known.get();
        if (stream.sequence.isEmpty()) {
            OptionalInt found = where.in(said, stream.encryption.isIn(said));
            if (found.isPresent()) {
                stream.sequence = OptionalInt.of(said.sequence() + found.getAsInt());
            }
        }
        return stream.sequence.isPresent()
                ? Outcome.pass(flipped(frame, said, Sequence.distance(said.sequence(), stream.sequence.getAsInt())))
                : Outcome.pass(frame);
    }

    private static byte[] flipped(byte[] frame, Decoded.Segment said, int at) {
        if (at < 0 || at >= said.payloadLength()) {
            return frame;
        }
        byte[] payload = said.payload().toBytes();
        payload[at] ^= BIT;
        return Rewriting.frame(said, TcpHeader.of(said), payload);
    }
}
