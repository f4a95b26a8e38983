package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Evidence.Family;

/// Resets that come again by a timer are data that something has turned into resets.
class RepeatedResetTest {
    private static final String TALKS = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK ack=23
            """;

    private static boolean repeated(String script) {
        return PacketScript.of(script).finding().evidence().stream()
                .anyMatch(fact -> fact.id().equals("reset-repeated-by-timer"));
    }

    @Test
    void dataTurnedIntoResetsComesAgainByItsTimer() {
        String script = TALKS + """
                30.0 < RST,ACK seq=0
                = reset identification
                250.0 < RST,ACK seq=0
                """;
        assertTrue(repeated(script));
        Verdict.Fault fault = assertInstanceOf(
                Verdict.Fault.class, PacketScript.of(script + script).finding().verdict());
        assertEquals(Origin.IN_PATH, fault.origin());
    }

    /// Distance and numbers are the server's: the data left it, and only became a reset on the way.
    @Test
    void whatTheServersHeaderSaysIsToldAndWeighsNothing() {
        Fact repeated = Fact.of("reset-repeated-by-timer", Family.SHAPE, 40, List.of(Origin.IN_PATH), List.of(1), "");
        Fact distance = Fact.of("reset-ttl-equal", Family.TTL, 5, List.of(Origin.SERVER_KERNEL), List.of(1), "");
        Fact drawn = Fact.of("x", Family.ICMP, 15, List.of(Origin.SERVER_FIREWALL, Origin.IN_PATH), List.of(1), "");
        assertEquals(List.of(distance), RepeatedReset.believing(List.of(distance)));
        List<Fact> believed = RepeatedReset.believing(List.of(repeated, distance, drawn));
        assertEquals(repeated, believed.get(0));
        assertEquals(0, believed.get(1).evidence().weight());
        assertEquals(distance.evidence().text(), believed.get(1).evidence().text());
        assertEquals(drawn, believed.get(2));
    }

    @Test
    void aCopyOfTheSameMomentIsNoRepetition() {
        assertFalse(repeated(TALKS + """
                30.0 < RST,ACK seq=0 tsval=500
                = reset identification
                250.0 < RST,ACK seq=0 tsval=500
                """));
    }

    @Test
    void twoResetsAtOnceAreNoRepetition() {
        assertFalse(repeated(TALKS + """
                30.0 < RST,ACK seq=0
                = reset identification
                33.0 < RST,ACK seq=0
                """));
    }

    /// Whoever is asked again may answer again.
    @Test
    void aResetToASegmentOfOursIsNoRepetition() {
        assertFalse(repeated(TALKS + """
                30.0 < RST,ACK seq=0
                = reset identification
                240.0 > ACK seq=23
                250.0 < RST,ACK seq=0
                """));
    }

    /// On a long way two segments of ours are answered one after the other, when both have left long ago.
    @Test
    void resetsToTwoSegmentsOfALongWayAreNoRepetition() {
        String longWay = """
                talk
                0.0   > SYN
                400.0 < SYN,ACK
                400.1 > ACK
                400.2 > ACK data=23 msg=identification
                560.2 > ACK data=40 msg=kexinit
                800.3 < RST,ACK seq=0
                = reset identification
                %s < RST,ACK seq=0
                """;
        assertFalse(repeated(longWay.formatted("960.3")));
        assertTrue(repeated(longWay.formatted("1360.3")));
    }

    @Test
    void whereTheDataItselfCameTheResetsWereSentBesideIt() {
        assertFalse(repeated(TALKS + """
                30.0 < RST,ACK seq=0
                = reset identification
                31.0 < ACK seq=0 data=40
                250.0 < RST,ACK seq=0
                """));
    }
}
