package rstprobe.record;

import java.util.Optional;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Asks a server whether it still knows a connection that was reset.
///
/// An acknowledgement from just before what the server has surely received draws an acknowledgement from a
/// socket that lives (RFC 9293 section 3.10.7.4), and a reset from a host that does not know the
/// connection.
final class LivenessTest {
    private static final int TRIES = 2;
    /// Linux answers a socket's superfluous segments twice a second at most.
    private static final long SPACING_NANOS = 600_000_000;

    private static final long NANOS_PER_TICK = 1_000_000;
    private static final long CLOCK_MASK = 0xffff_ffffL;

    private LivenessTest() {}

    /// @param atNanos now, on the clock of the capture
    static void run(Prober prober, Subject subject, long atNanos) throws NotPossibleHere, InterruptedException {
        Flow flow = subject.flow();
        if (!subject.quiet()) {
            throw new NotPossibleHere("our own kernel was not kept quiet during the connection that was reset");
        }
        if (!flow.reset() || flow.acknowledged().isEmpty() || flow.expected().isEmpty()) {
            throw new NotPossibleHere("the connection was not reset again");
        }
        Probe question = Probe.of(ActiveTest.LIVENESS, Part.LIVENESS, flow.conversation(), Flags.ACK)
                .withNumbers(
                        Sequence.plus(flow.acknowledged().getAsInt(), -1),
                        flow.expected().getAsInt());
        Probe stamped = stamps(flow, atNanos).map(question::withTimestamps).orElse(question);
        for (int i = 0; i < TRIES; i++) {
            long next = System.nanoTime() + SPACING_NANOS;
            Optional<Decoded> answer = prober.ask(
                    stamped,
                    heard -> Listening.theirs(flow.conversation(), heard),
                    Math.max(SPACING_NANOS, subject.patienceNanos()));
            if (answer.isPresent() && answer.get() instanceof Decoded.Segment segment) {
                if (!segment.flags().rst()) {
                    goodbye(prober, flow);
                }
                return;
            }
            Prober.pauseUntil(next);
        }
    }

    private static Optional<TcpOption.Timestamps> stamps(Flow flow, long atNanos) {
        if (flow.theirStamp().isEmpty()) {
            return Optional.empty();
        }
        long elapsed = Math.max(0, (atNanos - flow.lastSentNanos()) / NANOS_PER_TICK);
        return flow.ourStamps()
                .map(stamps -> new TcpOption.Timestamps(
                        stamps.value() + elapsed & CLOCK_MASK, flow.theirStamp().getAsLong()));
    }

    /// Our kernel's end of the connection is gone, so the server's end is ended too.
    private static void goodbye(Prober prober, Flow flow) throws NotPossibleHere, InterruptedException {
        prober.send(Probe.of(ActiveTest.LIVENESS, Part.GOODBYE, flow.conversation(), Flags.RST)
                .withNumbers(flow.acknowledged().getAsInt(), 0));
    }
}
