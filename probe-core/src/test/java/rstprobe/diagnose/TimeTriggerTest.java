package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Whether a rest draws the reset, and when nobody may say so.
class TimeTriggerTest {
    /// The server greets after three seconds; our acknowledgement draws the reset of a balancer that has
    /// forgotten us, and the server goes on.
    private static final String FORGOTTEN = """
            talk
            0.0    > SYN
            10.0   < SYN,ACK
            10.1   > ACK
            10.2   > ACK data=23 msg=identification
            20.2   < ACK
            3000.0 < ACK data=40
            ! identification SSH-2.0-OpenSSH_9.2p1
            3000.1 > ACK
            3000.5 < RST ttl=63 tos=0
            = reset kexinit
            3300.0 < ACK data=40 seq=0 id=40010
            """;
    /// The same, but we spoke until shortly before the greeting.
    private static final String SPOKE_LONGER = """
            bytes
            0.0    > SYN
            10.0   < SYN,ACK
            10.1   > ACK
            10.2   > ACK data=1 msg=identification of=23
            20.2   < ACK
            1100.0 > ACK data=22
            1110.0 < ACK
            3000.0 < ACK data=40
            3000.1 > ACK
            3001.0 > ACK data=100 msg=kexinit
            """;
    private static final String WAS_HEARD = SPOKE_LONGER + """
            3011.0 < ACK
            = silent kexinit
            """;
    private static final String WAS_RESET_TOO = SPOKE_LONGER + """
            3001.4 < RST ttl=63 tos=0
            = reset kexinit
            """;

    /// Nothing moves after the first bytes, and a reset comes by itself.
    static String resetAfter(int millis) {
        return String.format(Locale.ROOT, """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK
                %d.0 < RST,ACK ttl=63 win=0 -ts id=555
                = reset identification
                """, millis);
    }

    /// Its last byte leaves at one second.
    static String bytesResetAfter(int millis) {
        return String.format(Locale.ROOT, """
                bytes
                0.0    > SYN
                10.0   < SYN,ACK
                10.1   > ACK
                10.2   > ACK data=1 msg=identification of=23
                20.2   < ACK
                1010.2 > ACK data=22
                1020.2 < ACK
                %d.0   < RST,ACK ttl=63 win=0 -ts id=555
                = reset identification
                """, millis);
    }

    private static Optional<Evidence> time(Finding finding) {
        return finding.evidence().stream()
                .filter(fact -> fact.id().equals("trigger-is-time"))
                .findFirst();
    }

    private static Finding finding(String script) {
        return PacketScript.of(script).finding();
    }

    @Test
    void whoForgetsAfterARestIsNoTap() {
        Finding finding = finding(FORGOTTEN + FORGOTTEN + WAS_HEARD);
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.PROXY, fault.origin());
        assertEquals(Cause.IDLE_TIMEOUT, fault.cause());
        assertEquals(Optional.empty(), fault.trigger(), "no byte draws it");
        assertTrue(fault.confidence() < 0.9);
        String text = time(finding).orElseThrow().text();
        assertTrue(text.contains("after a rest of 3.0 s draws the reset, 2 of 2 times; after 1.9 s"), text);
    }

    @Test
    void withoutALikeSegmentThatPassedNothingIsSaid() {
        assertFalse(time(finding(FORGOTTEN + FORGOTTEN)).isPresent());
    }

    /// A slow server and a tap that waits for our KEXINIT look alike until somebody rested less.
    @Test
    void whatIsResetWhateverTheRestIsNotTimed() {
        assertFalse(time(finding(FORGOTTEN + FORGOTTEN + WAS_RESET_TOO)).isPresent());
    }

    @Test
    void aRestOfOneLengthWhateverWasSaidBeforeIsATimer() {
        Finding finding = finding(resetAfter(2010) + resetAfter(2020) + bytesResetAfter(3010));
        assertEquals(Weights.DRAWN_BY_REST, time(finding).orElseThrow().weight());
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.IDLE_TIMEOUT, fault.cause());
        assertEquals(Proof.ATTEMPTS_ALIKE.limit(), fault.confidence());
    }

    /// The reset continues the server's socket: it is the server that waits no longer.
    @Test
    void aServersOwnTimerIsTheServers() {
        String forged = " ttl=63 win=0 -ts id=555";
        Finding finding = finding((resetAfter(2010) + resetAfter(2020) + bytesResetAfter(3010)).replace(forged, ""));
        assertTrue(time(finding).isPresent());
        assertEquals(
                Origin.SERVER_PROCESS,
                assertInstanceOf(Verdict.Fault.class, finding.verdict()).origin());
    }

    @Test
    void aRestThatIsAlsoAnAgeAccusesNobody() {
        assertEquals(
                0,
                time(finding(resetAfter(2010) + resetAfter(2010))).orElseThrow().weight());
    }

    /// A server's limit for logging in counts from the opening, whatever is said.
    @Test
    void oneAgeWithDifferentRestsIsNoIdleTimer() {
        Finding finding = finding(resetAfter(3010) + resetAfter(3010) + bytesResetAfter(3010));
        assertEquals(0, time(finding).orElseThrow().weight());
        assertTrue(time(finding).orElseThrow().text().contains("3.0 s after the opening"));
    }

    @Test
    void resetsWithoutARestAreNotTimed() {
        assertFalse(time(finding(Stories.FORGED + Stories.FORGED)).isPresent());
        assertFalse(
                time(finding(Stories.SLOW_FIRST_SYN + Stories.SLOW_FIRST_SYN)).isPresent());
        assertFalse(time(finding(FORGOTTEN + Stories.FORGED + WAS_HEARD)).isPresent());
    }

    @Test
    void aCaptureWithHolesShowsNoRests() {
        PacketScript script = PacketScript.of(FORGOTTEN + FORGOTTEN + WAS_HEARD);
        assertFalse(time(Diagnosis.of(
                        PacketScript.with(script.recording(), script.recording().frames(), 3)))
                .isPresent());
    }
}
