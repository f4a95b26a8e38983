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
}
