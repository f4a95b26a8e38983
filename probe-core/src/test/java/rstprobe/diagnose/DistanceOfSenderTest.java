package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Recording;

/// How far away the sender of a reset is, beside the server and beside the host that owns its address.
class DistanceOfSenderTest {
    private static final int CLOSED = 44_444;
    private static final String ABORTED = Stories.SOCKET_ABORT + Stories.SOCKET_ABORT;
    private static final String REFUSED = Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO;

    private static CraftedReel after(String story) {
        return new CraftedReel(PacketScript.of(story).recording());
    }

    /// The host's kernel answers on closed ports with this TTL, four times.
    private static CraftedReel references(CraftedReel reel, int... ttls) {
        for (int i = 0; i < ttls.length; i++) {
            reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000 + i, CLOSED, 64)
                    .reset(ttls[i], 0x48);
        }
        return reel;
    }

    /// Whatever a SYN proxy says by itself has identification 0; it does not spoil the server's count.
    @Test
    void anAbortBehindASynProxyIsTheProcesss() {
        String proxied = Stories.SOCKET_ABORT.replace("20.3 > ACK", "20.25 < ACK ttl=63 id=0\n20.3 > ACK");
        assertTrue(says(after(proxied), "reset-continues-socket"));
    }

    /// What the server had acknowledged long before says nothing of the acknowledgement that was rejected.
    @Test
    void aBareAcknowledgementThatWasRejectedIsNotSaidToHaveArrived() {
        CraftedReel reel = after("""
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                20.2 < ACK data=40
                20.3 > ACK
                20.4 < RST tos=0 ttl=64
                = reset kexinit
                250.0 < ACK seq=0 data=40
                700.0 < ACK seq=0 data=40
                """);
        assertFalse(says(reel, "server-received-trigger"));
    }

    /// Of two copies, one may have arrived and the other have been rejected.
    @Test
    void dataThatLeftTwiceIsNotSaidToHaveArrived() {
        String once = """
                talk
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                10.2 > ACK data=23 msg=identification
                """;
        String rejected = """
                %s < RST tos=0 ttl=64
                = reset identification
                250.0 < ACK seq=0 data=40 ack=23
                700.0 < ACK seq=0 data=40 ack=23
                """;
        assertTrue(says(after(once + rejected.formatted("10.4")), "server-received-trigger"));
        assertFalse(says(
                after(once + "15.0 > ACK seq=0 data=23\n" + rejected.formatted("15.2")), "server-received-trigger"));
    }

    private static boolean says(CraftedReel reel, String id) {
        return reel.finding().evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    private static Origin origin(CraftedReel reel) {
        return assertInstanceOf(Verdict.Fault.class, reel.finding().verdict()).origin();
    }

    @Test
    void whoeverTalksNearerThanTheHostIsAProxy() {
        CraftedReel reel = references(after(ABORTED + Stories.SOCKET_ABORT), 61, 61, 61, 61, 61, 61, 61, 61);
        assertTrue(says(reel, "conversation-ends-before-host"));
        assertEquals(Origin.PROXY, origin(reel));
    }

    @Test
    void aTalkerAsFarAsItsHostIsTheServer() {
        CraftedReel reel = references(after(ABORTED), 62, 62, 62, 62);
        assertTrue(says(reel, "conversation-ends-at-host"));
        assertEquals(Origin.SERVER_PROCESS, origin(reel));
    }

    /// A container behind a published port is farther away than the host that publishes it.
    @Test
    void aTalkerBehindTheHostIsNoProxy() {
        CraftedReel reel = references(after(ABORTED), 63, 63, 63, 63);
        assertFalse(says(reel, "conversation-ends-before-host"));
        assertEquals(Origin.SERVER_PROCESS, origin(reel));
    }

    /// Where half of all connections take a longer way, a hop's difference is chance.
    @Test
    void waysOfTwoLengthsMakeNoProxy() {
        String thrice = ABORTED + Stories.SOCKET_ABORT;
        assertFalse(says(references(after(thrice), 61, 62, 61, 61, 61, 61, 61, 61), "conversation-ends-before-host"));
        assertFalse(says(references(after(thrice), 61, 61, 61, 61), "conversation-ends-before-host"));
        assertFalse(says(references(after(ABORTED), 61, 61, 61, 61, 61, 61, 61, 61), "conversation-ends-before-host"));
    }

    @Test
    void aBoxThatAnswersForItselfHasLostWhatTheServerBehindItKnew() {
        String lost = Stories.STATE_LOST.replace("40.1 < RST", "40.1 < RST ttl=63");
        CraftedReel reel = references(after(lost + lost), 63, 63, 63, 63)
                .segment(ActiveTest.REFERENCE, Part.STRAY, 50_009, 64, 7, 8, 0)
                .reset(63, 0x48);
        assertTrue(says(reel, "reset-by-box-before-server"));
        assertEquals(Origin.PROXY, origin(reel));
    }

    @Test
    void theSameFromTheServersOwnDistanceIsItsKernel() {
        CraftedReel reel = references(after(Stories.STATE_LOST + Stories.STATE_LOST), 62, 62, 62, 62)
                .segment(ActiveTest.REFERENCE, Part.STRAY, 50_009, 64, 7, 8, 0)
                .reset(62, 0x48);
        assertTrue(says(reel, "reset-equals-reference"));
        assertEquals(Origin.SERVER_KERNEL, origin(reel));
    }

    private static CraftedReel sweep(CraftedReel reel, int resetTtl, int controlTtl, int controlBack) {
        reel.syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(resetTtl, 0);
        return reel.syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, controlTtl)
                .reset(controlBack, 0x48);
    }

    @Test
    void theLastRouterRejectsFromAHopNearerThanItsTriggerMustGo() {
        CraftedReel reel = sweep(references(after(REFUSED.replace("tos=0", "tos=0 ttl=63")), 62), 63, 3, 62);
        assertTrue(says(reel, "reset-nearer-than-drawn"));
        assertEquals(Origin.IN_PATH, origin(reel));
        assertEquals(
                Optional.of(new Hop(1, 2, Optional.of("198.18.2.2"))),
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict()).hop());
    }

    @Test
    void theServersOwnFilterRejectsFromTheServersDistance() {
        CraftedReel reel = sweep(references(after(REFUSED), 62), 62, 3, 62);
        assertTrue(says(reel, "trigger-must-reach-server"));
        assertEquals(Origin.SERVER_FIREWALL, origin(reel));
    }

    /// A host that passes a port on to a container, and rejects what it would have passed.
    @Test
    void aHostThatRejectsForItsContainerIsAskedBeyondItself() {
        CraftedReel reel = sweep(references(after(REFUSED.replace("tos=0", "tos=0 ttl=63")), 63), 63, 2, 63);
        assertTrue(says(reel, "trigger-goes-beyond-address"));
        assertEquals(Origin.SERVER_FIREWALL, origin(reel));
    }

    @Test
    void levelledHopCountsTellTheServerFromNobody() {
        CraftedReel reel = sweep(references(after(REFUSED.replace("tos=0", "tos=0 ttl=64")), 64), 64, 3, 64);
        assertFalse(says(reel, "trigger-must-reach-server"));
        assertFalse(says(reel, "reset-never-routed"));
        assertTrue(says(reel, "ttl-means-nothing-here"));
        assertFalse(says(reel, "reference-ttl-equal"));
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
    }

    @Test
    void whatIsProvenToComeFromTheWayRulesTheServerOut() {
        CraftedReel controlled = after(REFUSED.replace("tos=0", "tos=0 ttl=63"))
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .expiredAt("198.18.4.2");
        CraftedReel reel = sweep(controlled, 63, 4, 61);
        assertEquals(
                List.of("the server or its host ended the connection"),
                reel.finding().ruledOut().stream().map(Finding.RuledOut::cause).toList());
        assertTrue(sweep(references(after(REFUSED), 62), 62, 3, 62)
                .finding()
                .ruledOut()
                .isEmpty());
    }

    /// A tap that resets every SYN leaves no control; its trigger still dies at a hop that says so.
    @Test
    void aTriggerThatDiedOnTheWayNeedsNoControl() {
        CraftedReel reel = after(REFUSED.replace("tos=0", "tos=0 ttl=127"))
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(127, 0)
                .expiredAt("198.18.2.2");
        assertTrue(says(reel, "trigger-died-on-the-way"));
        Verdict.Fault fault =
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict());
        assertEquals(Origin.ON_PATH, fault.origin());
        assertEquals(Optional.of(new Hop(1, 2, Optional.empty())), fault.hop());
        CraftedReel atServer = after(REFUSED)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(62, 0)
                .expiredAt("198.18.3.2");
        assertFalse(says(atServer, "trigger-died-on-the-way"));
    }

    /// With 64 hops to go it comes back with 62, with 56 with 54: a hop there and a hop back.
    @Test
    void whoeverCopiesTtlsIsHalfAsFarAsTheyHaveLost() {
        CraftedReel reel = after(Stories.FORGED + Stories.FORGED)
                .segment(ActiveTest.PREFIX, Part.TRIGGER, 50_020, 64, 900, 100, 8)
                .reset(62, 0, 1_000, 0)
                .segment(ActiveTest.MIRROR, Part.TRIGGER, 50_021, 56, 900, 100, 23)
                .reset(54, 0, 1_000, 0);
        assertTrue(says(reel, "reset-copies-ttl"));
        Verdict.Fault fault =
                assertInstanceOf(Verdict.Fault.class, reel.finding().verdict());
        assertEquals(Optional.of(new Hop(1, 2, Optional.empty())), fault.hop());
    }

    @Test
    void aTriggerAnsweredBeforeItCouldReachTheServerWasAnsweredOnTheWay() {
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .after(1)
                .reset(62, 0);
        assertTrue(says(reel, "trigger-answered-before-round-trip"));
        CraftedReel late = after(Stories.STEALTH + Stories.STEALTH)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .reset(62, 0);
        assertFalse(says(late, "trigger-answered-before-round-trip"));
    }

    /// What a closed port of the same host answers as soon may be the host's own answer: then the others were late.
    @Test
    void aTriggerAnsweredAsSoonAsAClosedPortWasNotAnsweredEarly() {
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .after(1)
                .reset(62, 0)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .after(1)
                .reset(62, 0);
        assertFalse(says(reel, "trigger-answered-before-round-trip"));
        CraftedReel slow = after(Stories.STEALTH + Stories.STEALTH)
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .after(1)
                .reset(62, 0);
        assertTrue(says(slow, "trigger-answered-before-round-trip"));
    }

    /// The time in our own queue is no part of the way.
    @Test
    void aTriggerThatWaitedInOurQueueIsTimedFromItsFrame() {
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .queued(40)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .after(1)
                .reset(62, 0);
        assertTrue(says(reel, "trigger-answered-before-round-trip"));
    }

    /// A wall clock that was set between our packet and its answer makes any answer early.
    @Test
    void whereTheClockWasSetNothingCameEarly() {
        Recording plain = PacketScript.of(Stories.STEALTH + Stories.STEALTH).recording();
        Recording.CaptureFacts facts = plain.capture();
        CraftedReel reel = new CraftedReel(new Recording(
                        plain.startedNanos(),
                        plain.plan(),
                        plain.host(),
                        plain.target(),
                        plain.events(),
                        plain.frames(),
                        new Recording.CaptureFacts(
                                facts.dropped(), facts.nanoseconds(), facts.firstOwnSyn(), 20_000_000)))
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_019, 4, 900, 100, 23)
                .acknowledged(23)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .after(1)
                .reset(62, 0);
        assertFalse(says(reel, "trigger-answered-before-round-trip"));
    }

    /// The server resets the trigger three hops away. The control's connection goes by another router, and its server
    /// is four hops away.
    @Test
    void aLongerWayOfTheControlsAccusesNobody() {
        CraftedReel reel = after(REFUSED);
        reel.syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2).expiredAt("198.18.2.2");
        for (int i = 0; i < 3; i++) {
            reel.syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3).reset(62, 0);
        }
        CraftedReel otherWay = controlled(reel, "198.18.2.9");
        assertFalse(says(otherWay, "trigger-stops-short"));
        assertFalse(says(otherWay, "trigger-is-swallowed"));
        assertTrue(says(otherWay, "trigger-seems-to-stop-short"));
        assertInstanceOf(Verdict.Undetermined.class, otherWay.finding().verdict());
    }

    private static CraftedReel controlled(CraftedReel reel, String secondHop) {
        return reel.syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 2)
                .expiredAt(secondHop)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .expiredAt("198.18.4.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 4)
                .reset(61, 0x48);
    }

    /// Under loss one complaint in a hundred is missing; that makes no filter of a tap.
    @Test
    void oneMissingComplaintSwallowsNothing() {
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 900, 100, 23)
                .reset(62, 0)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 900, 100, 23)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 2, 900, 100, 23)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 3, 900, 100, 23)
                .acknowledged(23);
        assertTrue(says(reel, "trigger-stops-short"));
        assertFalse(says(reel, "trigger-is-swallowed"));
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
    }

    /// Where no connection can be opened any more, stray segments are swept; a reset unlike the one in question
    /// is somebody else's.
    @Test
    void straySegmentsStandInForTheTrigger() {
        String rejected = Stories.ROUTER_REJECTS_LATER.lines().limit(7).reduce("", (all, line) -> all + line + "\n");
        CraftedReel reel = references(after(rejected + rejected), 62)
                .segment(ActiveTest.SWEEP, Part.STRAY, 50_030, 1, 7, 8, 0)
                .expiredAt("198.18.1.1")
                .segment(ActiveTest.SWEEP, Part.STRAY, 50_030, 2, 7, 8, 0)
                .reset(64, 0)
                .segment(ActiveTest.SWEEP, Part.STRAY, 50_030, 2, 7, 8, 0)
                .reset(64, 0)
                .segment(ActiveTest.SWEEP, Part.STRAY, 50_030, 2, 7, 8, 0)
                .reset(64, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .reset(62, 0x48);
        assertTrue(says(reel, "trigger-stops-short"));
        assertTrue(says(reel, "trigger-is-swallowed"));
        assertEquals(Origin.IN_PATH, origin(reel));
        CraftedReel other = after(rejected + rejected)
                .segment(ActiveTest.SWEEP, Part.STRAY, 50_030, 2, 7, 8, 0)
                .reset(62, 0x48)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .reset(62, 0x48);
        assertFalse(says(other, "trigger-stops-short"));
    }
}
