package rstprobe.record;

import java.util.List;
import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// What an active test asks about: the conversation that failed, and where else to ask.
///
/// @param attempt     number of the attempt that failed
/// @param flow        its conversation, as far as it came
/// @param closedPorts ports of the target that are most likely closed
/// @param quiet       whether our kernel was kept from resetting that conversation
record Subject(int attempt, Flow flow, List<Integer> closedPorts, boolean quiet) {
    private static final long LEAST_PATIENCE_NANOS = 150_000_000;
    private static final long MOST_PATIENCE_NANOS = 1_000_000_000;

    IpAddress ours() {
        return flow.conversation().ours().address();
    }

    IpAddress theirs() {
        return flow.conversation().theirs().address();
    }

    Endpoint target() {
        return flow.conversation().theirs();
    }

    Endpoint closed(int port) {
        return new Endpoint(theirs(), port);
    }

    Conversation conversation() {
        return flow.conversation();
    }

    /// How long an answer may take before it counts as silence.
    long patienceNanos() {
        long roundTrip = flow.roundTripNanos().orElse(MOST_PATIENCE_NANOS);
        return Math.clamp(2 * roundTrip + LEAST_PATIENCE_NANOS / 2, LEAST_PATIENCE_NANOS, MOST_PATIENCE_NANOS);
    }
}
