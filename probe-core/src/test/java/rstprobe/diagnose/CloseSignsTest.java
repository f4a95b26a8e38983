package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static rstprobe.diagnose.CloseStories.COMES_WITH_THE_HANDSHAKE;
import static rstprobe.diagnose.CloseStories.CONNECTS;
import static rstprobe.diagnose.CloseStories.finding;
import static rstprobe.diagnose.CloseStories.general;
import static rstprobe.diagnose.CloseStories.ids;
import static rstprobe.diagnose.CloseStories.open;

import java.util.Set;
import org.junit.jupiter.api.Test;

/// What tells closes without a word apart beyond their time: whether our words were read, and how each end was made.
class CloseSignsTest {
    /// Both close as soon: what tells them apart is whether the process took what lay there before it came.
    private static final String CLOSES_AT_ONCE = CONNECTS + """
            20.3 < FIN,ACK
            = closed identification
            """;

    @Test
    void whoReadsWhatLayThereIsABalancerAndNoServerThatCannotStart() {
        Finding finding = finding(CLOSES_AT_ONCE
                + CLOSES_AT_ONCE
                + COMES_WITH_THE_HANDSHAKE
                + "20.3 < FIN,ACK\n= closed identification\n");
        general(finding);
        assertTrue(ids(finding).contains("close-reads-what-lay-there"), ids(finding)::toString);
        assertEquals(Cause.NO_HEALTHY_BACKEND, open(finding).getFirst());
        assertFalse(open(finding).contains(Cause.SSHD_CANNOT_START), open(finding)::toString);
    }

    @Test
    void whoLeavesWhatLayThereIsAtItsLimitOrCannotStart() {
        String late = CLOSES_AT_ONCE.replace("20.3", "20.8");
        Finding finding = finding(late + late + COMES_WITH_THE_HANDSHAKE + "20.9 < RST,ACK\n= reset identification\n");
        general(finding);
        assertTrue(ids(finding).contains("close-leaves-what-lay-there"), ids(finding)::toString);
        assertEquals(
                Set.of(Cause.SSHD_CANNOT_START, Cause.CONNECTION_LIMIT),
                Set.copyOf(open(finding).subList(0, 2)));
    }

    /// socat: `shutdown()` of one direction, then `close()` half a millisecond later.
    @Test
    void whoEndsItsOwnDirectionFirstHandsOnStreams() {
        Finding finding = finding(CLOSES_AT_ONCE
                + CLOSES_AT_ONCE
                + COMES_WITH_THE_HANDSHAKE
                + "20.9 < FIN,ACK\n21.4 < RST,ACK seq=1\n= closed identification\n");
        assertTrue(ids(finding).contains("close-ends-each-direction"), ids(finding)::toString);
        assertFalse(ids(finding).contains("close-reads-us"), ids(finding)::toString);
        assertEquals(Cause.NO_HEALTHY_BACKEND, open(finding).getFirst());
    }

    @Test
    void aListenerThatIsMarkedSpeaksOfDropbear() {
        String marked = CLOSES_AT_ONCE.replace("< SYN,ACK", "< SYN,ACK tos=48");
        Finding finding = finding(marked + marked);
        assertEquals(Cause.CONNECTION_LIMIT, open(finding).getFirst());
        assertFalse(ids(finding(CLOSES_AT_ONCE + CLOSES_AT_ONCE)).contains("close-marks-its-opening"));
    }

    /// HAProxy's `reject` aborts what says nothing too: that ours was unread then tells nothing.
    @Test
    void anAbortWithNothingToReadIsNotBlamedOnWhatLayUnread() {
        String rejects = CONNECTS + "20.3 < RST,ACK\n= reset identification\n";
        Finding finding =
                finding(rejects + rejects + COMES_WITH_THE_HANDSHAKE + "20.3 < RST,ACK\n= reset identification\n");
        assertTrue(ids(finding).contains("close-aborts-unprovoked"), ids(finding)::toString);
        assertFalse(ids(finding).contains("close-leaves-us-unread"), ids(finding)::toString);
        assertFalse(ids(finding).contains("close-leaves-what-lay-there"), ids(finding)::toString);
    }

    private static String abortsBehindUs(double said, double aborted) {
        return CONNECTS
                + said + " > ACK data=23 msg=identification\n"
                + (aborted - 0.1) + " < ACK\n"
                + aborted + " < RST,ACK\n= reset identification\n";
    }

