package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// A filter on the server and a device on the way that borrows the server's hop count reset alike: only where the
/// trigger draws it tells them apart.
class BorrowedDistanceTest {
    private static final String RESET = Stories.HOST_FILTER_REJECTS + Stories.HOST_FILTER_REJECTS;
    private static final double SURE = 0.9;

    /// The host's kernel, as far away as the resets say, returns our type of service from ports that are closed.
    private static CraftedReel withReferences() {
        CraftedReel reel = new CraftedReel(PacketScript.of(RESET).recording());
        for (int port : List.of(44_444, 44_445, 44_446, 44_447)) {
            reel = reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000 + port % 10, port, 64)
                    .reset(62, 0x48);
        }
        return reel;
    }

    @Test
    void withoutASweepNobodyIsNamedForCertain() {
        for (CraftedReel reel : List.of(
                new CraftedReel(PacketScript.of(RESET).recording()),
                withReferences(),
                withReferences().omitted(ActiveTest.SWEEP, "left out as asked"))) {
            Finding finding = reel.finding();
            assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("server-continues-after-reset")));
            assertTrue(finding.verdict().confidence() < SURE, finding::toString);
        }
    }

    /// Alike attempts show that it is no chance; a device that borrows the hop count does so each time.
    @Test
    void whereOnlyTheDistanceSpeaksForTheHostAlikeAttemptsProveNoMoreThanOne() {
        Verdict verdict = withReferences()
                .omitted(ActiveTest.SWEEP, "left out as asked")
                .finding()
                .verdict();
        assertTrue(verdict.confidence() <= Proof.ONE_ATTEMPT.limit(), verdict::toString);
    }

    @Test
    void aSweepThatDrawsItAtTheServerNamesItsFilter() {
        CraftedReel swept = withReferences()
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, 44_444, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, 44_444, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, 44_444, 3)
                .reset(62, 0x48)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(62, 0);
        Verdict.Fault fault =
                assertInstanceOf(Verdict.Fault.class, swept.finding().verdict());
        assertEquals(Origin.SERVER_FIREWALL, fault.origin());
        assertEquals(Proof.ACTIVE_AGREES.limit(), fault.confidence());
    }
}
