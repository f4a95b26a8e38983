package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;

/// Handshakes that came to their end although long packets of them did not get through at first.
class RepairedLengthTest {
    private static final String WORKED = """
            talk
            0.0   > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK data=40
            20.3 > ACK data=1448
            30.3 < ACK data=1448
            40.0 < ACK data=500
            = completed
            """;

    private static List<RepairedLength> repaired(String story) {
        return RepairedLength.of(Attempts.of(PacketScript.of(story).recording()).getFirst());
    }

    private static Optional<NextProbe> next(String story) {
        PacketScript script = PacketScript.of(story);
        return NextProbe.of(script.recording(), script.finding());
    }

    @Test
    void whatWasAtOnceInOrderWasNotRepaired() {
        assertEquals(List.of(), repaired(WORKED));
        assertEquals(Optional.empty(), next(WORKED));
    }

    @Test
    void oursThatCameInShorterOnesHadItsLength() {
        String story = WORKED.replace(
                "30.3 <",
                "230.3 > ACK data=1448 seq=23\n1830.3 > ACK data=972 seq=23\n1830.4 > ACK data=476 seq=995\n1840.3 <");
        List<RepairedLength> repaired = repaired(story);
        assertEquals(1, repaired.size());
        assertTrue(repaired.getFirst().toServer());
        assertEquals(1500, repaired.getFirst().bytes());
        assertEquals(List.of(6, 8), repaired.getFirst().frames());
        assertEquals(1.81, repaired.getFirst().seconds(), 1e-6);
        assertEquals(Optional.of(new NextProbe.Ask(ActiveTest.PATH_MTU)), next(story));
    }

    @Test
    void theServersThatCameInShorterOnesHadItsLengthToo() {
        String story = WORKED.replace(
                        "30.3 < ACK data=1448", "30.3 < ACK data=500 seq=1488\n30.4 > ACK ack=40 sack=1488:1988")
                .replace("40.0 < ACK data=500", "1840.0 < ACK data=972 seq=40\n1840.1 < ACK data=476 seq=1012");
        List<RepairedLength> repaired = repaired(story);
        assertEquals(1, repaired.size());
        assertEquals(1500, repaired.getFirst().bytes());
        assertEquals(List.of(7, 9), repaired.getFirst().frames());
        assertEquals(Optional.of(new NextProbe.Ask(ActiveTest.PATH_MTU)), next(story));
    }

    @Test
    void whatCameAgainAtTheSameLengthWasLostByChance() {
        String ours = WORKED.replace("30.3 <", "230.3 > ACK data=1448 seq=23\n240.3 <");
        assertEquals(List.of(), repaired(ours));
        String theirs = WORKED.replace("30.3 < ACK data=1448", "30.3 < ACK data=500 seq=1488")
                .replace("40.0 < ACK data=500", "240.0 < ACK data=1448 seq=40");
        assertEquals(List.of(), repaired(theirs));
    }

    @Test
    void aShorterCopyOfWhatTheServerHadAlreadyRepairsNothing() {
        String story = WORKED.replace("40.0 <", "30.4 > ACK data=972 seq=23\n40.0 <");
        assertEquals(List.of(), repaired(story));
    }
}
