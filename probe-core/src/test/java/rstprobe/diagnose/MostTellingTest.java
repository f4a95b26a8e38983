package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;

/// Like attempts that ended differently, and which of them stands for the run.
class MostTellingTest {
    private static Verdict.Fault fault(String script) {
        return assertInstanceOf(
                Verdict.Fault.class, PacketScript.of(script).finding().verdict());
    }

    /// The server aborts; the first time its reset is lost, and our next segment finds no socket.
    @Test
    void anAbortThatWasLostIsNoLostState() {
        for (String script :
                new String[] {Stories.STATE_LOST + Stories.SOCKET_ABORT, Stories.SOCKET_ABORT + Stories.STATE_LOST}) {
            assertEquals(Origin.SERVER_PROCESS, fault(script).origin());
        }
    }

    @Test
    void stateThatIsLostEveryTimeStaysTheKernels() {
        assertEquals(
                Origin.SERVER_KERNEL,
                fault(Stories.STATE_LOST + Stories.STATE_LOST).origin());
    }
}
