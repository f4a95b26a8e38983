package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A handshake that works, after a stall.
class SlowAnswerTest {
    /// The identification takes so long.
    private static Verdict identifiedAfter(double millis) {
        return PacketScript.of("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK
                %.1f < ACK data=40
                ! identification SSH-2.0-OpenSSH_9.2p1
                received 40
                ! done identification
                = completed
                """.formatted(10.2 + millis)).finding().verdict();
    }

    /// A server asked two name servers, or one of them twice, and none answered.
    @Test
    void aStallOfResolversWaitsIsSlowNames() {
        for (double millis : List.of(5_010.0, 10_040.0)) {
            Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, identifiedAfter(millis));
            assertEquals(Cause.SLOW_DNS, fault.cause());
            assertEquals(10, fault.exitCode());
            assertTrue(fault.confidence() <= Weights.ONE_ATTEMPT);
        }
    }

    /// What the server said next was read together with its identification.
    @Test
    void aStallBeforeAnIdentificationThatWasReadWithMoreIsNotOverlooked() {
        Verdict verdict = PacketScript.of("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK
                10050.2 < ACK data=40
                10050.6 < ACK data=1136
                ! identification SSH-2.0-OpenSSH_9.2p1
                received 1176
                ! done identification
                = completed
                """).finding().verdict();
        assertEquals(
                Cause.SLOW_DNS, assertInstanceOf(Verdict.Fault.class, verdict).cause());
    }

    /// sshd asks for our name when it has taken the connection, whatever we say meanwhile.
    @Test
    void aServerThatSpeaksFirstIsTimedFromTheOpening() {
        Verdict verdict = PacketScript.of("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                160.0 > ACK data=23 msg=identification
                170.0 < ACK
                10050.2 < ACK data=40
                ! identification SSH-2.0-OpenSSH_9.2p1
                received 40
                ! done identification
                = completed
                """).finding().verdict();
        assertEquals(
                Cause.SLOW_DNS, assertInstanceOf(Verdict.Fault.class, verdict).cause());
    }

    @Test
    void aStallOfAnyOtherLengthIsOpen() {
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, identifiedAfter(7_400));
        assertEquals(Optional.of(Cause.LISTENER_STALLED), open.cause());
    }

    @Test
    void aSlowServerIsAHealthyOne() {
        assertInstanceOf(Verdict.Healthy.class, identifiedAfter(2_000));
    }

    /// What we said was lost and sent again for six seconds: the server answered at once.
    @Test
    void theWaitForWhatWasLostIsNotTheServers() {
        Verdict verdict = PacketScript.of("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                6000.0 > ACK seq=0 data=23
                6010.0 < ACK data=40
                ! identification SSH-2.0-OpenSSH_9.2p1
                received 40
                ! done identification
                = completed
                """).finding().verdict();
        assertInstanceOf(Verdict.Healthy.class, verdict);
    }
}
