package rstprobe.lab;

import java.util.Arrays;
import java.util.Optional;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;

/// Two ways of equal cost of which one has a router more: conversations are spread over both by their
/// addresses and ports (RFC 2992), and each stays on its way. What goes the longer way loses one more
/// of its hop count, and is answered by that router where it has none left (RFC 1812 section 5.3.1).
final class LongerWay implements Rule {

    private static final int TIME_EXCEEDED4 = 11;
    private static final int TIME_EXCEEDED6 = 3;
    private static final int LONGEST_QUOTATION = 128;
    private static final IpAddress ROUTER4 = IpAddress.parse("198.18.2.3");
    private static final IpAddress ROUTER6 = IpAddress.parse("2001:db8:2::3");

    private final int oneIn;

    /// @param oneIn of so many conversations one takes the longer way
    LongerWay(int oneIn) {
        this.oneIn = oneIn;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        if (segment.isEmpty() || !isLonger(direction, segment.get())) {
            return Outcome.pass(frame);
        }
        int left = segment.get().ip().ttl() - 1;
        if (left > 0) {
            IpHeader ip = IpHeader.of(segment.get().ip()).withTtl(left);
            return Outcome.pass(Rewriting.frame(segment.get(), ip));
        }
        Direction back = direction == Direction.TO_SERVER ? Direction.TO_CLIENT : Direction.TO_SERVER;
        return Outcome.drop().injecting(Injection.released(back, timeExceeded(segment.get(), frame)));
    }

    private boolean isLonger(Direction direction, Decoded.Segment segment) {
        Conversation asClientSeesIt = switch (direction) {
            case TO_SERVER -> new Conversation(segment.source(), segment.destination());
            case TO_CLIENT -> new Conversation(segment.destination(), segment.source());
        };
        return Math.floorMod(mixed(asClientSeesIt.hashCode()), oneIn) == 0;
    }

    /// Every bit of the ports must count: with neighbouring ones, half of all connections still go either way.
    private static int mixed(int hash) {
        int once = (hash ^ hash >>> 16) * 0x85EB_CA6B;
        int twice = (once ^ once >>> 13) * 0xC2B2_AE35;
        return twice ^ twice >>> 16;
    }

    private static byte[] timeExceeded(Decoded.Segment segment, byte[] frame) {
        boolean six = segment.ip().isV6();
        int start = frame.length - Math.min(frame.length, segment.ip().totalLength());
        byte[] quoted = Arrays.copyOfRange(frame, start, Math.min(frame.length, start + LONGEST_QUOTATION));
        IpHeader ip = IpHeader.between(six ? ROUTER6 : ROUTER4, segment.ip().source());
        return Encoder.ethernet(
                segment.ip().link().destination().orElseThrow(),
                segment.ip().link().source().orElseThrow(),
                Encoder.icmp(ip, six ? TIME_EXCEEDED6 : TIME_EXCEEDED4, 0, 0, quoted));
    }
}
