package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Handshakes that came to their end over a path that loses segments.
class LossesTest {
    private static final String WORKED = """
            talk
            0.0   > SYN
            1010.0 < SYN,ACK
            1010.1 > ACK
            1010.2 > ACK data=23 msg=identification
            1020.2 < ACK data=40
            1020.3 > ACK data=1448
            1030.3 < ACK data=1136
            1040.0 < ACK data=500
            = completed
            """;

    private static Verdict verdict(String story) {
        return PacketScript.of(story).finding().verdict();
    }

    @Test
    void threeThatHadToBeSentAgainAreALossyPath() {
        Finding finding = PacketScript.of(WORKED.replace("1010.0 <", "1000.0 > SYN\n1010.0 <")
                        .replace("1020.2 <", "1018.0 > ACK data=23 seq=0\n1020.2 <")
                        .replace("= completed", "1040.1 > ACK ack=1676\n1300.0 < ACK data=500 seq=1176\n= completed"))
                .finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.LOSSY_PATH, fault.cause());
        assertEquals(Origin.PATH, fault.origin());
        assertEquals(19, fault.exitCode());
        assertEquals(List.of(2, 6, 12), finding.evidence().getFirst().frames());
    }

    /// A full packet was too long both ways; what it held came in two.
    @Test
    void whatComesAgainInPiecesWasOnePacket() {
        String pieces = WORKED.replace(
                        "1030.3 <", "1025.0 > ACK data=1348 seq=23\n1025.1 > ACK data=100 seq=1371\n1030.3 <")
                .replace("1040.0 <", "1039.0 < ACK data=600 seq=40\n1039.1 < ACK data=536 seq=640\n1040.0 <");
        assertInstanceOf(Verdict.Healthy.class, verdict(pieces));
        String told = WORKED.replace("1010.0 <", "1000.0 > SYN\n1010.0 <")
                .replace(
                        "1030.3 <",
                        "1021.0 < ICMP 3/4 off=24 from=198.18.1.1 ttl=64\n1025.0 > ACK data=1348 seq=23\n1030.3 <")
                .replace("1020.2 <", "1018.0 > ACK data=23 seq=0\n1020.2 <");
        assertInstanceOf(Verdict.Healthy.class, verdict(told));
    }

    /// The long ones of both sides came in shorter ones at last, ours after it was tried once more as it was.
    @Test
    void whatWasLostForItsLengthIsNoLossByChance() {
        String shorter = WORKED.replace("1010.0 <", "1000.0 > SYN\n1010.0 <")
                .replace(
                        "1030.3 < ACK data=1136",
                        "1230.3 > ACK data=1448 seq=23\n2830.3 > ACK data=972 seq=23\n2830.4 > ACK data=476 seq=995\n"
                                + "2840.3 < ACK data=136 seq=1040\n2841.0 > ACK ack=40 sack=1040:1176\n"
                                + "4840.0 < ACK data=600 seq=40\n4840.1 < ACK data=400 seq=640")
                .replace("1040.0 < ACK data=500", "4850.0 < ACK data=500 seq=1176");
        assertInstanceOf(Verdict.Healthy.class, verdict(shorter));
    }

    /// Two copies of ours that the server had already, one of the server's that crossed our acknowledgement.
    @Test
    void copiesOfWhatArrivedAreNoLoss() {
        String impatient = WORKED.replace(
                        "1020.2 <", "1018.0 > ACK data=23 seq=0\n1018.1 < ACK ack=23 sack=0:23\n1020.2 <")
                .replace("1030.3 <", "1022.0 > ACK data=1448 seq=23\n1022.1 < ACK ack=1471 sack=23:1471\n1030.3 <")
                .replace("= completed", "1040.1 > ACK ack=1676\n1042.0 < ACK data=500 seq=1176\n= completed");
        assertInstanceOf(Verdict.Healthy.class, verdict(impatient));
    }

    @Test
    void twoMayBeChanceAndCopiesOfOneAreOne() {
        String twice = WORKED.replace("1010.0 <", "1000.0 > SYN\n1010.0 <")
                .replace(
                        "1020.2 <",
                        "1015.0 > ACK data=23 seq=0\n1016.0 > ACK data=23 seq=0\n1018.0 > ACK data=23 seq=0\n1020.2 <");
        assertInstanceOf(Verdict.Healthy.class, verdict(twice));
        assertInstanceOf(Verdict.Healthy.class, verdict(WORKED));
    }
}
