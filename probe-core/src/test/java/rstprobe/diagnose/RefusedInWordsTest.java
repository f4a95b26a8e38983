package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The server complains of our identification, which was right when it left.
class RefusedInWordsTest {
    private static String complains(String fields, String words, String end) {
        return """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK data=40
                ! identification SSH-2.0-OpenSSH_9.2p1
                20.3 > ACK
                30.2 < ACK text=%s %s
                30.3 < %s
                ! text %s
                = %s kexinit
                """.formatted(words.replace(' ', '_'), fields, end.equals("closed") ? "FIN,ACK" : "RST,ACK", words, end);
    }

    @ParameterizedTest
    @CsvSource({
        "Invalid SSH identification string., IDENTIFICATION_GARBLED, closed",
        "Invalid SSH identification string., IDENTIFICATION_GARBLED, reset",
        "Protocol major versions differ., VERSION_MISMATCH, closed"
    })
    void itClosedOnPurposeAndSaidWhy(String words, Cause cause, String end) {
        Finding finding = PacketScript.of(complains("", words, end)).finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.evidence()::toString);
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(cause, fault.cause());
        assertEquals(Weights.SEVERAL_ATTEMPTS, fault.confidence());
        assertTrue(fault.summary().contains("right when it left"), fault.summary());
        assertTrue(finding.alternatives().stream().anyMatch(other -> other.origin() == Origin.IN_PATH));
        assertTrue(finding.nextTest().orElseThrow().contains("tcpdump"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ttl=60", "-ts", "id=7"})
    void wordsOfSomebodyElseAccuseNoServer(String foreign) {
        Finding finding = PacketScript.of(complains(foreign, "Invalid SSH identification string.", "closed"))
                .finding();
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict(), finding.evidence()::toString);
        assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("words-not-of-the-socket")));
    }

    @Test
    void wordsThatNothingCanBeHeldAgainstAreBelievedLess() {
        String alone = """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK text=Protocol_major_versions_differ.
                20.3 < FIN,ACK
                ! text Protocol major versions differ.
                = closed identification
                """;
        Finding finding = PacketScript.of(alone).finding();
        assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Weights.ONE_ATTEMPT, finding.verdict().confidence());
    }

    /// HAProxy's `send-proxy` in front of an sshd that knows no such line.
    @Test
    void aComplaintBeforeWeSpokeIsAboutALineInFrontOfOurs() {
        String early = """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                20.2 < ACK text=Invalid_SSH_identification_string.
                20.3 < FIN,ACK
                90.2 > ACK data=23 msg=identification
                ! text Invalid SSH identification string.
                = closed identification
                """;
        Finding finding = PacketScript.of(early).finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.evidence()::toString);
        assertEquals(Cause.PROXY_PROTOCOL_MISMATCH, fault.cause());
        assertEquals(Origin.PROXY, fault.origin());
        assertTrue(fault.confidence() < 0.9);
    }

    @Test
    void aComplaintBehindOursMayBeAboutALineInFrontOfIt() {
        Finding finding = PacketScript.of(complains("", "Invalid SSH identification string.", "closed"))
                .finding();
        assertEquals(
                Cause.PROXY_PROTOCOL_MISMATCH, finding.alternatives().getFirst().cause());
    }
}
