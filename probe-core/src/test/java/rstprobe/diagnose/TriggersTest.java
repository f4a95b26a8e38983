package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which byte drew the reset: exact where bytes went one by one, slower than a round trip, and not claimed otherwise.
class TriggersTest {
    /// Seven bytes at this pace, then a reset this long after the last.
    private static String bytes(double gapMillis, double resetAfterMillis, boolean again) {
        StringBuilder script = new StringBuilder("bytes\n0.0 > SYN\n10.0 < SYN,ACK\n10.1 > ACK\n");
        double at = 10.2;
        for (int i = 0; i < 7; i++, at += gapMillis) {
            script.append(at).append(" > ACK data=1").append(i == 0 ? " msg=identification of=23\n" : "\n");
        }
        at -= gapMillis;
        if (again) {
            at += 60;
            script.append(at).append(" > ACK data=1 seq=6\n");
        }
        return script.append(at + resetAfterMillis)
                .append(" < RST ttl=63 tos=0\n= reset identification\n")
                .toString();
    }

    private static Optional<Trigger> trigger(String script) {
        List<Attempt> all = Attempts.of(PacketScript.of(script).recording());
        return Triggers.of(all.getFirst(), all);
    }

    @Test
    void byteByByteAtFiftyMillisecondsFindsTheByte() {
        assertEquals(Optional.of(new Trigger("identification", 7)), trigger(Stories.FORGED + bytes(50, 0.3, false)));
    }

    @Test
    void sequenceNumbersMayWrapOnTheWay() {
        List<Attempt> all = Attempts.of(PacketScript.of(Stories.FORGED + bytes(50, 0.3, false))
                .numberedFrom(-5, -5)
                .recording());
        assertEquals(Optional.of(new Trigger("identification", 7)), Triggers.of(all.getFirst(), all));
    }

    @Test
    void bytesThatOverlapARoundTripFindNone() {
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(Stories.FORGED + bytes(5, 0.3, false)));
    }

    @Test
    void aByteSentTwiceFindsNone() {
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(Stories.FORGED + bytes(50, 0.3, true)));
    }

    @Test
    void aResetLongAfterTheLastByteIsATimers() {
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(Stories.FORGED + bytes(50, 5_000, false)));
    }

    @Test
    void aResetThatAcknowledgesSaysHowFarItsSenderHadRead() {
        String script = """
                talk
                0.0 > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                10.3 > ACK data=100 msg=kexinit
                20.3 < RST,ACK ack=23
                = reset identification
                """;
        assertEquals(Optional.of(new Trigger("identification", 23)), trigger(script));
    }

    @Test
    void aResetBeforeAnyByteOfOursHasNoTrigger() {
        assertEquals(Optional.empty(), trigger(Stories.RESET_INSIDE_CONNECT));
    }
}
