package rstprobe.record;

import java.util.List;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.wire.Decoded;
import rstprobe.wire.IpAddress;

/// Everything kept from a run: enough to diagnose it again anywhere, without a network.
///
/// @param startedNanos when the run started, nanoseconds since the Unix epoch
/// @param target       the address that was probed, in text form
/// @param events       what happened on our side, in order
/// @param frames       what was on the wire, in order of capture; the number of a frame is its place in
/// `capture.pcapng`
/// @param capture      what the capture says of itself
public record Recording(
        long startedNanos,
        Plan plan,
        HostFacts host,
        String target,
        List<Event> events,
        DecodedFrames frames,
        CaptureFacts capture) {

    public Recording {
        events = List.copyOf(events);
    }

    /// The same of frames of which nothing is decoded yet.
    public Recording(
            long startedNanos,
            Plan plan,
            HostFacts host,
            String target,
            List<Event> events,
            List<Frame> frames,
            CaptureFacts capture) {
        this(startedNanos, plan, host, target, events, DecodedFrames.of(frames), capture);
    }

    /// The events of one kind, in order.
    public <T extends Event> List<T> events(Class<T> kind) {
        return Event.ofKind(kind, events);
    }

    /// Whether there is an event of that kind.
    public boolean has(Class<? extends Event> kind) {
        return !events(kind).isEmpty();
    }

    /// The frame with the first SYN to the target: every run begins with one, so a capture without it began too
    /// late or listened elsewhere.
    ///
    /// @param target an address in text form
    public static OptionalInt firstOwnSyn(List<Frame> frames, String target) {
        IpAddress theirs = IpAddress.parse(target);
        return frames.stream()
                .filter(frame -> DecodedFrames.decoded(frame) instanceof Decoded.Segment segment
                        && segment.flags().syn()
                        && !segment.flags().ack()
                        && segment.ip().destination().equals(theirs))
                .mapToInt(Frame::number)
                .findFirst();
    }

    /// What a capture says of itself.
    ///
    /// @param dropped      frames the kernel or the interface lost; above 0, "not seen" is not "was not there"
    /// @param firstOwnSyn  number of the frame with our first SYN, which proves that the tap was live before it;
    ///     empty where it is missing
    /// @param clockStepNanos how far the wall clock moved against the monotonic clock during the run
    public record CaptureFacts(long dropped, boolean nanoseconds, OptionalInt firstOwnSyn, long clockStepNanos) {
        /// Slewing a clock by half a thousandth, as the kernel does, takes a run of twenty seconds for that.
        private static final long STEP_NANOS = 10_000_000;

        /// True where the wall clock was set during the run. The kernel stamps frames with it, so across a step
        /// the time between two frames, or between a frame and an event, means nothing.
        public boolean clockWasSet() {
            return Math.abs(clockStepNanos) > STEP_NANOS;
        }
    }
}
