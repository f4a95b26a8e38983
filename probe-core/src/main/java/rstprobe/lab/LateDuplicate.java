package rstprobe.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.wire.Decoded;

/// A path on which the server's first bytes travel twice, the second time so slowly that the server's
/// own reset overtakes them.
final class LateDuplicate implements Rule {

    private final long behindNanos;
    private final FlowTable<Watched> watched = new FlowTable<>(syn -> new Watched());

    private static final class Watched {
        private Optional<byte[]> first = Optional.empty();
        private Optional<Long> dueAtNanos = Optional.empty();
        private boolean sent;
    }

    /// @param behind how long after the reset the second copy arrives
    LateDuplicate(Duration behind) {
        behindNanos = behind.toNanos();
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (direction == Direction.TO_CLIENT && known.isPresent()) {
            Watched state = known.get();
            if (segment.get().payloadLength() > 0 && state.first.isEmpty()) {
                state.first = Optional.of(frame);
            }
            if (segment.get().flags().rst() && state.first.isPresent() && state.dueAtNanos.isEmpty()) {
                state.dueAtNanos = Optional.of(System.nanoTime() + behindNanos);
            }
        }
        return Outcome.pass(frame);
    }

    @Override
    public List<Injection> at(long nowNanos) {
        List<Injection> late = new ArrayList<>();
        watched.all()
                .filter(state -> !state.sent && state.dueAtNanos.isPresent() && nowNanos - state.dueAtNanos.get() >= 0)
                .forEach(state -> {
                    state.sent = true;
                    late.add(Injection.released(Direction.TO_CLIENT, state.first.orElseThrow()));
                });
        return late;
    }
}
