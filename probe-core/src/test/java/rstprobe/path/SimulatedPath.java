package rstprobe.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A path with a device that counts silences, and a server behind it, in time that is advanced and never
/// slept.
final class SimulatedPath {
    private static final long SECOND = 1_000_000_000L;
    private static final long STEP = 20_000_000;
    private static final long[] COPIES = {0, 200_000_000, 600_000_000, 1_400_000_000};

    /// What the device does when its timer runs out.
    enum Expiry {
        /// It forgets, and lets what comes later vanish.
        SILENCE,
        /// It forgets, and resets what comes later.
        RESET_ON_NEXT,
        /// It resets both sides at once.
        RESET_AT_ONCE,
        /// It has no timer; the server ends each connection at that age.
        SERVER_AGE,
        /// Nobody has a timer.
        NEVER
    }

    private static final class Line {
        private long openedAt;
        private long spokenAt;
        private long timer;
        private boolean ended;
    }

    private record Due(long atNanos, IdleInput input) {}

    private final Expiry expiry;
    private final long timer;
    private final long jitter;
    private final double loss;
    private final long roundTrip;
    private final Random random;
    private final Map<Integer, Line> lines = new HashMap<>();
    private final List<Due> due = new ArrayList<>();
    private int open;
    private long now = 1_000 * SECOND;
    int opened;
    int mostOpen;
    int lostQuestions;

    /// @param jitter how much a connection's timer differs from the others', at most, each way
    SimulatedPath(Expiry expiry, long timer, long jitter, double loss, long roundTrip, Random random) {
        this.expiry = expiry;
        this.timer = timer;
        this.jitter = jitter;
        this.loss = loss;
        this.roundTrip = roundTrip;
        this.random = random;
    }

    /// Runs a search to its end.
    ///
    /// @return how long it took
    long run(IdleSearch search) {
        long started = now;
        while (true) {
            IdleMove move = search.next(now);
            switch (move) {
                case IdleMove.Open(int number) -> open(number);
                case IdleMove.Ask(int number) -> {
                    search.on(new IdleInput.Asked(number, now));
                    ask(number);
                }
                case IdleMove.Close(int number) -> close(number);
                case IdleMove.Wait(long until) -> {
                    now = Math.max(now + STEP, Math.min(until, soonest()));
                    deliver(search);
                }
                case IdleMove.Finish _ -> {
                    return now - started;
                }
            }
            if (now - started > 40_000 * SECOND) {
                throw new AssertionError("the search does not end");
            }
        }
    }

    /// When something happens next.
    private long soonest() {
        long answer = due.stream().mapToLong(Due::atNanos).min().orElse(Long.MAX_VALUE);
        boolean ends = expiry == Expiry.RESET_AT_ONCE || expiry == Expiry.SERVER_AGE;
        long end = lines.values().stream()
                .filter(line -> ends && !line.ended)
                .mapToLong(line -> line.timer + (expiry == Expiry.SERVER_AGE ? line.openedAt : line.spokenAt))
                .min()
                .orElse(Long.MAX_VALUE);
        return Math.min(answer, end);
    }

    private void open(int number) {
        Line line = new Line();
        line.openedAt = now + roundTrip;
        line.spokenAt = line.openedAt;
        line.timer = timer + (jitter == 0 ? 0 : random.nextLong(2 * jitter + 1) - jitter);
        lines.put(number, line);
        due.add(new Due(now + 2 * roundTrip, new IdleInput.Opened(number, now + 2 * roundTrip)));
        line.spokenAt = now + 2 * roundTrip;
        opened++;
        open++;
        mostOpen = Math.max(mostOpen, open);
    }

    private void close(int number) {
        Line line = lines.get(number);
        open -= line.ended ? 0 : 1;
        line.ended = true;
    }

    private void ask(int number) {
        Line line = lines.get(number);
        for (long copy : COPIES) {
            if (random.nextDouble() < loss) {
                continue;
            }
            long at = now + copy + roundTrip / 2;
            boolean forgotten =
                    (expiry == Expiry.SILENCE || expiry == Expiry.RESET_ON_NEXT) && at - line.spokenAt >= line.timer;
            if (!forgotten) {
                line.spokenAt = at;
                due.add(new Due(at + roundTrip / 2, new IdleInput.Answered(number, at + roundTrip / 2)));
                return;
            }
            if (expiry == Expiry.RESET_ON_NEXT && random.nextDouble() >= loss) {
                gone(line);
                due.add(new Due(at + roundTrip / 2, new IdleInput.Lost(number, at + roundTrip / 2)));
                return;
            }
        }
        gone(line);
        long patience = now + IdleSearch.PATIENCE_NANOS;
        due.add(new Due(patience, new IdleInput.Lost(number, patience)));
    }

    private void gone(Line line) {
        line.ended = true;
        open--;
        lostQuestions++;
    }

    private void deliver(IdleSearch search) {
        List<Due> now = due.stream().filter(each -> each.atNanos <= this.now).toList();
        due.removeAll(now);
        now.forEach(each -> search.on(each.input));
        lines.forEach((number, line) -> {
            boolean ends = switch (expiry) {
                case RESET_AT_ONCE -> this.now - line.spokenAt >= line.timer;
                case SERVER_AGE -> this.now - line.openedAt >= line.timer;
                case SILENCE, RESET_ON_NEXT, NEVER -> false;
            };
            if (!line.ended && ends) {
                line.ended = true;
                open--;
                search.on(new IdleInput.Ended(number, this.now));
            }
        });
    }
}
