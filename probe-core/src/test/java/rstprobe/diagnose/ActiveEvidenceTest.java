package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import rstprobe.record.ActiveTest;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.TcpOption;

/// What crafted packets drew, and what that says of the sender of a reset.
class ActiveEvidenceTest {
    private static final String REFUSED_BY_KERNEL = Stories.NO_LISTENER + Stories.NO_LISTENER;
    private static final String REFUSED_BY_FILTER = Stories.REFUSED_TOS_ZERO + Stories.REFUSED_TOS_ZERO;
    private static final String REFUSED_BY_ROUTER = REFUSED_BY_FILTER.replace("RST,ACK tos=0", "RST,ACK tos=0 ttl=64");
    private static final int CLOSED = 44_444;

    private static CraftedReel after(String story) {
        return new CraftedReel(PacketScript.of(story).recording());
    }

    /// The host's own kernel, three hops away, answers for a closed port and for a stray acknowledgement.
    private static CraftedReel reference(CraftedReel reel) {
        return reel.syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0x48)
                .segment(ActiveTest.REFERENCE, Part.STRAY, 50_001, 64, 7, 8, 0)
                .reset(62, 0x48);
    }

    private static CraftedReel control(CraftedReel reel) {
        return reel.syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .reset(62, 0x48);
    }

    private static Verdict.Fault fault(CraftedReel reel) {
        return assertInstanceOf(Verdict.Fault.class, reel.finding().verdict());
    }

    /// Whoever is left where the evidence does not decide between them.
    private static Set<Origin> likely(CraftedReel reel) {
        return reel.finding().alternatives().stream()
                .filter(other -> other.confidence() > 0.01)
                .map(Finding.Alternative::origin)
                .collect(Collectors.toSet());
    }

    private static boolean says(CraftedReel reel, String id) {
        return reel.finding().evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    private static void isUndecided(CraftedReel reel) {
        assertInstanceOf(Verdict.Undetermined.class, reel.finding().verdict());
    }

    @Test
    void aResetLikeThatOfAClosedPortIsTheKernels() {
        CraftedReel reel = reference(after(REFUSED_BY_KERNEL));
        assertTrue(says(reel, "reset-equals-reference"));
        assertEquals(Origin.SERVER_KERNEL, fault(reel).origin());
        assertEquals(Proof.ACTIVE_AGREES.limit(), fault(reel).confidence());
    }

    @Test
    void oneAttemptStaysOneAttemptWhateverIsTested() {
        assertEquals(
                Proof.ONE_ATTEMPT.limit(),
                fault(reference(after(Stories.NO_LISTENER))).confidence());
    }

    @Test
    void aFilterOnTheHostLacksTheEchoThatItsKernelGives() {
        CraftedReel reel = reference(after(REFUSED_BY_FILTER));
        assertTrue(says(reel, "reference-echoes-tos-reset-does-not"));
        CraftedReel swept = control(reel.syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(62, 0));
        assertEquals(Origin.SERVER_FIREWALL, fault(swept).origin());
        assertEquals(Optional.empty(), fault(swept).hop());
    }

    @Test
    void aRouterThatRefusesIsNamedWithItsHop() {
        CraftedReel reel = control(reference(after(REFUSED_BY_ROUTER))
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(64, 0));
        assertEquals(Origin.IN_PATH, fault(reel).origin());
        assertEquals(
                Optional.of(new Hop(0, 1, Optional.of("198.18.1.1"))),
                fault(reel).hop());
        assertEquals(Proof.CONCLUSIVE.limit(), fault(reel).confidence());
    }

    /// The same filter on the far router: the reset comes back one hop further.
    @Test
    void theTwoEstimatesOfTheHopAgreeOnTheFarRouterToo() {
        CraftedReel reel = after(REFUSED_BY_FILTER.replace("RST,ACK tos=0", "RST,ACK tos=0 ttl=63"))
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .expiredAt("198.18.2.2")
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 3)
                .reset(63, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 3)
                .expiredAt("198.18.4.2")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 4)
                .reset(61, 0x48);
        assertEquals(
                Optional.of(new Hop(1, 2, Optional.of("198.18.2.2"))),
                fault(reel).hop());
    }

    @Test
    void estimatesThatDisagreeLeaveBothHopsOpen() {
        CraftedReel reel = control(after(REFUSED_BY_ROUTER)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(120, 0));
        assertEquals(Optional.of(new Hop(0, 2, Optional.empty())), fault(reel).hop());
    }

    /// A router that refuses every port answers for the closed one too: then nobody knows how far the
    /// server is.
    @Test
    void aControlThatTheSameFilterAnswersMeasuresNothing() {
        CraftedReel reel = after(REFUSED_BY_ROUTER)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .reset(64, 0)
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 1)
                .expiredAt("198.18.1.1")
                .syn(ActiveTest.SWEEP, Part.CONTROL, 50_011, CLOSED, 2)
                .reset(64, 0);
        assertFalse(says(reel, "trigger-must-reach-server"));
        assertFalse(says(reel, "trigger-stops-short"));
    }

    @Test
    void aTapLetsTheTriggerTravelOn() {
        CraftedReel reel = after(Stories.FORGED + Stories.FORGED)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 1, 900, 100, 23)
                .expiredAt("198.18.1.1")
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 900, 100, 23)
                .reset(127, 0, 1000, 0)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 2, 900, 100, 23)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 3, 900, 100, 23)
                .acknowledged(23);
        assertEquals(Origin.ON_PATH, fault(reel).origin());
        assertEquals(Optional.of(new Hop(1, 2, Optional.empty())), fault(reel).hop());
        assertTrue(says(reel, "trigger-travels-on"));
    }

    /// Two segments come into question: the server takes the first, a tap on the way answers the second.
    private static CraftedReel walkedBehindTheFirst() {
        return after(Stories.FORGED + Stories.FORGED)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 1, 900, 100, 23)
                .expiredAt("198.18.1.1")
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 900, 100, 23)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 3, 900, 100, 23)
                .acknowledged(23)
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 1, 923, 100, 40)
                .expiredAt("198.18.1.1");
    }

    private static CraftedReel takenByTheServer(CraftedReel reel) {
        return reel.segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 2, 923, 100, 40)
                .expiredAt("198.18.2.2")
                .segment(ActiveTest.SWEEP, Part.CONTROL, 50_021, 3, 923, 100, 40)
                .acknowledged(40);
    }

    @Test
    void theSegmentBehindWhatTheServerTookIsTheOneThatDrewIt() {
        CraftedReel reel = takenByTheServer(walkedBehindTheFirst()
                .segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 923, 100, 40)
                .reset(127, 0, 1000, 0)
                .expiredAt("198.18.2.2"));
        assertEquals(Origin.ON_PATH, fault(reel).origin());
        assertEquals(Optional.of(new Hop(1, 2, Optional.empty())), fault(reel).hop());
        assertTrue(says(reel, "trigger-travels-on"));
    }

    /// That the first segment travelled on says nothing of the second.
    @Test
    void whatTheFirstSegmentPassedMaySwallowTheSecond() {
        CraftedReel reel = walkedBehindTheFirst();
        for (int time = 0; time < 3; time++) {
            reel.segment(ActiveTest.SWEEP, Part.TRIGGER, 50_020, 2, 923, 100, 40)
                    .reset(63, 0, 0, 0);
        }
        takenByTheServer(reel);
        assertTrue(says(reel, "trigger-is-swallowed"));
        assertFalse(says(reel, "trigger-travels-on"));
    }

    @Test
    void aServerThatAnswersAfterTheResetDidNotSendIt() {
        TcpOption stamps = new TcpOption.Timestamps(6_000_000, 1);
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .segment(ActiveTest.LIVENESS, Part.LIVENESS, 40_002, 64, 900, 100, 0)
                .acknowledged(1, new TcpOption.NoOperation(), new TcpOption.NoOperation(), stamps);
        assertTrue(says(reel, "server-still-knows-connection"));
        assertEquals(Set.of(Origin.ON_PATH, Origin.IN_PATH), likely(reel));
        assertFalse(reel.finding().ruledOut().isEmpty());
    }

    @Test
    void anAnswerWithoutTheAgreedTimestampsProvesNoLife() {
        CraftedReel reel = after(Stories.STEALTH + Stories.STEALTH)
                .segment(ActiveTest.LIVENESS, Part.LIVENESS, 40_002, 64, 900, 100, 0)
                .acknowledged(1);
        assertFalse(says(reel, "server-still-knows-connection"));
    }

    @Test
    void whereOurOwnKernelSpokeBeforeTheQuestionIsVoid() {
        String spoke = Stories.STEALTH + "22.0 > RST\n";
        CraftedReel reel = after(Stories.STEALTH + spoke)
                .segment(ActiveTest.LIVENESS, Part.LIVENESS, 40_002, 64, 900, 100, 0)
                .reset(62, 0x48);
        assertFalse(says(reel, "server-no-longer-knows-connection"));
    }

    @Test
    void aServerThatIsGoneSpeaksForItsOwnAbort() {
        CraftedReel reel = after(Stories.SOCKET_ABORT + Stories.SOCKET_ABORT)
                .segment(ActiveTest.LIVENESS, Part.LIVENESS, 40_002, 64, 900, 100, 0)
                .reset(62, 0x48);
        assertTrue(says(reel, "server-no-longer-knows-connection"));
        assertEquals(Origin.SERVER_PROCESS, fault(reel).origin());
        assertTrue(fault(reel).confidence() <= Proof.ACTIVE_AGREES.limit());
    }

    @Test
    void aTestAboutAConnectionIsNoPartOfIt() {
        Finding without =
                PacketScript.of(Stories.SOCKET_ABORT + Stories.SOCKET_ABORT).finding();
        CraftedReel reel = after(Stories.SOCKET_ABORT + Stories.SOCKET_ABORT)
                .segment(ActiveTest.LIVENESS, Part.LIVENESS, 40_001, 64, 900, 100, 0)
                .reset(40, 0);
        assertFalse(says(reel, "resets-differ"));
        assertEquals(without.stages(), reel.finding().stages());
    }

    @Test
    void whoAnswersAWrongChecksumIsNoHost() {
        CraftedReel reel = after(REFUSED_BY_FILTER).wrongSyn(50_030).reset(62, 0);
        assertTrue(says(reel, "wrong-checksum-answered"));
        assertEquals(Set.of(Origin.ON_PATH, Origin.IN_PATH), likely(reel));
    }

    @Test
    void silenceToAWrongChecksumProvesNothing() {
        isUndecided(after(REFUSED_BY_FILTER).wrongSyn(50_030));
        assertTrue(says(after(REFUSED_BY_FILTER).wrongSyn(50_030), "wrong-checksum-unanswered"));
    }

    @Test
    void aResetWithOurOwnWindowWasTurnedAround() {
        CraftedReel reel = after(REFUSED_BY_FILTER)
                .syn(ActiveTest.MIRROR, Part.TRIGGER, 50_040, 22, 64)
                .reset(62, 0, CraftedReel.WINDOW, 0);
        assertTrue(says(reel, "reset-copies-window"));
    }

    @Test
    void aHostThatCopiesWindowsItselfIsNotAccusedOfIt() {
        CraftedReel reel = after(REFUSED_BY_FILTER)
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0x48, CraftedReel.WINDOW, 0)
                .syn(ActiveTest.MIRROR, Part.TRIGGER, 50_040, 22, 64)
                .reset(62, 0, CraftedReel.WINDOW, 0);
        assertFalse(says(reel, "reset-copies-window"));
    }

    @Test
    void identificationAndTtlThatComeBackTellOfADevice() {
        CraftedReel reel = after(REFUSED_BY_FILTER)
                .syn(ActiveTest.MIRROR, Part.TRIGGER, 50_040, 22, 64)
                .reset(62, 0, 0, 4_660 + 64 + 1)
                .syn(ActiveTest.MIRROR, Part.TRIGGER, 50_041, 22, 56)
                .reset(54, 0);
        assertTrue(says(reel, "reset-copies-identification"));
        assertTrue(says(reel, "reset-copies-ttl"));
    }

    @Test
    void whereNotEvenTheHostsOwnResetEchoesTheTypeOfServiceTellsNothing() {
        CraftedReel reel = after(REFUSED_BY_FILTER)
                .syn(ActiveTest.REFERENCE, Part.CLOSED_PORT, 50_000, CLOSED, 64)
                .reset(62, 0);
        assertFalse(says(reel, "reset-tos-zero"));
        assertTrue(says(reel, "tos-means-nothing-here"));
        isUndecided(reel);
    }

    @Test
    void anEchoReplyWithoutOurTypeOfServiceSilencesItToo() {
        assertTrue(says(after(REFUSED_BY_FILTER).echo(0), "tos-means-nothing-here"));
        assertFalse(says(after(REFUSED_BY_FILTER).echo(0x48), "tos-means-nothing-here"));
    }

    @Test
    void aHopThatSawAnotherTypeOfServiceSilencesItToo() {
        CraftedReel reel = after(REFUSED_BY_FILTER)
                .syn(ActiveTest.SWEEP, Part.TRIGGER, 50_010, 22, 2)
                .expiredAt("198.18.2.2", 0);
        assertTrue(says(reel, "path-rewrites-tos"));
        assertFalse(says(reel, "reset-tos-zero"));
    }

    @Test
    void aResetThatNoRouterHasLoweredWasSentOnOurLink() {
        assertTrue(says(after(REFUSED_BY_ROUTER), "reset-never-routed"));
        assertFalse(says(after(REFUSED_BY_FILTER), "reset-never-routed"));
        PacketScript onLink = PacketScript.of(REFUSED_BY_ROUTER);
        assertFalse(
                onLink.finding().evidence().stream().anyMatch(fact -> fact.id().equals("reset-never-routed")));
    }

    @Test
    void whatCouldNotBeTestedIsSaid() {
        CraftedReel reel = after(REFUSED_BY_FILTER).omitted(ActiveTest.SWEEP, "there is no nft");
        assertTrue(reel.finding().evidence().stream()
                .anyMatch(fact -> fact.text().equals("not tested: sweep (there is no nft)")));
    }
}
