package rstprobe.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import rstprobe.path.SimulatedPath.Expiry;

/// The search for an idle timer, on timers drawn by lot.
class IdleSearchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final int RUNS = 400;
    private static final int LONG_RUNS = 100;
    private static final IdleLimits UNTIL_GRACE = new IdleLimits(115 * SECOND, 118 * SECOND, 8);
    private static final IdleLimits HOUR = new IdleLimits(3600 * SECOND, Long.MAX_VALUE / 4, 8);

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private record Trial(IdleSearch search, SimulatedPath path, long timer, long took, String what) {
        long width() {
            return search.lostNanos().orElseThrow() - search.survivedNanos();
        }

        /// The bracket holds the timer, but for what its own unsteadiness and a lost first copy of a question
        /// do.
        void isRight(long slack) {
            assertTrue(search.survivedNanos() <= timer + slack, what);
            assertTrue(search.lostNanos().isPresent(), what);
            assertTrue(search.lostNanos().getAsLong() >= timer - slack, what);
        }

        void isWithinASecond(long slack) {
            isRight(slack);
            long middle = search.survivedNanos() + width() / 2;
            assertTrue(Math.abs(middle - timer) <= SECOND, what);
        }
    }

    private static Trial trial(IdleLimits limits, Expiry expiry, long timer, long jitter, double loss, Random random) {
        long roundTrip = random.nextLong(MILLI, 100 * MILLI);
        SimulatedPath path = new SimulatedPath(expiry, timer, jitter, loss, roundTrip, random);
        IdleSearch search = new IdleSearch(limits);
        long took = path.run(search);
        String what = expiry + " " + seconds(timer) + " s, jitter " + seconds(jitter) + ", loss " + loss + ": survived "
                + seconds(search.survivedNanos()) + ", lost " + search.lostNanos() + ", took " + seconds(took)
                + ", opened " + path.opened;
        assertTrue(path.opened <= limits.total(), what);
        assertTrue(path.mostOpen <= limits.atOnce(), what);
        return new Trial(search, path, timer, took, what);
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    private static Expiry secret(Random random) {
        return random.nextBoolean() ? Expiry.SILENCE : Expiry.RESET_ON_NEXT;
    }

    /// A server that keeps its clients alive every ten seconds: nothing is silent for longer, and the search ends.
    @Test
    void noQuestionWaitsForASilenceThatTheServerBreaks() {
        IdleSearch search = new IdleSearch(HOUR);
        long now = 0;
        long[] spoken = new long[20];
        int opened = 0;
        for (IdleMove move = search.next(now); !(move instanceof IdleMove.Finish); move = search.next(now)) {
            switch (move) {
                case IdleMove.Open(int number) -> {
                    opened = number;
                    spoken[number] = now;
                    search.on(new IdleInput.Opened(number, now));
                }
                case IdleMove.Ask(int number) -> {
                    search.on(new IdleInput.Asked(number, now));
                    spoken[number] = now;
                    search.on(new IdleInput.Answered(number, now));
                }
                default -> now += 100 * MILLI;
            }
            for (int number = 1; number <= opened; number++) {
                if (now - spoken[number] >= 10 * SECOND) {
                    spoken[number] = now;
                    search.on(new IdleInput.Moved(number, now));
                }
            }
            assertTrue(now < 60 * SECOND, "it waits for ever");
        }
        assertTrue(search.survivedNanos() >= 8 * SECOND, () -> search.survivedNanos() + "");
        assertTrue(search.lostNanos().isEmpty());
    }

    @Test
    void aTimerThatForgetsInSecretIsFoundToWithinASecondInLittleMoreThanItsOwnLength() {
        Random random = seeded();
        double share = 0;
        int lost = 0;
        int more = 0;
        for (int i = 0; i < RUNS; i++) {
            long timer = random.nextLong(3 * SECOND, 112 * SECOND);
            Trial trial = trial(UNTIL_GRACE, secret(random), timer, 0, 0, random);
            trial.isWithinASecond(100 * MILLI);
            assertTrue(trial.width() <= 2 * SECOND, trial.what);
            boolean narrowed = trial.path.opened > 12;
            assertTrue(trial.took <= (narrowed ? 3 : 2) * timer + 20 * SECOND, trial.what);
            more += narrowed ? 1 : 0;
            share += (double) trial.took / (timer + 4 * SECOND) / RUNS;
            lost += trial.path.lostQuestions;
        }
        System.out.println(
                "took (T + 4 s) times " + share + ", questions lost " + (double) lost / RUNS + ", narrowed " + more);
        assertTrue(share < 1.6, "on average it took " + share);
    }

    @Test
    void jitterAndLossWidenTheAnswerNoMoreThanTheirOwnSize() {
        Random random = seeded();
        int within = 0;
        for (int i = 0; i < RUNS; i++) {
            long timer = random.nextLong(5 * SECOND, 110 * SECOND);
            Trial trial = trial(UNTIL_GRACE, secret(random), timer, 200 * MILLI, 0.01, random);
            trial.isRight(1_500 * MILLI);
            long middle = trial.search.survivedNanos() + trial.width() / 2;
            within += Math.abs(middle - timer) <= SECOND ? 1 : 0;
        }
        System.out.println("within a second " + within + " of " + RUNS);
        assertTrue(within >= RUNS * 97 / 100, within + " of " + RUNS);
    }

    @Test
    void aTimerUpToAnHourIsFoundOrHonestlyBounded() {
        Random random = seeded();
        int exact = 0;
        double share = 0;
        for (int i = 0; i < LONG_RUNS; i++) {
            long timer = (long) (5 * SECOND * Math.pow(700, random.nextDouble()));
            Trial trial = trial(HOUR, secret(random), timer, 0, 0, random);
            trial.isRight(100 * MILLI);
            exact += trial.width() <= 2 * SECOND ? 1 : 0;
            share += (double) trial.took / (timer + 4 * SECOND) / LONG_RUNS;
        }
        System.out.println("exact " + exact + " of " + LONG_RUNS + ", took (T + 4 s) times " + share);
        assertTrue(exact >= LONG_RUNS / 2, exact + " of " + LONG_RUNS);
    }

    @Test
    void anEndNobodyAskedForIsTheTimerAtOnce() {
        Random random = seeded();
        for (int i = 0; i < RUNS; i++) {
            long timer = random.nextLong(SECOND, 115 * SECOND);
            Trial trial = trial(UNTIL_GRACE, Expiry.RESET_AT_ONCE, timer, 0, 0.01, random);
            assertTrue(Math.abs(trial.search.lostNanos().orElseThrow() - timer) <= 150 * MILLI, trial.what);
            assertTrue(trial.took <= timer * 6 / 5 + 13 * SECOND, trial.what);
            assertTrue(trial.search.survivedNanos() <= timer + 100 * MILLI, trial.what);
        }
    }

    @Test
    void whereTheServerCountsAgeTheSearchEndsWithIt() {
        Random random = seeded();
        for (int i = 0; i < RUNS; i++) {
            long age = random.nextLong(5 * SECOND, 110 * SECOND);
            Trial trial = trial(UNTIL_GRACE, Expiry.SERVER_AGE, age, 0, 0, random);
            assertTrue(trial.took <= age + 12 * SECOND, trial.what);
            assertTrue(trial.search.survivedNanos() <= age, trial.what);
        }
    }

    @Test
    void whereNobodyHasATimerTheSearchSaysUpToWhere() {
        Trial trial = trial(UNTIL_GRACE, Expiry.NEVER, 0, 0, 0, seeded());
        assertTrue(trial.search.survivedNanos() >= 115 * SECOND, trial.what);
        assertTrue(trial.search.lostNanos().isEmpty(), trial.what);
        assertTrue(trial.took <= 140 * SECOND, trial.what);
        Trial small = trial(new IdleLimits(10 * SECOND, 118 * SECOND, 4), Expiry.NEVER, 0, 0, 0, seeded());
        assertTrue(small.search.survivedNanos() >= 10 * SECOND, small.what);
        assertTrue(small.took <= 16 * SECOND, small.what);
    }

    /// A question lost after less silence than others survived is no timer's doing.
    @Test
    void aPathThatFailsIsNoTimer() {
        IdleSearch search = new IdleSearch(UNTIL_GRACE);
        long now = 0;
        search.next(now);
        search.on(new IdleInput.Opened(1, now));
        now += SECOND / 2;
        assertEquals(new IdleMove.Open(2), search.next(now));
        search.on(new IdleInput.Opened(2, now));
        now += 10 * SECOND;
        search.on(new IdleInput.Asked(1, now));
        search.on(new IdleInput.Answered(1, now));
        now += 4 * SECOND;
        search.on(new IdleInput.Asked(1, now));
        search.on(new IdleInput.Lost(1, now));
        assertEquals(new IdleMove.Finish(), search.next(now));
    }

    /// A server that refuses is asked twice, and left alone.
    @Test
    void aServerThatRefusesIsLeftAlone() {
        IdleSearch search = new IdleSearch(UNTIL_GRACE);
        assertEquals(new IdleMove.Open(1), search.next(0));
        assertTrue(search.next(SECOND) instanceof IdleMove.Wait, "nobody else before the first stands");
        search.on(new IdleInput.Refused(1, SECOND));
        assertEquals(new IdleMove.Open(2), search.next(SECOND));
        search.on(new IdleInput.Refused(2, SECOND));
        assertEquals(new IdleMove.Finish(), search.next(SECOND));
    }

    @Test
    void limitsAreBornValid() {
        assertThrows(IllegalArgumentException.class, () -> new IdleLimits(SECOND / 2, SECOND, 8));
        assertThrows(IllegalArgumentException.class, () -> new IdleLimits(SECOND, SECOND, 1));
        assertEquals(14, UNTIL_GRACE.total());
    }
}
