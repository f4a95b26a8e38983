package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// A balancer that finds no server for a connection and resets it some time after it stood, whatever is said on it:
/// behind whichever crafted packet left last its reset looks like the answer to that one.
class UnpromptedResetTest {
    private static final int CLOSED = 44_444;
    private static final String BY_ITSELF = """
            talk
            0.0   > SYN
            10.0  < SYN,ACK -ts
            10.1  > ACK -ts
            10.2  > ACK -ts data=23 msg=identification
            20.2  < ACK -ts
            610.0 < RST,ACK -ts win=0
            = reset identification
            """;

    private static CraftedReel after(String story) {
        return new CraftedReel(PacketScript.of(story).recording());
    }

    /// Trigger and control meet the same timer, two hops out.
    private static CraftedReel swept(CraftedReel reel) {
        return reel.segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 1, 900, 100, 23)
                .expiredAt("198.18.1.1")
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 900, 100, 23)
                .expiredAt("198.18.2.2")
                .reset(62, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .reset(62, 0x48);
    }

    private static boolean says(Finding finding, String id) {
        return finding.evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    @Test
    void whatComesByItselfAnswersNoCraftedPacket() {
        Finding finding = swept(after(BY_ITSELF + BY_ITSELF)).finding();
        assertFalse(says(finding, "trigger-stops-short"), finding::toString);
        assertFalse(says(finding, "trigger-travels-on"));
        assertTrue(says(finding, "reset-comes-by-itself"));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void whatComesAtOnceIsAnAnswer() {
        String atOnce = BY_ITSELF.replace("610.0", "20.3");
        Finding finding = swept(after(atOnce + atOnce)).finding();
        assertFalse(says(finding, "reset-comes-by-itself"));
        assertEquals(
                Origin.ON_PATH,
                assertInstanceOf(Verdict.Fault.class, finding.verdict()).origin());
    }

    /// The server's answer to our identification becomes a reset: behind that comes one without any trigger, sooner or
    /// later.
    @Test
    void whatComesBehindWhatHadPassedIsNotDrawnByWhatFollows() {
        String atOnce = BY_ITSELF.replace("610.0", "20.3");
        CraftedReel reel = after(atOnce + atOnce)
                .segment(ActiveTest.SWEEP, Part.OPENING, 50_021, 64, 877, 100, 23)
                .acknowledged(23)
                .reset(62, 0);
        Finding finding = swept(reel).finding();
        assertFalse(says(finding, "trigger-stops-short"), finding::toString);
        assertTrue(says(finding, "reset-comes-by-itself"));
    }
}
