package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.diagnose.CloseStories.COMES_WITH_THE_HANDSHAKE;
import static rstprobe.diagnose.CloseStories.CONNECTS;
import static rstprobe.diagnose.CloseStories.fault;
import static rstprobe.diagnose.CloseStories.finding;
import static rstprobe.diagnose.CloseStories.general;
import static rstprobe.diagnose.CloseStories.ids;
import static rstprobe.diagnose.CloseStories.open;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.Mode;

/// Why a connection was ended without a word: each cause beside what looks like it.
class CloseCausesTest {
    /// Our words were late, and so was the abort.
    private static final String ABORTED_LATE = CONNECTS + """
            410.2 > ACK data=23 msg=identification
            420.2 < ACK
            420.4 < RST,ACK
            = reset identification
            """;
    private static final String SAYS = CONNECTS + """
            10.2 > ACK data=23 msg=identification
            20.2 < ACK
            """;
    private static final String REFUSE = SAYS + """
            5021.0 < RST,ACK
            = reset identification
            """;
    private static final String AT_THE_REQUEST = """
            20.2 < ACK data=40
            20.3 > ACK data=1500 msg=kexinit
            30.3 < ACK data=1000
            30.4 > ACK data=100 msg=userauth
            42.0 < FIN,ACK
            = closed userauth
            """;
    private static final String STALLS_AT_THE_REQUEST = """
            20.2 < ACK data=40
            20.3 > ACK data=1500 msg=kexinit
            30.3 < ACK data=1000
            30.4 > ACK data=100 msg=userauth
            40.4 < ACK
            """;

    private static String identified(String release) {
        return "! identification SSH-2.0-OpenSSH_" + release + "\n";
    }

