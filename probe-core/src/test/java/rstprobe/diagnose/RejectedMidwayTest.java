package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.Mode;

/// ICMP errors about what followed a SYN that had been answered.
class RejectedMidwayTest {
    private static final String OPENED = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            """;
    private static final String REJECTED = OPENED + "20.1 < ICMP 3/3 off=1\n";
    private static final String SPOKEN_TO = OPENED + "10.2 > ACK data=23 msg=identification\n";

    private static Finding told(String story) {
        return PacketScript.of(story).finding();
    }

    /// Whether the socket still connects, has connected, or never hears of it is a matter of time.
    @ParameterizedTest
    @ValueSource(strings = {"= refused ECONNREFUSED", "= reset identification", "= silent identification"})
    void aFilterThatTakesSynsAndRejectsTheRestIsNamed(String ending) {
        Finding finding = told(REJECTED + ending);
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), ending);
        assertEquals(Cause.ESTABLISHED_REJECTED, fault.cause());
        assertEquals(Origin.SERVER_FIREWALL, fault.origin());
        assertEquals(13, fault.exitCode());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertEquals(Cause.BANNED, finding.alternatives().getFirst().cause());
        Evidence shown = finding.evidence().stream()
                .filter(fact -> fact.id().equals("icmp-about-established"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of(2, 4), shown.frames());
    }

    @Test
    void aSecondAttemptIsMadeAndMakesItLikelierHoweverEachEnds() {
        String once = REJECTED + "= refused ECONNREFUSED\n";
        assertEquals(
                Optional.of(new NextProbe.Connect(Mode.TALK, false)),
                NextProbe.of(PacketScript.of(once).recording(), told(once)));
        String twice = once + REJECTED + "= reset identification\n";
        assertEquals(Optional.empty(), NextProbe.of(PacketScript.of(twice).recording(), told(twice)));
        double confidence = told(twice).verdict().confidence();
        assertTrue(confidence > Weights.ONE_ATTEMPT && confidence < 0.9, () -> "" + confidence);
    }

    @Test
    void aRouterThatDoesSoIsInThePath() {
        Verdict.Fault fault = assertInstanceOf(
                Verdict.Fault.class,
                told(OPENED + "20.1 < ICMP 3/13 off=1 from=198.18.1.1 ttl=64\n= reset identification")
                        .verdict());
        assertEquals(Cause.ESTABLISHED_REJECTED, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertEquals(11, fault.exitCode());
    }

    /// An error about a size, and one about what the server acknowledged later, reject nothing.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "20.1 < ICMP 3/4 off=1 from=198.18.1.1 ttl=64\n",
                "20.1 < ICMP 3/3 off=1\n20.2 < ACK ack=23\n",
                "20.1 < ICMP 3/3 off=999999\n"
            })
    void otherErrorsRejectNothing(String icmp) {
        Verdict verdict = told(SPOKEN_TO + icmp + "= silent identification").verdict();
        Optional<Cause> cause = switch (verdict) {
            case Verdict.Fault fault -> Optional.of(fault.cause());
            case Verdict.Undetermined open -> open.cause();
            case Verdict.Healthy _ -> Optional.empty();
        };
        assertNotEquals(Optional.of(Cause.ESTABLISHED_REJECTED), cause);
    }
}
