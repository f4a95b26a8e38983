package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Slice;
import rstprobe.wire.TcpHeader;

/// A device in the path that spoils the first letters of the client's identification; length and
/// checksum are right.
final class Garbler implements Rule {

    private static final byte[] SPOILED = "SSH-".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] INSTEAD = "GET ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment =
                direction == Direction.TO_SERVER ? FlowTable.segment(frame) : Optional.empty();
        return segment.filter(said -> said.payload().upTo(SPOILED.length).equals(Slice.of(SPOILED)))
                .map(said -> {
                    byte[] payload = said.payload().toBytes();
                    System.arraycopy(INSTEAD, 0, payload, 0, INSTEAD.length);
                    return Outcome.pass(Rewriting.frame(said, TcpHeader.of(said), payload));
                })
                .orElse(Outcome.pass(frame));
    }
}