    /// 5.00 to 5.07 s with OpenSSH 8.4, 9.2 and 10.0.
    @Test
    void anAbortAfterFiveSecondsWithoutAWordIsTcpWrappers() {
        Finding finding = finding(REFUSE + REFUSE);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.TCP_WRAPPERS, fault.cause());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(13, fault.exitCode());
        assertTrue(fault.confidence() < 0.9, fault.toString());
        assertEquals(Optional.empty(), fault.trigger(), "time drew it, and nothing that we said");
        assertTrue(
                ids(finding).contains("close-sleeps-five-seconds"), ids(finding).toString());
    }

    @Test
    void oneConnectionThatEndsSoProvesLess() {
        assertTrue(fault(finding(REFUSE)).confidence() <= Weights.ONE_ATTEMPT);
    }

    /// A proxy that gives up its server after five seconds has read what it was to pass on.
    @Test
    void aCloseInOrderAfterFiveSecondsIsNotTcpWrappers() {
        String gaveUp = SAYS + """
                5021.0 < FIN,ACK
                = closed identification
                """;
        Finding finding = finding(gaveUp + gaveUp);
        assertEquals(Cause.NO_HEALTHY_BACKEND, fault(finding).cause());
        assertEquals(Origin.PROXY, fault(finding).origin());
        assertFalse(open(finding).contains(Cause.TCP_WRAPPERS), open(finding).toString());
    }

    @Test
    void fiveSecondsBehindAnIdentificationAreNotTcpWrappers() {
        String greeted = SAYS.replace("20.2 < ACK", "20.2 < ACK data=40\n" + identified("9.2p1")) + """
                5021.0 < RST,ACK
                = reset kexinit
                """;
        Finding finding = finding(greeted + greeted);
        general(finding);
        assertFalse(open(finding).contains(Cause.TCP_WRAPPERS), open(finding).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"3021.0", "4521.0", "5921.0", "9021.0"})
    void otherTimesAreNotTcpWrappers(String millis) {
        String story = REFUSE.replace("5021.0", millis);
        general(finding(story + story));
    }

    /// Load lengthens a sleep and nothing shortens it, so the least of them counts.
    @Test
    void aBusyServerThatWasLateOnceIsStillTcpWrappers() {
        String late = REFUSE.replace("5021.0", "5921.0");
        assertEquals(Cause.TCP_WRAPPERS, fault(finding(late + REFUSE)).cause());
    }

    /// One that ended sooner shows that five seconds are no rule here.
    @Test
    void oneThatEndedSoonerSpeaksAgainstTcpWrappers() {
        general(finding(REFUSE + REFUSE.replace("5021.0", "25.0")));
    }

    /// Debian's OpenSSH 9.2: `alarm(LoginGraceTime)` fires on the second.
    @Test
    void aCloseOnTheSecondWhileTheServerKeepsUsWaitingIsItsGraceTime() {
        String story = SAYS + identified("9.2p1 Debian-2+deb12u10") + STALLS_AT_THE_REQUEST + """
                4030.0 < FIN,ACK
                = closed userauth
                """;
        Finding finding = finding(story + story);
        assertEquals(Cause.GRACE_TIME_EXCEEDED, fault(finding).cause());
        assertEquals(13, fault(finding).exitCode());
    }

    @Test
    void aCloseBetweenTwoSecondsIsGraceTimeOnlyWhereItIsDelayedAtRandom() {
        String late = STALLS_AT_THE_REQUEST + """
                6630.0 < FIN,ACK
                = closed userauth
                """;
        String before = SAYS + identified("9.2p1 Debian-2+deb12u10") + late;
        String after = SAYS + identified("10.0p2 Debian-7") + late;
        general(finding(before + before));
        assertEquals(Cause.GRACE_TIME_EXCEEDED, fault(finding(after + after)).cause());
    }

    @Test
    void refuseConnectionIsOnlyWhereTheReleaseKnowsIt() {
        String new10 = SAYS + identified("10.0p2 Debian-7") + AT_THE_REQUEST;
        Finding finding = finding(new10 + new10);
        assertEquals(Cause.USER_REFUSED, fault(finding).cause());
        assertEquals(Cause.SESSION_PROCESS_DIED, open(finding).getFirst());
        String old = SAYS + identified("9.2p1") + AT_THE_REQUEST;
        Finding unnamed = finding(old + old);
        general(unnamed);
        assertEquals(Cause.SESSION_PROCESS_DIED, open(unnamed).getFirst());
    }

    /// OpenSSH from 9.8 on blames the source of a connection whose process crashed, for 90 seconds.
    @Test
    void aPenaltyAfterwardsShowsThatTheProcessDied() {
        String dies = SAYS + identified("10.0p2 Debian-7") + """
                20.2 < ACK data=40
                20.3 > ACK data=1500 msg=kexinit
                30.3 < ACK data=1000
                33.0 < FIN,ACK
                = closed kex
                """;
        Finding finding = finding(dies + Stories.PENALTY);
        assertEquals(Cause.SESSION_PROCESS_DIED, fault(finding).cause());
        general(finding(dies + dies));
    }

    @Test
    void whoClosesAtOnceMayBeAnyOfThree() {
        String story = CONNECTS + """
                20.2 < FIN,ACK
                = closed identification
                """;
        Finding finding = finding(story + story);
        general(finding);
        assertTrue(
                open(finding).subList(0, 2).containsAll(List.of(Cause.NO_HEALTHY_BACKEND, Cause.CONNECTION_LIMIT)),
                open(finding).toString());
        assertTrue(
                open(finding).contains(Cause.SSHD_CANNOT_START), open(finding).toString());
    }

    /// Measured with OpenSSH 9.2 and 10.0, xinetd 2.3.15, HAProxy 2.6, socat 1.7: the least of three connections.
    @ParameterizedTest
    @CsvSource({
        "20.3, NO_HEALTHY_BACKEND CONNECTION_LIMIT",
        "20.8, NO_HEALTHY_BACKEND SSHD_CANNOT_START",
        "21.3, NO_HEALTHY_BACKEND CONNECTION_LIMIT",
        "22.5, SSHD_CANNOT_START NO_HEALTHY_BACKEND",
        "30.0, SSHD_CANNOT_START NO_HEALTHY_BACKEND"
    })
    void howSoonItClosesRanksTheCauses(String millis, String first) {
        String story = CONNECTS + millis + """
                 < FIN,ACK
                = closed identification
                """;
        String late = story.replace(millis, "93.0");
        Finding finding = finding(late + story + late.replace("talk", "listen"));
        general(finding);
        assertEquals(
                Stream.of(first.split(" ")).map(Cause::valueOf).collect(Collectors.toSet()),
                Set.copyOf(open(finding).subList(0, 2)),
                open(finding).toString());
    }

    /// HAProxy's `tcp-request connection reject`.
    @Test
    void anAbortWithNothingToReadIsARejectionByAProxy() {
        String story = CONNECTS + """
                10.4 < RST,ACK
                = reset identification
                """;
        Finding finding = finding(story + story);
        assertEquals(Cause.NO_HEALTHY_BACKEND, fault(finding).cause());
        assertEquals(Origin.PROXY, fault(finding).origin());
        assertTrue(fault(finding).confidence() < 0.9);
    }

    @Test
    void whoClosesAtOnceIsListenedToOnceMore() {
        String story = CONNECTS + """
                20.2 < FIN,ACK
                = closed identification
                """;
        assertEquals(new NextProbe.Connect(Mode.PROMPT, false), next(story + story));
        String prompt = COMES_WITH_THE_HANDSHAKE + "20.2 < RST,ACK\n= reset identification\n";
        assertEquals(new NextProbe.Connect(Mode.LISTEN, false), next(story + story + prompt));
        String tooLate = story.replace("talk", "prompt");
        assertEquals(
                new NextProbe.Connect(Mode.PROMPT, false), next(story + story + tooLate), "our words came too late");
        assertFalse(
                next(story + story + tooLate + tooLate) instanceof NextProbe.Connect,
                "four that fail are all that a log bears");
        String late = story.replace("20.2", "93.0");
        assertFalse(next(late + late).equals(new NextProbe.Connect(Mode.LISTEN, false)));
    }

    /// Neither can be told from outside from what a flipped bit makes a server do (RFC 4253 section 6.4).
    @Test
    void aCloseBehindTheFirstEncryptedBytesMayBeACorruptedStream() {
        String story = SAYS + identified("9.2p1") + """
                20.2 < ACK data=40
                20.3 > ACK data=1500 msg=kexinit
                30.3 < ACK data=1000
                30.4 > ACK data=100 msg=service
                42.0 < FIN,ACK
                = closed service
                """;
        Finding finding = finding(story + story);
        general(finding);
        assertEquals(
                List.of(Cause.SESSION_PROCESS_DIED, Cause.STREAM_CORRUPTED),
                open(finding).subList(0, 2));
    }

    @Test
    void timeForAProgramToStartAndQuitRanksAnSshdThatCannotStartFirst() {
        String story = SAYS + """
                32.0 < RST,ACK
                = reset identification
                """;
        Finding finding = finding(story + story);
        general(finding);
        assertEquals(Cause.SSHD_CANNOT_START, open(finding).getFirst());
    }

    /// sshd speaks first, as soon as it is there; what keeps silent for 400 ms and ends when we speak is none.
    @Test
    void whoWaitsForUsToSpeakAndClosesIsNoSshd() {
        String story = CONNECTS + """
                410.2 > ACK data=23 msg=identification
                420.2 < ACK
                420.4 < FIN,ACK
                = closed identification
                """;
        Finding finding = finding(story + story);
        general(finding);
        assertEquals(List.of(Cause.NOT_SSH, Cause.MULTIPLEXER), open(finding).subList(0, 2));
        assertFalse(
                open(finding).contains(Cause.SSHD_CANNOT_START), open(finding).toString());
    }

    /// Our words were late once, and so was the close; where we said nothing it closed all the same.
    @Test
    void whatClosesThoughNothingWasSaidDoesNotWaitForUs() {
        String late = ABORTED_LATE;
        String unasked = """
                listen
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                43.0 < FIN,ACK
                = closed identification
                """;
        assertTrue(ids(finding(late + late)).contains("close-waits-for-us"));
        Finding finding = finding(late + late + unasked);
        assertFalse(ids(finding).contains("close-waits-for-us"), ids(finding).toString());
        assertEquals(Cause.SSHD_CANNOT_START, open(finding).getFirst());
    }

    @Test
    void silenceOnOurSideTellsAMultiplexerFromAServerOfAnotherKind() {
        String talked = SAYS + """
                20.6 < FIN,ACK
                = closed identification
                """;
        String stays = """
                listen
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                = silent identification
                """;
        String givesUp = """
                listen
                0.0    > SYN
                10.0   < SYN,ACK
                10.1   > ACK
                2021.0 < FIN,ACK
                = closed identification
                """;
        assertEquals(new NextProbe.Connect(Mode.LISTEN, false), next(talked + talked));
        assertEquals(Cause.NOT_SSH, fault(finding(talked + talked + stays)).cause());
        assertEquals(15, fault(finding(talked + talked + stays)).exitCode());
        general(finding(talked + talked + givesUp));
        assertEquals(Cause.MULTIPLEXER, open(finding(talked + talked + givesUp)).getFirst());
        assertFalse(next(talked + talked + stays).equals(new NextProbe.Connect(Mode.LISTEN, false)));
    }

    @Test
    void anAbortAtTheFirstBytesOfWhoWaitedForThemMayWantAProxyLine() {
        String story = ABORTED_LATE;
        String stays = """
                listen
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                = silent identification
                """;
        for (Finding finding : List.of(finding(story + story), finding(story + story + stays))) {
            general(finding);
            assertEquals(Cause.PROXY_PROTOCOL_MISMATCH, open(finding).getFirst());
        }
    }

    /// xinetd's `cps`: one connection too many is accepted and closed, and then the port is.
    @Test
    void aPortThatClosesAfterwardsRanksALimitOrADeadListenerFirst() {
        String story = CONNECTS + """
                20.2 < FIN,ACK
                = closed identification
                """;
        Finding finding = finding(story + Stories.NO_LISTENER);
        assertTrue(
                open(finding).subList(0, 2).contains(Cause.CONNECTION_LIMIT),
                open(finding).toString());
    }

    @Test
    void whatEndsWhileSomeAreServedAndSaysNothingInOldReleasesIsMaxStartups() {
        String refused = CONNECTS + """
                20.2 < FIN,ACK
                = closed identification
                """;
        String served = Stories.HEALTHY.replace("OpenSSH_9.2p1", "OpenSSH_7.4");
        Finding finding = finding(refused + served);
        assertEquals(Cause.MAX_STARTUPS, open(finding).getFirst(), finding.toString());
    }

    private static NextProbe next(String story) {
        PacketScript script = PacketScript.of(story);
        return NextProbe.of(script.recording(), script.finding()).orElseThrow();
    }
}
