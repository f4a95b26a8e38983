package rstprobe.capture;

import java.util.Map;
import java.util.TreeMap;

/// How many frames a capture says it lost: in the statistics of its interfaces, which count from the beginning on, and
/// between frames. Both may mean the same ones, so the larger counts.
public final class LostFrames {
    /// No capture loses more; a counter that says so is as good as this.
    public static final long MOST = 1L << 40;

    private final Map<Integer, Long> byInterface = new TreeMap<>();
    private long between;

    /// Takes in what a walk has met on its way. Of walks over parts of a capture each is taken in once.
    public void add(RecordWalk walk) {
        for (InterfaceStatistics each : walk.statistics()) {
            long lost = sum(
                    sum(0, each.counters().droppedByKernel()), each.counters().droppedByInterface());
            byInterface.merge(each.interfaceId(), lost, Math::max);
        }
        between = sum(between, walk.lostBefore());
    }

    /// How many in all, at least, and at most [#MOST]; 0 where it says nothing.
    public long count() {
        long counted = byInterface.values().stream().mapToLong(Long::longValue).reduce(0, LostFrames::sum);
        return Math.max(counted, between);
    }

    /// A counter added to what is known already; a negative one is beyond all measure, and no writer's meaning.
    static long sum(long known, long more) {
        return more < 0 ? known : Math.min(MOST, known + Math.min(MOST, more));
    }
}
