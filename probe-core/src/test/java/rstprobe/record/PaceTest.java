package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far apart single bytes leave: more than a round trip, and never so far that a run takes minutes.
class PaceTest {
    @ParameterizedTest
    @CsvSource({"0, 50", "10, 50", "100, 150", "300, 450", "3000, 500"})
    void theGapFollowsTheRoundTripWithinLimits(long roundTripMillis, long gapMillis) {
        Pace pace = Pace.of(Mode.BYTES, 0, TimeUnit.MILLISECONDS.toNanos(roundTripMillis));
        assertEquals(TimeUnit.MILLISECONDS.toNanos(gapMillis), pace.gapFor(0));
        assertEquals(1, pace.bytesFor(0));
    }
}
