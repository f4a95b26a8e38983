package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What Linux 6.18 says when a socket that stood is aborted: the lines are its own.
class AbortReasonsTest {
    private static final String DESTROYED =
            "ss-22030 [000] b..1. 61647.572782: tcp_send_reset: skbaddr=0000000000000000 skaddr=000000008379acef"
                    + " src=198.18.3.2:22 dest=198.18.0.1:54418 state=TCP_ESTABLISHED reason=TCP_STATE";

    /// SO_LINGER of 0, and a listener that died with the connection in its queue.
    private static final String ABORTED =
            "sshd-21857 [001] ..... 61648.073738: tcp_send_reset: skbaddr=0000000000000000 skaddr=000000003d301b25"
                    + " src=198.18.3.2:22 dest=198.18.0.1:54430 state=TCP_CLOSE reason=TCP_STATE";

    private static List<ServerFinding> found(String... events) {
        return ServerAnswers.none().kernelSent(events).side().findings().stream()
                .filter(found -> found.id().equals("kernel-sent-reset"))
                .toList();
    }

    @Test
    void anAbortOnRequestIsTheSocketsOwn() {
        ServerFinding only = found(ABORTED).getFirst();
        assertEquals(Cause.ABORTED_WITHOUT_REASON, only.cause());
        assertEquals(Origin.SERVER_PROCESS, only.origin());
        assertFalse(only.text().contains("destroyed"), only.text());
    }

    @Test
    void oneFromOutsideShowsByTheStateThatTheSocketStillHad() {
        ServerFinding only = found(DESTROYED).getFirst();
        assertEquals(Cause.ABORTED_WITHOUT_REASON, only.cause());
        assertTrue(only.text().contains("somebody destroyed the socket"), only.text());
    }

    @Test
    void theTwoAreTwoFindings() {
        assertEquals(2, found(ABORTED, DESTROYED, ABORTED).size());
    }
}
