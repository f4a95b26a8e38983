package rstprobe.lab;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import rstprobe.wire.Decoded;
import rstprobe.wire.TcpHeader;

/// A path that brings up, behind the server's first bytes, a segment far outside the client's window:
/// what is left of an older conversation, or a bad offload. A host ignores it; connection tracking
/// calls it invalid.
final class StraySegment implements Rule {

    private static final int FAR = 0x4000_0000;

    private final FlowTable<AtomicBoolean> sent = new FlowTable<>(syn -> new AtomicBoolean());

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Outcome passed = Outcome.pass(frame);
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<AtomicBoolean> state = segment.flatMap(seen -> sent.of(direction, seen));
        boolean strays = direction == Direction.TO_CLIENT
                && state.isPresent()
                && segment.get().payloadLength() > 0
                && state.get().compareAndSet(false, true);
        if (!strays) {
            return passed;
        }
        TcpHeader far = TcpHeader.of(segment.get()).withSequence(segment.get().sequence() + FAR);
        return passed.injecting(Injection.forged(
                Direction.TO_CLIENT,
                Rewriting.frame(segment.get(), far, segment.get().payload().toBytes())));
    }
}
