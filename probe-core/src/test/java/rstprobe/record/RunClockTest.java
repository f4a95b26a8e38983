package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import rstprobe.linux.ClockPair;

/// The clock of a run shows the time of day and never jumps.
final class RunClockTest {
    private static final long HOUR = 3_600_000_000_000L;

    @Test
    void aStepOfTheWallClockMovesNothingAndIsTold() {
        long monotonic = System.nanoTime();
        RunClock clock = new RunClock(new ClockPair(1_795_000_000_000_000_000L, monotonic, 0));
        long before = clock.now();
        assertTrue(before >= 1_795_000_000_000_000_000L);
        ClockPair steppedBack = new ClockPair(1_795_000_000_000_000_000L - HOUR + 5_000_000, monotonic + 5_000_000, 0);
        assertEquals(-HOUR, clock.stepNanos(steppedBack));
        assertTrue(clock.now() >= before);
        assertEquals(0, clock.stepNanos(new ClockPair(1_795_000_000_000_000_007L, monotonic + 7, 0)));
    }

    @Test
    void itShowsTheTimeOfDay() throws Exception {
        long millis = new RunClock().now() / 1_000_000;
        assertTrue(Math.abs(millis - System.currentTimeMillis()) < 1_000);
    }
}
