package rstprobe.lab;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import rstprobe.wire.Decoded;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;

/// A device in the path that passes so many segments, or so many SYNs, a second of each client, and drops
/// or resets the others.
final class RateLimit implements Rule {

    private static final int MOST_SOURCES = 256;

    private final int aSecond;
    private final boolean onlyOpenings;
    private final boolean resets;
    private final Map<IpAddress, Second> passed = new HashMap<>();

    private record Second(long number, int count) {}

    /// @param aSecond how many pass
    /// @param onlyOpenings whether it counts SYNs alone
    /// @param resets whether it answers the others with a reset
    RateLimit(int aSecond, boolean onlyOpenings, boolean resets) {
        this.aSecond = aSecond;
        this.onlyOpenings = onlyOpenings;
        this.resets = resets;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        return on(direction, frame, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()));
    }

    /// The same, in a certain second.
    Outcome on(Direction direction, byte[] frame, long second) {
        Optional<Decoded.Segment> segment =
                direction == Direction.TO_SERVER ? FlowTable.segment(frame) : Optional.empty();
        if (segment.isEmpty() || onlyOpenings && !segment.get().flags().syn() || mayPass(segment.get(), second)) {
            return Outcome.pass(frame);
        }
        return resets && !segment.get().flags().rst()
                ? Outcome.drop().injecting(Injection.forged(Direction.TO_CLIENT, reset(segment.get())))
                : Outcome.drop();
    }

    private boolean mayPass(Decoded.Segment segment, long second) {
        if (passed.size() >= MOST_SOURCES) {
            passed.clear();
        }
        int before = Optional.ofNullable(passed.get(segment.ip().source()))
                .filter(known -> known.number == second)
                .map(Second::count)
                .orElse(0);
        passed.put(segment.ip().source(), new Second(second, before + 1));
        return before < aSecond;
    }

    private static byte[] reset(Decoded.Segment trigger) {
        return Refusal.of(
                trigger,
                IpHeader.between(trigger.ip().destination(), trigger.ip().source()));
    }
}
