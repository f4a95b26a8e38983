package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// A path clears every type of service; what a record route in the refused SYN tells then, and what it does not.
class RouteEchoTest {
    private static final int CLOSED = 44_444;
    private static final String[] THERE_AND_BACK = {
        "198.18.2.1", "198.18.3.1", "198.18.3.2", "198.18.3.2", "198.18.2.2", "198.18.1.1"
    };

    /// Refused twice; not even a closed port returns a type of service.
    private static CraftedReel bleached() {
        return new CraftedReel(PacketScript.of(Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO)
                        .recording())
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0);
    }

    private static CraftedReel trigger(CraftedReel reel, int ours) {
        return reel.syn(ActiveTest.RECORD_ROUTE, Part.TRIGGER, ours, 22, 64);
    }

    private static CraftedReel closed(CraftedReel reel, int ours) {
        return reel.syn(ActiveTest.RECORD_ROUTE, Part.CLOSED_PORT, ours, CLOSED, 64);
    }

    private static Optional<Evidence> said(CraftedReel reel, String id) {
        return reel.finding().evidence().stream()
                .filter(fact -> fact.id().equals(id))
                .findFirst();
    }

    private static void tellsNothing(CraftedReel reel, String id) {
        assertEquals(
                0,
                said(reel, id)
                        .orElseThrow(() -> new AssertionError(reel.finding().evidence()))
                        .weight());
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
        assertEquals(
                bleached().finding().alternatives(), reel.finding().alternatives(), "nobody is likelier than before");
    }

    @Test
    void aResetThatReturnsTheRouteWithTheHostsAddressIsTheKernels() {
        assertInstanceOf(Verdict.Undetermined.class, bleached().finding().verdict());
        CraftedReel reel = trigger(bleached(), 50_010).by(THERE_AND_BACK).reset(62, 0);
        Verdict.Fault fault =
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict());
        assertEquals(Origin.SERVER_KERNEL, fault.origin());
        assertEquals(Cause.NO_LISTENER, fault.cause());
        assertEquals(Proof.ACTIVE_AGREES.limit(), fault.confidence(), 0.01);
        Evidence echo = said(reel, "reset-echoes-record-route").orElseThrow();
        assertTrue(echo.text().endsWith(String.join(", ", THERE_AND_BACK)), echo.text());
        assertEquals(2, echo.frames().size());
        assertTrue(said(reel, "tos-means-nothing-here").isPresent(), "it needs no type of service");
    }

    @Test
    void aPlainResetWhereTheClosedPortReturnsTheRouteIsAFilters() {
        CraftedReel reel = trigger(bleached(), 50_010).reset(62, 0);
        closed(reel, 50_011).by(THERE_AND_BACK).reset(62, 0);
        Evidence fact =
                said(reel, "reference-echoes-record-route-reset-does-not").orElseThrow();
        assertEquals(WeightTable.committed().weight(fact.id(), Weights.REFERENCE_ROUTE_DIFFERS), fact.weight());
        assertFalse(said(reel, "reset-like-closed-ports").isPresent(), "it is not like them");
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict(), "which filter's is open");
        List<Origin> likely = reel.finding().alternatives().stream()
                .filter(other -> other.confidence() > 0.1)
                .map(Finding.Alternative::origin)
                .sorted()
                .toList();
        assertEquals(List.of(Origin.SERVER_FIREWALL, Origin.IN_PATH, Origin.ON_PATH), likely);
    }

    /// The sweep's control is known for the host's own by the route that it returned.
    @Test
    void aFilterThatSwallowsTheOptionIsFoundAtTheServersDistance() {
        CraftedReel reel = swallowed();
        assertTrue(said(reel, "reference-echoes-record-route-port-is-silent")
                        .orElseThrow()
                        .weight()
                > 0);
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
        reel.syn(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 22, 2)
                .expiredAt("198.18.2.2", 0)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 22, 3)
                .reset(62, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_021, CLOSED, 2)
                .expiredAt("198.18.2.2", 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_021, CLOSED, 3)
                .reset(62, 0);
        assertEquals(
                Origin.SERVER_FIREWALL,
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict()).origin());
    }

    private static CraftedReel swallowed() {
        CraftedReel reel = trigger(trigger(bleached(), 50_010), 50_011);
        closed(reel, 50_012).by(THERE_AND_BACK).reset(62, 0);
        return trigger(reel, 50_013);
    }

    @Test
    void twoLostSynsAreNoSilentPort() {
        CraftedReel reel = trigger(trigger(bleached(), 50_010), 50_011);
        tellsNothing(closed(reel, 50_012).by(THERE_AND_BACK).reset(62, 0), "record-route-unanswered");
        CraftedReel spell = trigger(trigger(trigger(bleached(), 50_010), 50_011), 50_012);
        tellsNothing(closed(spell, 50_013).by(THERE_AND_BACK).reset(62, 0), "record-route-unanswered");
    }

    @Test
    void aPathThatLosesOptionsTellsNothing() {
        CraftedReel reel = trigger(trigger(bleached(), 50_010), 50_011);
        tellsNothing(closed(closed(reel, 50_012), 50_013), "record-route-unanswered");
    }

    /// As the BSDs do, and a filter that rejects every port, and a path that strips options.
    @Test
    void aHostThatNeverReturnsOptionsTellsNothing() {
        CraftedReel reel = trigger(bleached(), 50_010).reset(62, 0);
        tellsNothing(closed(reel, 50_011).reset(62, 0), "record-route-not-returned");
        CraftedReel silent = trigger(bleached(), 50_010).reset(62, 0);
        tellsNothing(closed(closed(silent, 50_011), 50_012), "record-route-not-returned");
    }

    @Test
    void aPacketTurnedAroundOnTheWayReturnsARouteWithoutTheHost() {
        CraftedReel reel = trigger(bleached(), 50_010).by("198.18.2.1").reset(62, 0);
        tellsNothing(closed(reel, 50_011).by(THERE_AND_BACK).reset(62, 0), "record-route-from-elsewhere");
        tellsNothing(trigger(bleached(), 50_010).by().reset(62, 0), "record-route-from-elsewhere");
    }

    /// Behind a translation the host has another address, but for all its ports.
    @Test
    void theRouteOfAClosedPortIsTheHostsUnderAnyAddress() {
        CraftedReel reel = trigger(bleached(), 50_010)
                .by("198.18.2.1", "10.0.0.2", "10.0.0.2")
                .reset(62, 0);
        closed(reel, 50_011).by("198.18.2.1", "10.0.0.2", "10.0.0.2").reset(62, 0);
        assertTrue(said(reel, "reset-echoes-record-route").isPresent());
    }

    /// A device that refuses plain SYNs only lets this one pass, and the host answers it in its own way.
    @Test
    void anotherResetThanTheOneInQuestionTellsNothingOfIt() {
        tellsNothing(trigger(bleached(), 50_010).by(THERE_AND_BACK).reset(61, 0), "record-route-draws-another-reset");
    }

    @Test
    void whoeverAnswersAWrongChecksumCouldReturnARouteToo() {
        CraftedReel reel = trigger(bleached(), 50_010).by(THERE_AND_BACK).reset(62, 0);
        reel.wrongSyn(50_030).reset(62, 0);
        assertFalse(said(reel, "reset-echoes-record-route").isPresent());
    }

    @Test
    void itIsAskedForOnlyWhereTheTypeOfServiceTellsNothing() {
        Optional<NextProbe> recordRoute = Optional.of(new NextProbe.Ask(ActiveTest.RECORD_ROUTE));
        assertEquals(recordRoute, next(bleached()));
        CraftedReel echoing = new CraftedReel(PacketScript.of(Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO)
                        .recording())
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0x48);
        assertNotEquals(recordRoute, next(echoing));
        Recording six = PacketScript.of(Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO)
                .overIpv6()
                .recording();
        assertNotEquals(recordRoute, next(six));
    }

    private static Optional<NextProbe> next(CraftedReel reel) {
        return next(reel.recording());
    }

    private static Optional<NextProbe> next(Recording recording) {
        List<Event> events = new ArrayList<>(recording.events());
        events.add(new Event.Tested(0, ActiveTest.REFERENCE, 1));
        events.add(new Event.Tested(0, ActiveTest.BAD_CHECKSUM, 1));
        Recording tested = Stories.with(recording, events);
        return NextProbe.of(tested, Diagnosis.of(tested));
    }
}
