package rstprobe.lab;

import java.time.Duration;
import java.util.Optional;
import rstprobe.wire.Decoded;

/// A translator that forgets a conversation in which nothing has moved for some time, and from then on lets
/// all of it vanish, in both directions.
final class VanishesIdle implements Rule {

    private final long patienceNanos;
    private final FlowTable<Watched> watched = new FlowTable<>(syn -> new Watched());

    private static final class Watched {
        private long movedAtNanos = System.nanoTime();
        private boolean forgotten;
    }

    /// @param patience how long a conversation may rest
    VanishesIdle(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (known.isEmpty()) {
            return Outcome.pass(frame);
        }
        Watched state = known.get();
        long now = System.nanoTime();
        state.forgotten |= now - state.movedAtNanos >= patienceNanos;
        state.movedAtNanos = now;
        return state.forgotten ? Outcome.drop() : Outcome.pass(frame);
    }
}
