package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.capture.Frame;
import rstprobe.record.Recording;

/// Which segment of which message vanished, in which direction, and what may have taken it.
class SilentCausesTest {
    private static final String SPOKEN_TO = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            """;
    private static final String GREETED = SPOKEN_TO + """
            20.2 < ACK data=40
            20.3 > ACK
            """;
    /// Linux sends a segment again after 0.2 s and then waits twice as long each time.
    private static final String AGAIN_AND_AGAIN = """
            %1$s
            430.0  %2$s
            830.0  %2$s
            1630.0 %2$s
            3230.0 %2$s
            """;

    private static String repeated(String first, String again) {
        return AGAIN_AND_AGAIN.formatted(first, again);
    }

    /// Our key exchange message takes a full packet and a small one: the full one never arrives.
    private static final String LARGE_VANISHES =
            GREETED + repeated("""
                    30.0 > ACK data=1448
                    30.1 > ACK data=112 msg=kexinit of=1560
                    40.1 < ACK ack=23 sack=1471:1583
                    """, "> ACK seq=23 data=1448") + "= silent kexinit\n";
    private static final String TAIL_OF_ANSWER = GREETED + """
            30.0 > ACK data=1208 msg=kex-init
            41.0 < ACK data=116 seq=1488
            41.1 > ACK ack=40
            7000.0 > ACK ack=40
            = silent kex
            """;
    private static final String TAKES_NOTHING = SPOKEN_TO + repeated("", "> ACK seq=0 data=23") + """
            1010.0 < SYN,ACK
            1010.1 > ACK seq=23
            3010.0 < SYN,ACK
            = silent identification
            """;
    private static final String IDENTIFICATION_TAKEN_OUT = GREETED.replace("< ACK data=40", "< ACK data=40 ack=0")
            + repeated("", "> ACK seq=0 data=23") + "= silent kexinit\n";

    private static Finding told(String story) {
        return PacketScript.of(story).finding();
    }

    private static Verdict.Fault fault(String story) {
        Finding finding = told(story);
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), () -> finding.verdict() + " " + ids(finding));
    }

    private static Optional<Cause> cause(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Fault fault -> Optional.of(fault.cause());
            case Verdict.Undetermined open -> open.cause();
            case Verdict.Healthy _ -> Optional.empty();
        };
    }

    private static List<Cause> topThree(Finding finding) {
        return Stream.concat(
                        cause(finding.verdict()).stream(),
                        finding.alternatives().stream().map(Finding.Alternative::cause))
                .limit(3)
                .toList();
    }

    private static List<String> ids(Finding finding) {
        return finding.evidence().stream().map(Evidence::id).toList();
    }

    private static Evidence fact(Finding finding, String id) {
        return finding.evidence().stream()
                .filter(shown -> shown.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " is not among " + ids(finding)));
    }

    @Test
    void aFullPacketThatNeverArrivesWhileASmallOneBehindItDoesIsABlackHole() {
        Verdict.Fault fault = fault(LARGE_VANISHES);
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertEquals(Origin.PATH, fault.origin());
        assertEquals(12, fault.exitCode());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertTrue(fault.summary().contains("of 1500 bytes vanish towards the server"), fault.summary());
        assertTrue(fault.summary().contains("of 164 bytes arrive"), fault.summary());
        Finding finding = told(LARGE_VANISHES);
        assertEquals(
                List.of(7, 9, 10, 11, 12, 13),
                fact(finding, "large-segments-vanish-to-server").frames());
        assertTrue(fact(finding, "segment-vanishes-to-server").text().contains("our kexinit"));
    }

    @Test
    void aSecondAttemptThatShowsTheSameMakesItLikelier() {
        Verdict.Fault fault = fault(LARGE_VANISHES + LARGE_VANISHES);
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertTrue(fault.confidence() > Weights.ONE_ATTEMPT && fault.confidence() < 0.9, () -> "" + fault);
    }

    @Test
    void overIpv6ThePacketsAreTwentyBytesLarger() {
        Verdict verdict = PacketScript.of(LARGE_VANISHES).overIpv6().finding().verdict();
        assertTrue(verdict.summary().contains("of 1520 bytes vanish"), verdict.summary());
    }

    /// One copy of it arrived: what is lost by chance is sent again.
    @Test
    void aFullPacketThatArrivesLaterIsNoBlackHole() {
        String story = LARGE_VANISHES.replace("= silent", "3240.0 < ACK ack=1583\n= silent");
        Finding finding = told(story);
        assertFalse(topThree(finding).contains(Cause.MTU_BLACK_HOLE), () -> "" + finding.verdict());
        assertTrue(ids(finding).contains("segments-sent-again-arrived"));
    }

    /// Two copies may be lost by chance; the wait was too short to tell.
    @Test
    void twoCopiesProveNothing() {
        String story = LARGE_VANISHES.replaceAll("(830|1630|3230)\\.0 .*\n", "");
        Verdict verdict = told(story).verdict();
        assertNotEquals(Optional.of(Cause.MTU_BLACK_HOLE), cause(verdict));
    }

    /// The small packet behind it was lost as well: it is not the size.
    @Test
    void whereTheSmallOneVanishesTooItIsNotTheSize() {
        String story = LARGE_VANISHES.replace("40.1 < ACK ack=23 sack=1471:1583\n", "40.1 < ACK ack=23\n");
        Finding finding = told(story);
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertNotEquals(Optional.of(Cause.MTU_BLACK_HOLE), cause(finding.verdict()));
        assertTrue(topThree(finding).contains(Cause.CONNECTION_STATE_LOST), () -> "" + topThree(finding));
    }

    /// The error that names the size came, we sent smaller ones, and they arrived.
    @Test
    void packetsThatShrankAndArrivedAreNoBlackHole() {
        String story = GREETED + """
                30.0 > ACK data=1448
                30.1 > ACK data=112 msg=kexinit of=1560
                31.0 < ICMP 3/4 from=198.18.1.1 ttl=64
                31.1 > ACK seq=23 data=1348
                31.2 > ACK seq=1371 data=100
                40.1 < ACK ack=1583 data=1136
                ! done kexinit
                50.0 < ACK data=1000
                = completed
                """;
        assertInstanceOf(Verdict.Healthy.class, told(story).verdict());
    }

    @Test
    void aHoleOfAFullPacketBeforeTheTailOfTheAnswerIsABlackHoleTowardsUs() {
        Verdict.Fault fault = fault(TAIL_OF_ANSWER);
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertEquals(12, fault.exitCode());
        assertTrue(fault.summary().contains("of 1500 bytes vanish towards us"), fault.summary());
        assertTrue(fault.summary().contains("of 168 bytes arrive"), fault.summary());
    }

    /// The server sends it again within a second.
    @Test
    void aHoleThatIsFilledOrYoungIsNone() {
        String filled = TAIL_OF_ANSWER.replace("7000.0 >", "300.0 < ACK seq=40 data=1448\n7000.0 >");
        String young = TAIL_OF_ANSWER.replace("7000.0", "1200.0");
        for (String story : List.of(filled, young)) {
            assertNotEquals(Optional.of(Cause.MTU_BLACK_HOLE), cause(told(story).verdict()), story);
        }
    }

    /// A hole of 41 bytes where a packet of a thousand passed: it is what they say.
    @Test
    void aSmallHoleBeforeALargePacketIsTakenOutForWhatItSays() {
        Verdict.Fault fault = fault(SPOKEN_TO + """
                21.0 < ACK data=1136 seq=41
                21.1 > ACK ack=0
                7000.0 > ACK ack=0
                = silent identification
                """);
        assertEquals(Cause.INSPECTED_AND_DROPPED, fault.cause());
        assertEquals(11, fault.exitCode());
    }

    @Test
    void anIdentificationThatNeverArrivesAtAServerThatSpeaksIsTakenOut() {
        Verdict.Fault fault = fault(IDENTIFICATION_TAKEN_OUT);
        assertEquals(Cause.INSPECTED_AND_DROPPED, fault.cause());
        assertTrue(fault.confidence() <= Weights.ONE_ATTEMPT);
        assertTrue(topThree(told(IDENTIFICATION_TAKEN_OUT)).contains(Cause.ESTABLISHED_DROPPED));
    }

    /// It repeats what we acknowledged: not one word is taken out, but all we send.
    @Test
    void aServerThatRepeatsWhatWeAcknowledgedHearsNothingAtAll() {
        String story = IDENTIFICATION_TAKEN_OUT.replace("= silent", "500.0 < ACK seq=0 data=40 ack=0\n= silent");
        assertEquals(Optional.of(Cause.ESTABLISHED_DROPPED), cause(told(story).verdict()));
    }

    /// What followed it was reported as arrived.
    @Test
    void anIdentificationBeforeAKexinitThatArrivesIsTakenOut() {
        Finding finding = told(GREETED.replace("< ACK data=40", "< ACK data=40 ack=0")
                + repeated("""
                30.0 > ACK data=1448 msg=kexinit
                40.1 < ACK ack=0 sack=23:1471
                """, "> ACK seq=0 data=23") + "= silent kexinit\n");
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict(), () -> "" + finding.verdict());
        assertEquals(Cause.INSPECTED_AND_DROPPED, fault.cause());
        assertTrue(fault.summary().contains("our identification"), fault.summary());
        assertFalse(topThree(finding).contains(Cause.MTU_BLACK_HOLE));
    }

    /// Two attempts show the same, and still three may do so: a small key exchange would tell.
    @Test
    void aLargeKeyExchangeThatVanishesWhereLargerPacketsPassStaysOpen() {
        String story = GREETED + repeated("""
                25.0 > ACK data=1448 msg=kexinit
                35.0 < ACK data=1136
                40.0 > ACK data=1208 msg=kex-init
                """, "> ACK seq=1471 data=1208") + "= silent kex\n";
        Finding finding = told(story + story);
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertEquals(
                List.of(Cause.INSPECTED_AND_DROPPED, Cause.LARGE_KEX_FAILS, Cause.CONNECTION_STATE_LOST),
                topThree(finding));
        assertTrue(finding.nextTest().orElseThrow().contains("curve25519"));
    }

    /// The server does not repeat its SYN-ACK: it has our answer, and its own are lost.
    @Test
    void aServerThatNeverAnswersAgainMayBeMarkedUnwanted() {
        Finding finding = told(SPOKEN_TO + repeated("", "> ACK seq=0 data=23") + "= silent identification\n");
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertEquals(
                List.of(Cause.ESTABLISHED_DROPPED, Cause.DSCP_DROPPED),
                topThree(finding).subList(0, 2));
    }

    /// Its kernel took what we said, and did not even answer our closing. A stalled listener's would have.
    @Test
    void aKernelThatTakesOurWordsAndNotOurClosingHasLostItsWayToUs() {
        String story = SPOKEN_TO + """
                20.2 < ACK
                15020.0 > FIN,ACK
                15230.0 > FIN,ACK seq=23
                = silent identification
                """;
        Finding finding = told(story);
        assertEquals(Optional.of(Cause.DSCP_DROPPED), cause(finding.verdict()));
        assertTrue(ids(finding).contains("closing-unanswered"));
        String answered = story.replace("15230.0 > FIN,ACK seq=23", "15030.0 < ACK ack=24");
        assertEquals(Optional.of(Cause.LISTENER_STALLED), cause(told(answered).verdict()));
    }

    @Test
    void aServerThatRepeatsItsSynAckTakesNothing() {
        Finding once = told(TAKES_NOTHING);
        assertEquals(Optional.of(Cause.ESTABLISHED_DROPPED), cause(once.verdict()));
        assertTrue(topThree(once).contains(Cause.ACCEPT_QUEUE_OVERFLOW));
        assertInstanceOf(Verdict.Undetermined.class, once.verdict());
        Verdict.Fault twice = fault(TAKES_NOTHING + TAKES_NOTHING);
        assertEquals(Cause.ESTABLISHED_DROPPED, twice.cause());
        assertTrue(twice.confidence() < 0.9);
    }

    @Test
    void whereTheNextSynIsNotAnsweredTheQueueIsFull() {
        Verdict.Fault fault = fault(TAKES_NOTHING + Stories.SYN_DROPPED);
        assertEquals(Cause.ACCEPT_QUEUE_OVERFLOW, fault.cause());
        assertEquals(10, fault.exitCode());
    }

    @Test
    void aSynAckWithAClosedWindowIsAProxyOfSyns() {
        Verdict.Fault fault = fault("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK win=0
                10.1 > ACK
                = silent identification
                """);
        assertEquals(Cause.SYN_PROXY, fault.cause());
        assertEquals(11, fault.exitCode());
    }

    @Test
    void whatIsNeverAcknowledgedOnceTheKeysAreInUseIsFilteredOrForgotten() {
        String story = GREETED + """
                25.0 < ACK data=1136
                30.0 > ACK data=1560 msg=kexinit
                40.0 < ACK data=564
                50.0 > ACK data=16 msg=newkeys
                60.0 < ACK
                61.0 > ACK data=44 msg=service-request
                270.0 > ACK seq=1599 data=44
                700.0 > ACK seq=1599 data=44
                1600.0 > ACK seq=1599 data=44
                = silent service
                """;
        Finding finding = told(story);
        assertEquals(Optional.of(Cause.FILTERED_AFTER_KEX), cause(finding.verdict()));
        assertTrue(topThree(finding).contains(Cause.CONNECTION_STATE_LOST));
        assertTrue(
                finding.verdict().summary().contains("our service-request"),
                finding.verdict().summary());
        assertEquals(Cause.FILTERED_AFTER_KEX, fault(story + story).cause());
    }

    @Test
    void aRequestThatIsTakenAndNotAnsweredIsANameOrAWayToAuthenticate() {
        Finding finding = told(GREETED + """
                30.0 > ACK data=60 msg=userauth-request
                41.0 < ACK
                = silent userauth
                """);
        assertEquals(
                List.of(Cause.SLOW_DNS, Cause.SLOW_AUTHENTICATION),
                topThree(finding).subList(0, 2));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void linesWithoutAnEndAreATrap() {
        String story = SPOKEN_TO
                + Stream.of(1010, 2010, 3010)
                        .map(millis -> millis + ".0 < ACK data=20\n! text x7Zq\n")
                        .collect(Collectors.joining())
                + "= silent identification\n";
        Verdict.Fault fault = fault(story);
        assertEquals(Cause.TARPIT, fault.cause());
        assertEquals(15, fault.exitCode());
    }

    /// Its copies are lost as often as it is, and we gave up before the next.
    @Test
    void whatIsLostNowAndThenIsALossyPath() {
        String story = GREETED + """
                30.0 > ACK data=1448
                30.1 > ACK data=112 msg=kexinit of=1560
                240.0 > ACK seq=23 data=1448
                250.0 < ACK ack=1583 data=1136
                260.0 > ACK data=1208 msg=kex-init
                470.0 > ACK seq=1583 data=1208
                = silent kex
                """;
        Finding finding = told(story);
        assertEquals(Optional.of(Cause.LOSSY_PATH), cause(finding.verdict()));
        assertEquals(19, finding.verdict().exitCode());
    }

    /// Where the capture lost frames, an acknowledgement may be among them.
    @Test
    void aCaptureThatLostFramesNamesNobody() {
        for (String story : List.of(LARGE_VANISHES, TAIL_OF_ANSWER, IDENTIFICATION_TAKEN_OUT, TAKES_NOTHING)) {
            Recording whole = PacketScript.of(story + story).recording();
            List<Frame> frames = whole.frames();
            assertInstanceOf(
                    Verdict.Undetermined.class,
                    Diagnosis.of(PacketScript.with(whole, frames, 3)).verdict(),
                    story);
        }
    }
}
