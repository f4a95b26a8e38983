package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// A SYN that nothing answers, and what the host answers elsewhere.
class UnansweredSynTest {
    private static CraftedReel unanswered() {
        return new CraftedReel(PacketScript.of(Stories.SYN_DROPPED).recording());
    }

    private static CraftedReel closedPort(CraftedReel reel) {
        return reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, 44_444, 64);
    }

    private static CraftedReel stray(CraftedReel reel) {
        return reel.segment(ActiveTest.REFERENCE, Part.STRAY, 50_001, 64, 500, 900, 0);
    }

    private static Verdict.Fault dropped(Finding finding) {
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.SYN_DROPPED, fault.cause());
        assertEquals(4, fault.exitCode());
        assertTrue(fault.confidence() < 0.9);
        return fault;
    }

    private static List<Cause> besides(Finding finding) {
        return finding.alternatives().stream()
                .map(Finding.Alternative::cause)
                .limit(2)
                .toList();
    }

    private static boolean tells(Finding finding, String id) {
        return finding.evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    @Test
    void aHostWhoseOtherPortsAnswerIsUp() {
        Finding finding = stray(closedPort(unanswered()).reset(62, 0x48)).finding();
        Verdict.Fault fault = dropped(finding);
        assertTrue(fault.summary().contains("the host answers on others"), fault.summary());
        assertEquals(List.of(Cause.ESTABLISHED_DROPPED, Cause.CONNECTION_TABLE_FULL), besides(finding));
        assertTrue(tells(finding, "closed-port-answers"));
        assertFalse(tells(finding, "port-answers-stray"));
    }

    /// A listener with a full queue does so, and a filter that looks at the SYN flag alone.
    @Test
    void aPortThatAnswersAllButSynsMayHaveAFullQueue() {
        Finding finding =
                stray(closedPort(unanswered()).reset(62, 0x48)).reset(62, 0x48).finding();
        assertEquals(Weights.ONE_ATTEMPT, dropped(finding).confidence());
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, besides(finding).getFirst());
        assertTrue(finding.nextTest().orElseThrow().contains("Recv-Q"));
    }

    @Test
    void aHostThatAnswersNothingMayBeDownOrTheMarkingUnwanted() {
        Finding finding = stray(closedPort(unanswered())).finding();
        dropped(finding);
        assertEquals(List.of(Cause.HOST_UNREACHABLE, Cause.DSCP_DROPPED), besides(finding));
        assertTrue(tells(finding, "closed-ports-silent"));
    }

    @Test
    void theReferenceIsAskedOnceAndCostsNoConnection() {
        CraftedReel reel = new CraftedReel(
                PacketScript.of(Stories.SYN_DROPPED + Stories.SYN_DROPPED.replaceFirst("talk", "unmarked"))
                        .recording());
        assertEquals(
                Optional.of(new NextProbe.Ask(ActiveTest.REFERENCE)),
                NextProbe.of(reel.recording(), Diagnosis.of(reel.recording())));
        var asked =
                closedPort(reel).omitted(ActiveTest.REFERENCE, "it was made").recording();
        assertEquals(Optional.empty(), NextProbe.of(asked, Diagnosis.of(asked)));
    }
}
