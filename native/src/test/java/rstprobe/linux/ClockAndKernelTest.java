package rstprobe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockAndKernelTest {
    @Test
    void nanoTimeIsTheMonotonicClock() throws Exception {
        for (int i = 0; i < 1000; i++) {
            long before = System.nanoTime();
            ClockPair pair = ClockPair.read();
            long after = System.nanoTime();
            assertTrue(before <= pair.monotonicNanos() + pair.uncertaintyNanos(), "monotonic runs behind nanoTime");
            assertTrue(pair.monotonicNanos() - pair.uncertaintyNanos() <= after, "monotonic runs ahead of nanoTime");
        }
    }

    @Test
    void thePairIsTightAndItsWallClockIsJavas() throws Exception {
        ClockPair.read();
        ClockPair pair = ClockPair.read();
        Instant now = Instant.now();
        long java = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        assertTrue(Math.abs(java - pair.realtimeNanos()) < 1_000_000_000L);
        assertTrue(pair.uncertaintyNanos() >= 0 && pair.uncertaintyNanos() < 1_000_000L, pair.toString());
        System.out.println("clock pair: the two readings are within " + pair.uncertaintyNanos() + " ns");
    }

    @Test
    void stampsConvertThereAndBack() throws Exception {
        ClockPair pair = ClockPair.read();
        long stamp = pair.realtimeNanos() + 123_456_789L;
        assertEquals(pair.monotonicNanos() + 123_456_789L, pair.toMonotonic(stamp));
        assertEquals(stamp, pair.toRealtime(pair.toMonotonic(stamp)));
    }

    @Test
    void theReleaseIsTheKernels() throws Exception {
        assertEquals(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(), Kernel.release());
    }
}