    /// An sshd that could not start, on a busy machine: our words were late once, and its end came close behind them.
    @Test
    void oneSilenceOfOursBeforeAnAbortIsNoWaitingForUs() {
        Finding finding = finding(abortsBehindUs(348.0, 401.0) + abortsBehindUs(17.5, 36.9));
        general(finding);
        assertFalse(ids(finding).contains("close-waits-for-us"), ids(finding)::toString);
        assertEquals(Cause.SSHD_CANNOT_START, open(finding).getFirst());
    }

    /// However late our words were, the abort came as soon behind them.
    @Test
    void whoEndsAsSoonBehindOurWordsHoweverLateTheyAreWaitsForThem() {
        Finding finding = finding(abortsBehindUs(161.0, 171.6) + abortsBehindUs(21.7, 32.5));
        general(finding);
        assertTrue(ids(finding).contains("close-waits-for-us"), ids(finding)::toString);
        assertEquals(Cause.PROXY_PROTOCOL_MISMATCH, open(finding).getFirst());
    }

    /// Where our words took most of the time, how long the far process took by itself is not known.
    @Test
    void timeThatWeTookIsNotTheServers() {
        String soonBehindUs = abortsBehindUs(14.0, 24.3);
        Finding finding = finding(soonBehindUs + soonBehindUs);
        general(finding);
        assertTrue(ids(finding).stream().noneMatch(CloseSignsTest::isTime), ids(finding)::toString);
        Finding known = finding(soonBehindUs + CLOSES_AT_ONCE);
        assertTrue(ids(known).contains("close-closes-at-once"), ids(known)::toString);
    }

    private static boolean isTime(String id) {
        return id.startsWith("close-takes-") || id.startsWith("close-closes-");
    }

    private static String graceEnds(double ourWords, double end) {
        return CONNECTS + "20.0 < ACK data=41\n! identification SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\n"
                + ourWords + " > ACK data=23 msg=identification\n"
                + (ourWords + 10) + " < ACK data=1000\n"
                + (ourWords + 11) + " > ACK data=100 msg=userauth\n"
                + (ourWords + 21) + " < ACK\n"
                + end + " < FIN,ACK\n= closed userauth\n";
    }

    /// The server's timer runs while our own host dawdles.
    @Test
    void graceTimeThatWeSpentOurselvesIsGraceTimeAllTheSame() {
        Finding finding = finding(graceEnds(3300.0, 4041.0) + graceEnds(30.0, 4060.0));
        assertEquals(Cause.GRACE_TIME_EXCEEDED, CloseStories.fault(finding).cause());
        general(finding(graceEnds(3300.0, 4041.0) + graceEnds(3300.0, 4060.0)));
        general(finding(graceEnds(30.0, 3041.0) + graceEnds(30.0, 4060.0)));
    }

    /// The process for a connection was half a second late, and so was its timer.
    @Test
    void graceTimeBeginsWithTheServersFirstWord() {
        String late = graceEnds(620.0, 4570.0).replace("20.0 < ACK data=41", "565.0 < ACK data=41");
        assertEquals(
                Cause.GRACE_TIME_EXCEEDED,
                CloseStories.fault(finding(late + graceEnds(30.0, 4030.0))).cause());
        general(finding(graceEnds(620.0, 4570.0) + graceEnds(30.0, 4030.0)));
    }

    /// A process that dies does so where it happens to be; one that cannot start always at the same place.
    @Test
    void whatIsEndedLaterElsewhereHasStarted() {
        String says = CONNECTS + "20.0 < ACK data=41\n! identification SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\n"
                + "20.2 > ACK data=23 msg=identification\n";
        String early = says + "33.0 < FIN,ACK\n= closed kexinit\n";
        String later = says + """
                30.2 < ACK data=1000
                30.3 > ACK data=1500 msg=kexinit
                30.4 > ACK data=1200 msg=kex
                44.0 < FIN,ACK
                = closed kex
                """;
        assertEquals(Cause.SSHD_CANNOT_START, open(finding(early + early)).getFirst());
        Finding finding = finding(early + later);
        general(finding);
        assertTrue(ids(finding).contains("close-came-further-elsewhere"), ids(finding)::toString);
        assertEquals(Cause.SESSION_PROCESS_DIED, open(finding).getFirst());
    }
}
