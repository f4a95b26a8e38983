package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// What a verdict that is not settled advises to do, where a test could not be made.
class UnmadeTestTest {
    private static String advice(Recording recording, Event... events) {
        List<Event> all = new ArrayList<>(recording.events());
        all.addAll(List.of(events));
        return Diagnosis.of(Stories.with(recording, all)).nextTest().orElse("");
    }

    private static Recording twice(String story) {
        return PacketScript.of(story + story).recording();
    }

    @Test
    void theReferenceIsAdvisedFirst() {
        String advice = advice(twice(Stories.SOCKET_ABORT));
        assertTrue(advice.startsWith("probe a port of the same host that surely is closed"), advice);
    }

    @Test
    void whyItWasNotMadeIsSaid() {
        String advice = advice(
                twice(Stories.REFUSED_TOS_ZERO), new Event.Omitted(0, ActiveTest.REFERENCE, "--without forbids it"));
        assertTrue(advice.endsWith(" (the test 'reference', not made: --without forbids it)"), advice);
    }

    @Test
    void withoutTheSweepItIsTheSweepThatWouldTellWhereTheFilterIs() {
        Recording recording = new CraftedReel(twice(Stories.REFUSED_TOS_ZERO))
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, 44_444, 64)
                .reset(62, 0x48)
                .recording();
        String advice = advice(recording, new Event.Tested(0, ActiveTest.REFERENCE, 1));
        assertTrue(advice.startsWith("send what drew the reset with TTL 1, 2, 3"), advice);
    }

    /// A reset before we said anything was drawn by nothing that could be sent again.
    @Test
    void whatWasNeverSaidIsNotAdvisedToBeSentAgain() {
        Event reference = new Event.Tested(0, ActiveTest.REFERENCE, 1);
        String advice = advice(twice(Stories.RESET_INSIDE_CONNECT), reference);
        assertFalse(advice.contains("what drew the reset"), advice);
    }

    /// Where everything was tried, only another place to stand tells more.
    @Test
    void whatWasMadeIsNotAdvisedAgain() {
        Event[] made = Stream.of(ActiveTest.values())
                .map(test -> new Event.Tested(0, test, 1))
                .toArray(Event[]::new);
        String advice = advice(twice(Stories.SOCKET_ABORT), made);
        assertTrue(advice.startsWith("capture on the server"), advice);
        assertFalse(advice(twice(Stories.REFUSED_TOS_ZERO), made).contains("surely is closed"));
        assertEquals("", advice(PacketScript.of(Stories.HEALTHY).recording(), made));
    }
}
