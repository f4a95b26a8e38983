package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/// Crafted flows keep off the ports that the kernel gives away.
final class OwnPortsTest {
    private static final int TRIES = 2_000;

    @Test
    void theyAreOutsideWhateverRangeThereIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < TRIES; i++) {
            int low = 1 + random.nextInt(65_535);
            int high = low + random.nextInt(65_536 - low);
            OwnPorts ports = OwnPorts.outside(low + "\t" + high + "\n");
            int drawn = ports.draw(random);
            boolean room = 65_535 - Math.max(high, 9_999) >= 512 || low - 10_000 >= 512;
            String why = "seed " + seed + ": " + low + " to " + high + " gives " + drawn;
            assertTrue(drawn >= 10_000 && drawn <= 65_535, why);
            assertTrue(!room || drawn < low || drawn > high, why);
        }
    }

    @Test
    void theUsualRangeLeavesTheUsualPorts() {
        assertEquals(OwnPorts.USUAL, OwnPorts.outside("32768\t60999\n"));
        assertEquals(new OwnPorts(65_001, 535), OwnPorts.outside("32768 65000"));
        assertEquals(new OwnPorts(15_464, 4_536), OwnPorts.outside("20000 65535"));
        assertEquals(OwnPorts.USUAL, OwnPorts.outside("1024 65535"), "nothing is left");
    }

    @Test
    void whatIsNoRangeLeavesTheUsualPorts() {
        for (String range : new String[] {"", "x", "1", "99999999999 2", "-5 7", "5 7 9"}) {
            assertEquals(OwnPorts.USUAL, OwnPorts.outside(range), range);
        }
        assertTrue(OwnPorts.outside("99999 99999").first() >= 10_000);
    }
}
