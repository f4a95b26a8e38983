package rstprobe.lab;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import rstprobe.wire.Decoded;

/// A balancer that sees the client's segments only, since the server answers past it. It forgets a
/// conversation in which the client has said nothing for some time, and answers the next segment with a
/// reset.
final class ForgetfulBalancer implements Rule {

    private final long patienceNanos;
    private final Injector injector;
    private final FlowTable<Watched> watched = new FlowTable<>(Watched::new);

    private static final class Watched {
        private final Flow flow;
        private long spokeAtNanos = System.nanoTime();
        private boolean forgotten;

        Watched(Decoded.Segment syn) {
            flow = new Flow(syn);
        }
    }

    /// @param patience how long a client may be silent
    ForgetfulBalancer(Duration patience, long seed) {
        patienceNanos = patience.toNanos();
        injector = new Injector(List.of(Forgery.RESET), true, seed);
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment =
                direction == Direction.TO_SERVER ? FlowTable.segment(frame) : Optional.empty();
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (known.isEmpty()) {
            return Outcome.pass(frame);
        }
        Watched state = known.get();
        long now = System.nanoTime();
        state.forgotten |= now - state.spokeAtNanos >= patienceNanos;
        state.spokeAtNanos = now;
        if (!state.forgotten) {
            return Outcome.pass(frame);
        }
        boolean answerable = !segment.get().flags().rst();
        return answerable ? new Outcome(Optional.empty(), injector.inject(state.flow, segment.get())) : Outcome.drop();
    }
}
