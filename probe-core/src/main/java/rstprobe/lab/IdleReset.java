package rstprobe.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;

/// A balancer that resets both sides of a conversation in which nothing has moved for some time, and
/// forgets it.
final class IdleReset implements Rule {

    private final long patienceNanos;
    private final Injector injector;
    private final FlowTable<Watched> watched = new FlowTable<>(Watched::new);

    private static final class Watched {
        private final Flow flow;
        private Optional<Decoded.Segment> lastOfClient = Optional.empty();
        private long movedAtNanos;
        private boolean forgotten;

        Watched(Decoded.Segment syn) {
            flow = new Flow(syn);
        }
    }

    /// @param patience how long a conversation may rest
    /// @param recipe what it sends then
    IdleReset(Duration patience, List<Forgery> recipe, long seed) {
        patienceNanos = patience.toNanos();
        injector = new Injector(recipe, false, seed);
    }

    /// A reset each way.
    static List<Forgery> bothWays() {
        Forgery reset = Forgery.RESET.withFlags(Flags.RST | Flags.ACK).withIdentification(new Figure.Dice(1, 0xffff));
        return List.of(reset, reset.towards(Direction.TO_SERVER));
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (known.isEmpty()) {
            return Outcome.pass(frame);
        }
        Watched state = known.get();
        state.flow.follow(direction, segment.get());
        state.movedAtNanos = System.nanoTime();
        state.forgotten |= segment.get().flags().rst() || segment.get().flags().fin();
        if (direction == Direction.TO_SERVER) {
            state.lastOfClient = segment;
        }
        return Outcome.pass(frame);
    }

    @Override
    public List<Injection> at(long nowNanos) {
        List<Injection> resets = new ArrayList<>();
        watched.all()
                .filter(state -> !state.forgotten && nowNanos - state.movedAtNanos >= patienceNanos)
                .forEach(state -> {
                    state.forgotten = true;
                    state.lastOfClient.ifPresent(last -> resets.addAll(injector.inject(state.flow, last)));
                });
        return resets;
    }
}
