package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;

/// Whose a FIN was.
class ClosedConnectionTest {
    private static final String GREETED = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK data=40
            ! identification SSH-2.0-OpenSSH_9.2p1
            20.3 > ACK
            """;
    /// What a forger does not know: the distance, the count, the clock.
    private static final String FORGED = GREETED + """
            21.0 < FIN,ACK ttl=60 id=7 -ts
            21.1 > ACK ack=41
            = closed kexinit
            """;

    /// The same conversations with closed ports that answer with this TTL.
    private static CraftedReel references(String story, int answers, int ttl) {
        CraftedReel reel = new CraftedReel(PacketScript.of(story).recording());
        IntStream.range(0, answers)
                .forEach(i -> reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000 + i, 44_444, 64)
                        .reset(ttl, 0x48));
        return reel;
    }

    private static List<String> ids(Finding finding) {
        return finding.evidence().stream().map(Evidence::id).toList();
    }

    private static Verdict.Fault fault(Finding finding) {
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict() + "\n" + finding.evidence());
    }

    private static void nobodyAtTheServer(Finding finding) {
        String shown = finding.verdict() + "\n" + finding.evidence();
        assertFalse(finding.verdict() instanceof Verdict.Fault fault && fault.origin() == Origin.SERVER_PROCESS, shown);
    }

    @Test
    void oneConnectionAloneStaysBelowTheLimitOfOneAttempt() {
        Verdict.Fault fault = fault(PacketScript.of(Stories.CLOSED).finding());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Proof.ONE_ATTEMPT.limit(), fault.confidence());
    }

    @Test
    void attemptsAlikeAndTheHostsDistanceNameTheProcess() {
        Finding finding = references(Stories.FIN_THEN_RESET + Stories.FIN_THEN_RESET, 4, 62)
                .finding();
        Verdict.Fault fault = fault(finding);
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Cause.CLOSED_WITHOUT_REASON, fault.cause());
        assertEquals(Proof.ATTEMPTS_ALIKE.limit(), fault.confidence());
        assertTrue(
                ids(finding)
                        .containsAll(List.of(
                                "fin-continues-socket",
                                "fin-ttl-equal",
                                "no-socket-behind-fin",
                                "conversation-ends-at-host")),
                ids(finding).toString());
    }

    /// What a server has not read makes its close an abort: the same close, once this way and once that.
    @Test
    void aCloseAndAnAbortOfOneServerAreAlike() {
        Finding finding = PacketScript.of(Stories.CLOSED + Stories.SOCKET_ABORT).finding();
        assertEquals(Proof.ATTEMPTS_ALIKE.limit(), fault(finding).confidence());
    }

    @Test
    void aSocketThatLivesOnBehindItsFinCountsIt() {
        String halfClosed = GREETED + """
                30.0 < FIN,ACK
                30.1 > ACK ack=41
                30.2 > ACK ack=41 data=100 msg=kexinit
                40.3 < ACK seq=41 ack=123
                = closed kexinit
                """;
        assertTrue(ids(PacketScript.of(halfClosed).finding()).contains("server-counts-fin"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aForgedFinIsNotTheServers(int attempts) {
        Finding finding = references(FORGED.repeat(attempts), 4, 62).finding();
        nobodyAtTheServer(finding);
        assertTrue(
                ids(finding)
                        .containsAll(List.of("fin-ttl-differs", "fin-breaks-kernel-rules", "fin-without-timestamps")),
                ids(finding).toString());
    }

    @Test
    void aForgedFinBehindWhichTheServerGoesOnIsATaps() {
        String goesOn = GREETED + """
                21.0 < FIN,ACK ttl=60 id=7 -ts
                21.1 > ACK ack=41
                30.4 < ACK seq=40 data=1000 id=40003
                = closed kexinit
                """;
        Finding finding = PacketScript.of(goesOn + goesOn).finding();
        assertEquals(Origin.ON_PATH, fault(finding).origin());
        assertTrue(ids(finding).contains("server-continues-after-fin"));
        assertFalse(finding.ruledOut().isEmpty());
    }

    /// It copies everything but stands where the server's socket never was.
    @Test
    void aServerThatNeverCountedTheFinDidNotSendIt() {
        String ignored = GREETED + """
                21.0 < FIN,ACK
                21.1 > ACK ack=41
                900.0 < ACK seq=40
                = closed kexinit
                """;
        Finding finding = PacketScript.of(ignored).finding();
        assertTrue(
                ids(finding).contains("server-does-not-count-fin"), ids(finding).toString());
        assertTrue(finding.verdict().confidence() < .9);
        nobodyAtTheServer(finding);
    }

    /// Its data is a retransmission; the FIN behind it is genuine.
    @Test
    void dataThatWasLostAndComesAgainMakesNoForgery() {
        String lost = """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < FIN,ACK seq=40
                20.3 > ACK
                230.0 < ACK seq=0 data=40
                230.1 > ACK ack=41
                = closed identification
                """;
        Finding finding = PacketScript.of(lost).finding();
        assertEquals(Origin.SERVER_PROCESS, fault(finding).origin());
        assertFalse(ids(finding).contains("server-continues-after-fin"));
    }

    @Test
    void aFinFromNearerThanTheHostIsAProxys() {
        Finding finding = references(Stories.CLOSED.repeat(3), 8, 61).finding();
        assertEquals(Origin.PROXY, fault(finding).origin());
        assertTrue(ids(finding).contains("conversation-ends-before-host"));
    }

    /// Short of the numbers that rule out chance, nobody is named surely.
    @Test
    void aFinFromElsewhereThanTheHostIsNeverSurelyTheServers() {
        Finding finding = references(Stories.CLOSED.repeat(2), 4, 61).finding();
        assertTrue(finding.verdict().confidence() < .9);
        assertFalse(ids(finding).contains("conversation-ends-at-host"));
        assertTrue(ids(finding).contains("closed-ports-from-elsewhere"));
    }

    @Test
    void aResetBehindTheFinFromElsewhereDoesNotSpeakForTheServer() {
        String elsewhere = Stories.FIN_THEN_RESET.replace("40.1 < RST", "40.1 < RST ttl=64 tos=0");
        List<String> ids = ids(PacketScript.of(elsewhere).finding());
        assertTrue(ids.contains("reset-behind-fin"), ids.toString());
        assertFalse(ids.contains("no-socket-behind-fin"));
    }
}
