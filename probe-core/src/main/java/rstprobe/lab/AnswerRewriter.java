package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.TcpHeader;

/// A device in the path that turns the server's own segments into resets. Hop count, identification,
/// timestamps and every option stay the server's; and since the server is never answered, it sends them
/// again and again.
final class AnswerRewriter implements Rule {

    private static final byte[] PATTERN = Match.SSH.getBytes(StandardCharsets.US_ASCII);

    private final boolean openings;
    private final FlowTable<Flow> flows = new FlowTable<>(Flow::new);

    /// @param openings whether it rewrites the SYN-ACK of every conversation; else it rewrites what
    ///   carries bytes, in conversations in which the client has said `SSH-2.0-`
    AnswerRewriter(boolean openings) {
        this.openings = openings;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Flow> flow = segment.flatMap(seen -> flows.of(direction, seen));
        if (flow.isEmpty()) {
            return Outcome.pass(frame);
        }
        flow.get().follow(direction, segment.get());
        if (direction == Direction.TO_SERVER || !rewrites(flow.get(), segment.get())) {
            return Outcome.pass(frame);
        }
        TcpHeader reset = TcpHeader.of(segment.get()).withFlags(Flags.RST | Flags.ACK);
        return Outcome.pass(Rewriting.frame(segment.get(), reset, new byte[0]));
    }

    private boolean rewrites(Flow flow, Decoded.Segment segment) {
        return openings ? segment.flags().syn() : segment.payloadLength() > 0 && flow.begins(PATTERN);
    }
}
