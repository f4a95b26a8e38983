package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// How fast frames leave, whoever wakes when.
final class SendBudgetTest {
    private static final long SECOND = 1_000_000_000;

    private record Sent(int frames, long bytes) {}

    /// Sends whatever may leave for a while, and wakes by lot up to 4 ms late.
    private static Sent during(SendRate rate, long nanos, int length, Random lot) {
        SendBudget budget = SendBudget.of(rate, 2_000_000);
        long at = 17 * SECOND;
        long end = at + nanos;
        int frames = 0;
        while (at < end) {
            while (budget.permits(at)) {
                budget.spend(at, 1, length);
                frames++;
            }
            at = Math.max(at, budget.freeAtNanos()) + lot.nextInt(4_000_000);
        }
        return new Sent(frames, (long) frames * length);
    }

    @Test
    void noMoreLeavesThanTheRateAllows() {
        long seed = System.nanoTime();
        Random lot = new Random(seed);
        Sent packets = during(SendRate.ofFrames(500), 10 * SECOND, 1_514, lot);
        assertTrue(packets.frames() <= 5_002 && packets.frames() > 2_400, packets + ", seed " + seed);
        Sent bits = during(SendRate.ofBits(100_000_000), 10 * SECOND, 1_514, lot);
        assertTrue(bits.bytes() * 8 <= 1_001_000_000L, bits + ", seed " + seed);
        Sent both = during(new SendRate(100, 100_000_000), 10 * SECOND, 1_514, lot);
        assertTrue(both.frames() <= 1_002, both + ", seed " + seed);
    }

    @Test
    void whoWakesInTimeGetsItAll() {
        SendBudget budget = SendBudget.of(SendRate.ofBits(8_000_000), 2_000_000);
        long bytes = 0;
        for (long at = SECOND; at < 11 * SECOND; at += 100_000) {
            while (budget.permits(at)) {
                budget.spend(at, 1, 1_000);
                bytes += 1_000;
            }
        }
        assertEquals(10_000_000, bytes, 5_000);
    }

    @Test
    void whatWasNotUsedIsGone() {
        SendBudget budget = SendBudget.of(SendRate.ofFrames(10), 0);
        budget.spend(SECOND, 1, 100);
        long later = 100 * SECOND;
        budget.spend(later, 1, 100);
        assertEquals(later + SECOND / 10, budget.freeAtNanos());
    }

    @Test
    void nothingIsNoRate() {
        assertThrows(IllegalArgumentException.class, () -> new SendRate(0, 0));
    }
}
