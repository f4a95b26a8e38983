package rstprobe.record;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How often a port is asked, and how a crafted connection takes leave.
final class MannersOnTheWireTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @Test
    void noThirtySecondsSeeMoreThanFourOpenings() {
        Openings openings = new Openings(Plan.DEFAULT_SPACING_MILLIS);
        for (int i = 0; i < 4; i++) {
            assertEquals(0, openings.waitNanos(i * SECOND));
            openings.count(i * SECOND);
        }
        assertEquals(27 * SECOND, openings.waitNanos(4 * SECOND));
        openings.count(31 * SECOND);
        assertEquals(SECOND, openings.waitNanos(31 * SECOND), "the second one was a second later");
    }

    @Test
    void aDistanceHoldsFromTheFirstOnOn() {
        Openings openings = new Openings(Plan.HURRIED_SPACING_MILLIS);
        openings.keepDistance(11_000);
        assertEquals(0, openings.waitNanos(0));
        openings.count(0);
        assertEquals(9 * SECOND, openings.waitNanos(2 * SECOND));
    }

    @Test
    void theFarewellGoesOnWithWhatWasSaid() {
        assertEquals("SSH-1.99-Probe-rstprobe\r\n", farewell(""));
        assertEquals("SSH-1.99-Probe-rstprobe\r\n", farewell("SSH-"));
        assertEquals("SSH-2.0-Probe-rstprobe\r\n", farewell("SSH-2.0-"));
        assertEquals("SSH-2.0-rst_SSH_Version_Mapper\r\n", farewell("SSH-2.0-rst"));
        assertTrue(Farewell.behind("SSH-2.0-r\r\n".getBytes(US_ASCII)).isEmpty(), "the line is whole already");
        assertTrue(Farewell.behind("xxxx".getBytes(US_ASCII)).isEmpty());
    }

    @Test
    void onlyAnSshServerIsOwedOne() {
        assertTrue(Farewell.owedTo("SSH-2.0-OpenSSH_9.2p1\r\n".getBytes(US_ASCII)));
        assertFalse(Farewell.owedTo("220 mail\r\n".getBytes(US_ASCII)));
        assertFalse(Farewell.owedTo("SS".getBytes(US_ASCII)));
    }

    private static String farewell(String said) {
        return new String(Farewell.behind(said.getBytes(US_ASCII)).orElseThrow(), US_ASCII);
    }
}
