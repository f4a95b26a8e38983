package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A silent connection whose end shows that the server's kernel had lost it.
class ForgottenMeanwhileTest {
    private static final String WAITS = """
            talk
            0.0  > SYN tos=48
            10.0 < SYN,ACK
            10.1 > ACK tos=48
            10.2 > ACK tos=48 data=23 msg=identification
            20.2 < ACK
            """;

    private static final String FORGOTTEN = WAITS + """
            15010.2 > FIN,ACK tos=48
            15020.2 < RST tos=48 win=0 -ts
            = silent identification
            """;

    private static Finding finding(String story) {
        return PacketScript.of(story).finding();
    }

    private static boolean told(Finding finding) {
        return finding.evidence().stream().anyMatch(fact -> fact.id().equals("forgotten-meanwhile"));
    }

    @Test
    void aServerThatForgetsEveryTimeBeforeItsFirstByteWasReset() {
        Finding finding = finding(FORGOTTEN + FORGOTTEN);
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict()::toString);
        assertEquals(Cause.INSPECTED_AND_RESET, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertTrue(fault.confidence() < 0.9, fault::toString);
        assertTrue(told(finding));
    }

    @Test
    void onceMayBeARestart() {
        Verdict verdict = finding(FORGOTTEN).verdict();
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, verdict, verdict::toString);
        assertEquals(Optional.of(Cause.INSPECTED_AND_RESET), open.cause());
    }

    /// What follows the lost words shows the hole, and not who lost them.
    @Test
    void aHoleInItsWordsDoesNotHideIt() {
        String hole = FORGOTTEN.replace("15010.2 >", "400.0 < ACK data=1136 seq=41\n15010.2 >");
        assertEquals(
                Cause.INSPECTED_AND_RESET,
                assertInstanceOf(Verdict.Fault.class, finding(hole + hole).verdict())
                        .cause());
    }

    @Test
    void aServerThatTakesOurClosingHasNotForgotten() {
        String lives = FORGOTTEN.replace("15020.2 < RST tos=48 win=0 -ts", "15020.2 < ACK");
        assertFalse(told(finding(lives + lives)));
    }

    @Test
    void neitherHasOneThatClosedItself() {
        String closed = FORGOTTEN.replace("15020.2 < RST", "15011.0 < FIN,ACK\n15020.2 < RST");
        assertFalse(told(finding(closed + closed)));
    }

    @Test
    void aResetFromElsewhereIsNotItsKernels() {
        String forged = FORGOTTEN.replace("15020.2 < RST", "15020.2 < RST ttl=64");
        assertFalse(told(finding(forged + forged)));
    }
}
