package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// Connections that were opened and refused before the server said a word: by a full queue, by who is behind a SYN
/// proxy.
class QueueOverflowTest {
    private static final String ABORTED = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            20.1 < RST tos=48
            = reset identification
            """;
    private static final String BEHIND_A_PROXY = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK win=0 ttl=63
            10.1 > ACK
            20.1 < RST,ACK win=0 id=0 -ts
            = reset identification
            """;

    /// The host's closed ports send the same reset.
    private static Finding withReferences(String story) {
        CraftedReel reel = new CraftedReel(PacketScript.of(story).recording());
        IntStream.range(0, 4)
                .forEach(i -> reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000 + i, 44_444, 64)
                        .reset(62, 0x48));
        return reel.finding();
    }

    private static Verdict.Fault fault(Finding finding) {
        return assertInstanceOf(
                Verdict.Fault.class, finding.verdict(), finding.evidence().toString());
    }

    private static List<Cause> besides(Finding finding) {
        return finding.alternatives().stream().map(Finding.Alternative::cause).toList();
    }

    @Test
    void aKernelThatAbortsOneAndIgnoresTheNextHasAFullQueue() {
        Finding finding = withReferences(ABORTED + Stories.SYN_DROPPED);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, fault.cause());
        assertEquals(Origin.SERVER_KERNEL, fault.origin());
        assertEquals(10, fault.exitCode());
        assertTrue(fault.confidence() < 0.9);
        assertTrue(besides(finding).contains(Cause.CONNECTION_STATE_LOST), () -> besides(finding) + "");
    }

    @Test
    void whatIsForgottenAtTheEndOfTheHandshakeEachTimeWasNeverTaken() {
        Finding finding = withReferences(ABORTED + ABORTED);
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, fault(finding).cause());
        assertTrue(fault(finding).confidence() < 0.9);
        assertEquals(Cause.CONNECTION_STATE_LOST, besides(finding).getFirst());
    }

    /// A queue that had no room would have had no words either.
    @Test
    void aServerThatSpokeHadRoom() {
        Finding finding = withReferences(
                ABORTED.replace("20.1 <", "15.0 < ACK data=40\n15.1 > ACK\n20.1 <") + Stories.SYN_DROPPED);
        assertTrue(finding.alternatives().stream().noneMatch(other -> other.cause() == Cause.ACCEPT_QUEUE_OVERFLOW));
        assertTrue(!(finding.verdict() instanceof Verdict.Fault fault) || fault.cause() != Cause.ACCEPT_QUEUE_OVERFLOW);
    }

    @Test
    void aResetFromBehindAClosedWindowIsASynProxysServer() {
        Finding finding = PacketScript.of(BEHIND_A_PROXY).finding();
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.SYN_PROXY, fault.cause());
        assertEquals(Origin.PROXY, fault.origin());
        assertEquals(11, fault.exitCode());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertEquals(
                List.of(Cause.NO_LISTENER, Cause.NO_HEALTHY_BACKEND),
                besides(finding).subList(0, 2));
        assertTrue(fault(PacketScript.of(BEHIND_A_PROXY.repeat(2)).finding()).confidence() < 0.9);
    }

    @Test
    void fromTheSameDistanceItIsOpen() {
        Finding finding = PacketScript.of(BEHIND_A_PROXY.replace(" ttl=63", "")).finding();
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void aWindowThatOpenedIsNoProxyWithoutAServer() {
        Finding finding = PacketScript.of(BEHIND_A_PROXY.replace("20.1 <", "15.0 < ACK\n20.1 <"))
                .finding();
        assertTrue(!(finding.verdict() instanceof Verdict.Fault fault) || fault.cause() != Cause.SYN_PROXY);
    }
}
