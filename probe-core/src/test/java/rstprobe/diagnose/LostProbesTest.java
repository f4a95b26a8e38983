package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// Crafted packets that somebody took, and answers to everything: neither accuses anybody.
class LostProbesTest {
    private static final String REFUSED = Stories.NO_LISTENER + Stories.NO_LISTENER;
    private static final int CLOSED = 44_444;

    private static CraftedReel reel() {
        return new CraftedReel(PacketScript.of(REFUSED).recording());
    }

    private static Set<String> ids(CraftedReel reel) {
        return reel.finding().evidence().stream().map(Evidence::id).collect(Collectors.toSet());
    }

    /// Both triggers with TTL 3 were lost, so the first reset answers the one with TTL 4.
    @Test
    void aTriggerThatWasLostIsNoReverseTurn() {
        CraftedReel reel = reel().syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 4)
                .reset(62, 0x48)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .reset(62, 0x48);
        assertTrue(ids(reel).contains("trigger-drawn-late"));
        assertFalse(ids(reel).contains("trigger-beyond-server"));
    }

    /// Both controls with TTL 3 were lost: on a connection their acknowledgement comes at TTL 4.
    @Test
    void aControlThatWasLostPutsNobodyBeforeTheServer() {
        CraftedReel reel = new CraftedReel(
                        PacketScript.of(Stories.STATE_LOST + Stories.STATE_LOST).recording())
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 3, 500, 900, 23)
                .reset(62, 0x48)
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_011, 3, 500, 900, 23)
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_011, 4, 500, 900, 23)
                .acknowledged(23);
        assertTrue(
                ids(reel).contains("trigger-seems-to-stop-short"),
                () -> ids(reel).toString());
        assertFalse(ids(reel).contains("trigger-stops-short"));
        assertEquals(
                Origin.SERVER_KERNEL,
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict()).origin());
    }

    /// Every header is what the server's kernel would have written; the checksum gives the device away.
    @Test
    void whoeverAnswersAWrongChecksumPassesForNoServer() {
        CraftedReel alike = reel().syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0x48);
        assertInstanceOf(Verdict.Fault.class, alike.finding().verdict());
        CraftedReel reel = alike.wrongSyn(50_002).reset(62, 0x48);
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
        assertTrue(reel.finding().alternatives().stream()
                .filter(other -> other.confidence() > 0.05)
                .allMatch(other -> other.origin() == Origin.IN_PATH || other.origin() == Origin.ON_PATH));
    }
}
