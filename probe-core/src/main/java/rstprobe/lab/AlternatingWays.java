package rstprobe.lab;

import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.IpHeader;

/// Two ways of equal cost of which one has a router more, and packets that are spread over both one by
/// one, within a conversation too: every other segment of the server's has lost one more of its hop count.
final class AlternatingWays implements Rule {

    private boolean longer;

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment =
                direction == Direction.TO_CLIENT ? FlowTable.segment(frame) : Optional.empty();
        if (segment.isEmpty()) {
            return Outcome.pass(frame);
        }
        longer = !longer;
        int ttl = segment.get().ip().ttl();
        return Outcome.pass(
                longer && ttl > 1
                        ? Rewriting.frame(
                                segment.get(), IpHeader.of(segment.get().ip()).withTtl(ttl - 1))
                        : frame);
    }
}
