package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Why the server's kernel knew nothing of a connection.
class StateLostTest {
    private static final String FORGOTTEN = """
            talk
            0.0  > SYN tos=48
            10.0 < SYN,ACK
            10.1 > ACK tos=48
            10.2 > ACK tos=48 data=23 msg=identification
            20.2 < ACK
            900.0 > ACK tos=48 data=1500 msg=kexinit
            910.0 < RST tos=48 win=0 -ts
            = reset identification
            """;
    private static final String AT_THE_HANDSHAKE = """
            talk
            0.0  > SYN tos=48
            10.0 < SYN,ACK
            10.1 > ACK tos=48
            20.1 < RST tos=48 win=0 -ts
            = reset identification
            """;

    private static Verdict.Fault fault(String story) {
        Finding finding = PacketScript.of(story).finding();
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict() + "\n" + finding.evidence());
    }

    @Test
    void aRestartForgetsOnce() {
        assertEquals(Cause.CONNECTION_STATE_LOST, fault(FORGOTTEN).cause());
    }

    @Test
    void everyConnectionForgottenBeforeTheServersFirstByteWasResetThereByADevice() {
        Verdict.Fault fault = fault(FORGOTTEN + FORGOTTEN);
        assertEquals(Cause.INSPECTED_AND_RESET, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertTrue(fault.confidence() < 0.9, fault.toString());
    }

    @Test
    void whatTheServerHadAnsweredIsNotForgottenForItsWords() {
        String greeted = FORGOTTEN.replace("20.2 < ACK", "20.2 < ACK data=40");
        assertEquals(Cause.CONNECTION_STATE_LOST, fault(greeted + greeted).cause());
    }

    /// Linux with `tcp_abort_on_overflow`.
    @Test
    void aResetAtTheEndOfTheHandshakeIsAFullQueue() {
        Verdict.Fault fault = fault(AT_THE_HANDSHAKE + AT_THE_HANDSHAKE);
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, fault.cause());
        assertEquals(Origin.SERVER_KERNEL, fault.origin());
        assertTrue(fault.confidence() < 0.9, fault.toString());
    }

    @Test
    void aResetThatOurOwnEndDrawsIsNoFullQueue() {
        String ended = AT_THE_HANDSHAKE.replace("20.1 < RST", "7000.0 > FIN,ACK tos=48\n7010.0 < RST");
        assertNotEquals(Cause.ACCEPT_QUEUE_OVERFLOW, fault(ended + ended).cause());
    }
}
