package rstprobe.lab;

import java.util.concurrent.atomic.AtomicBoolean;

/// A link that loses the first reset of every conversation, and nothing else.
final class LosesFirstReset implements Rule {

    private final FlowTable<AtomicBoolean> lost = new FlowTable<>(syn -> new AtomicBoolean());

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        boolean loses = FlowTable.segment(frame)
                .flatMap(segment -> lost.of(direction, segment)
                        .filter(state -> direction == Direction.TO_CLIENT
                                && segment.flags().rst()
                                && state.compareAndSet(false, true)))
                .isPresent();
        return loses ? Outcome.drop() : Outcome.pass(frame);
    }
}
