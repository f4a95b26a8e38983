package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// Silence with everything acknowledged: said nothing, or not heard?
class SilentConnectionTest {
    private static final String SPOKEN_TO = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK
            = silent identification
            """;

    /// We close after the wait, and the far TCP answers with this sequence number.
    private static String closing(int theirs) {
        return SPOKEN_TO + """
                15020.0 > FIN,ACK
                15030.0 < ACK seq=%d ack=24
                """.formatted(theirs);
    }

    private static Finding withReferences(String story, int ttl) {
        CraftedReel reel = new CraftedReel(PacketScript.of(story).recording());
        IntStream.range(0, 4)
                .forEach(i -> reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000 + i, 44_444, 64)
                        .reset(ttl, 0x48));
        return reel.finding();
    }

    private static List<String> ids(Finding finding) {
        return finding.evidence().stream().map(Evidence::id).toList();
    }

    @Test
    void aFarTcpThatHasSentNothingAndEndsAtTheHostIsAStalledListener() {
        Finding finding = withReferences(closing(0), 62);
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), ids(finding)::toString);
        assertEquals(Cause.LISTENER_STALLED, fault.cause());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        Evidence nothing = finding.evidence().stream()
                .filter(fact -> fact.id().equals("server-sent-nothing"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of(2, 4, 6, 7), nothing.frames());
    }

    /// TCP wrappers sleep five seconds: who waits for three cannot tell them from a listener that is stalled.
    @Test
    void aClientThatGivesUpEarlyNamesNobodyAndIsToldToWait() {
        Finding finding = withReferences(closing(0).replace("150", "30"), 62);
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertEquals(Optional.of(Cause.LISTENER_STALLED), open.cause());
        assertEquals(Cause.TCP_WRAPPERS, finding.alternatives().getFirst().cause());
        assertTrue(finding.nextTest().orElseThrow().startsWith("rstprobe ssh --timeout 15 198.18.3.2"));
    }

    /// A process that reads closes when we do; its FIN is no byte that was lost.
    @Test
    void theFinThatAnswersOursIsNothingSaid() {
        String closes = SPOKEN_TO + """
                15020.0 > FIN,ACK
                15030.0 < FIN,ACK ack=24
                """;
        assertInstanceOf(Verdict.Fault.class, withReferences(closes, 62).verdict());
    }

    @Test
    void withoutTheHostsDistanceAProxyMayWaitForItsServer() {
        for (Finding finding : List.of(PacketScript.of(closing(0)).finding(), withReferences(closing(0), 61))) {
            Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
            assertEquals(Optional.of(Cause.LISTENER_STALLED), open.cause());
            assertTrue(ids(finding).contains("server-sent-nothing"));
        }
    }

    @Test
    void anAcknowledgementBeyondWhatCameIsAServerThatWasNotHeard() {
        Finding finding = withReferences(closing(40), 62);
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertEquals(Optional.of(Cause.INSPECTED_AND_DROPPED), open.cause());
        assertTrue(ids(finding).contains("server-spoke-unheard"));
        assertFalse(ids(finding).contains("server-sent-nothing"));
        assertTrue(open.summary().contains("lost on the way to us"), open.summary());
    }

    /// What was acknowledged at once says nothing of what was sent a moment later and never came.
    @Test
    void anAcknowledgementRightBehindOurDataProvesNoSilence() {
        Finding finding = withReferences(SPOKEN_TO, 62);
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertTrue(ids(finding).contains("server-had-sent-nothing"));
    }
}
