package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What fails now and then is counted, and nobody is named for it but by proof.
class IntermittentTest {
    private static String counted(Finding finding) {
        return finding.evidence().stream()
                .filter(fact -> fact.id().equals("intermittent"))
                .map(Evidence::text)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void threeOfFiveAreTold() {
        Finding finding = PacketScript.of(Stories.SOCKET_ABORT
                        + Stories.HEALTHY
                        + Stories.SOCKET_ABORT
                        + Stories.HEALTHY
                        + Stories.SOCKET_ABORT)
                .finding();
        assertEquals("3 of 5 like attempts were reset", counted(finding));
        Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertEquals(Optional.of(Cause.INTERMITTENT), open.cause());
        assertTrue(open.confidence() <= Weights.ONE_ATTEMPT);
        assertTrue(open.summary().startsWith("3 of 5 like attempts were reset; when it fails: "), open.summary());
    }

    @Test
    void otherFailuresAreNotCalledResets() {
        assertEquals(
                "1 of 3 like attempts failed",
                counted(PacketScript.of(Stories.CLOSED + Stories.HEALTHY.repeat(2))
                        .finding()));
    }

    /// A server that goes on after the reset did not send it, however rare the reset is.
    @Test
    void whatIsProvenOfOneStaysProven() {
        Finding finding =
                PacketScript.of(Stories.FORGED + Stories.HEALTHY.repeat(4)).finding();
        assertEquals("1 of 5 like attempts were reset", counted(finding));
        assertEquals(
                Origin.ON_PATH,
                assertInstanceOf(Verdict.Fault.class, finding.verdict()).origin());
    }
}
