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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// A thing is convicted where an attempt without it gets further, between two with it that do not.
class ControlsTest {
    private static final String OPENING = """
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=22 msg=identification
            20.0 < ACK data=41
            20.1 > ACK
            20.2 < ACK data=1136
            """;

    /// The first 1448 bytes of our KEXINIT never arrive, the 112 behind them do.
    private static final String LONG_IS_LOST = "talk\n" + OPENING + """
            20.4 > ACK data=1448 msg=kexinit of=1560
            20.5 > ACK data=112
            30.4 < ACK ack=22 sack=1470:1582
            230.0 > ACK seq=22 data=1448
            640.0 > ACK seq=22 data=1448
            = silent kex
            """;

    /// All of KEXINIT arrives, and what follows, shorter, never does.
    private static final String KEX_IS_LOST = "talk\n" + OPENING + """
            20.4 > ACK data=1448 msg=kexinit of=1560
            20.5 > ACK data=112
            30.4 < ACK ack=1582
            30.6 > ACK data=1232 msg=kex
            230.0 > ACK seq=1582 data=1232
            640.0 > ACK seq=1582 data=1232
            = silent kex
            """;

    /// The end of the server's answer arrives, 1448 bytes before it never do.
    private static final String ANSWER_IS_LOST = "talk\n" + OPENING + """
            20.4 > ACK data=1448 msg=kexinit of=1560
            20.5 > ACK data=112
            30.4 < ACK ack=1582
            30.6 > ACK data=1208 msg=kex
            40.6 < ACK seq=2625 data=116
            40.7 > ACK ack=1177 sack=2625:2741
            = silent kex
            """;

    private static final String ANSWER_NEVER_MADE = "talk\n" + OPENING + """
            20.4 > ACK data=1448 msg=kexinit of=1560
            20.5 > ACK data=112
            30.4 < ACK ack=1582
            30.6 > ACK data=1208 msg=kex
            40.6 < ACK ack=2790
            = silent kex
            """;

    private static final String ABORTED_IN_KEX = "talk\n" + OPENING + """
            20.4 > ACK data=1448 msg=kexinit of=1560
            20.5 > ACK data=112
            30.4 < RST,ACK
            = reset kex
            """;

    private static final String RESET_IN_KEX = ABORTED_IN_KEX.replace("< RST,ACK", "< RST ttl=63 tos=0");

    private static final String SMALL_WORKS = "small\n" + OPENING + """
            20.4 > ACK data=944 msg=kexinit
            20.5 > ACK data=48 msg=kex
            30.5 < ACK data=524
            30.6 > ACK data=16 msg=newkeys
            30.7 > ACK data=44 msg=service
            40.7 < ACK data=44
            40.8 > ACK data=76 msg=userauth
            = completed
            """;

    private static final String SMALL_IS_SILENT = "small\n" + OPENING + """
            20.4 > ACK data=944 msg=kexinit
            220.4 > ACK seq=22 data=944
            620.4 > ACK seq=22 data=944
            = silent kex
            """;

    private static final String UNANSWERED = """
            talk
            0.0  > SYN
            1000.0 > SYN
            3000.0 > SYN
            7000.0 > SYN
            = unanswered
            """;

    private static final String UNHEARD = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=22 msg=identification
            210.2 > ACK seq=0 data=22
            = silent identification
            """;

    private static final String WORKS_UNMARKED =
            Stories.HEALTHY.replaceFirst("talk", "unmarked").replace("> SYN", "> SYN tos=0");

    private static final String OVER_IPV6_WORKS = Stories.HEALTHY.replaceFirst("talk", "other-family");

    private static Finding finding(String... attempts) {
        return PacketScript.of(String.join("", attempts)).finding();
    }

    private static Verdict.Fault fault(Finding finding) {
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict()::summary);
    }

    private static Evidence evidence(Finding finding, String id) {
        return finding.evidence().stream()
                .filter(fact -> fact.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(finding.evidence()));
    }

    private static Optional<NextProbe> next(String... attempts) {
        return next(true, attempts);
    }

    /// @param surveyed whether a survey of the path MTU was asked for, and could not be made
    private static Optional<NextProbe> next(boolean surveyed, String... attempts) {
        Recording recording = PacketScript.of(String.join("", attempts)).recording();
        List<Event> events = new ArrayList<>(recording.events());
        if (surveyed) {
            events.add(new Event.Omitted(0, ActiveTest.PATH_MTU, "there is no link"));
        }
        Recording whole = Stories.with(recording, events);
        return NextProbe.of(whole, Diagnosis.of(whole));
    }

    private static Optional<NextProbe> connect(Mode mode) {
        return Optional.of(new NextProbe.Connect(mode, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {LONG_IS_LOST, ANSWER_IS_LOST})
    void whatIsLongerThanAllThatArrivesIsLostForItsLength(String lost) {
        Finding finding = finding(lost, SMALL_WORKS, lost);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertEquals(Origin.PATH, fault.origin());
        assertEquals(Stage.KEX, fault.stage());
        assertEquals(12, fault.exitCode());
        assertEquals(Weights.SEVERAL_ATTEMPTS, fault.confidence());
        assertTrue(fault.summary().contains("1500 bytes"), fault.summary());
        assertTrue(evidence(finding, "small-key-exchange-passes").frames().size() >= 6);
        assertEquals(Cause.LARGE_KEX_FAILS, finding.alternatives().getFirst().cause());
    }

    @Test
    void betweenNoTwoFailuresItMayHaveBeenChance() {
        assertEquals(
                Weights.ONE_ATTEMPT, fault(finding(LONG_IS_LOST, SMALL_WORKS)).confidence());
    }

    @Test
    void whatIsLostWhileLongerArrivesIsLostForWhatItIs() {
        Finding finding = finding(KEX_IS_LOST, SMALL_WORKS, KEX_IS_LOST);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.LARGE_KEX_FAILS, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertEquals(Weights.CONTROL_WITHOUT_LENGTH, fault.confidence());
        assertTrue(fault.summary().contains("1284 bytes never arrived, while one of 1500"), fault.summary());
    }

    @Test
    void whatArrivesAndIsNeverAnsweredTheServerDoesNotMaster() {
        Finding finding = finding(ANSWER_NEVER_MADE, SMALL_WORKS, ANSWER_NEVER_MADE);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.LARGE_KEX_FAILS, fault.cause());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Cause.MTU_BLACK_HOLE, finding.alternatives().getFirst().cause());
    }

    @Test
    void aSmallKeyExchangeThatFailsTooAcquitsTheSize() {
        Finding finding = finding(LONG_IS_LOST, SMALL_IS_SILENT);
        assertTrue(finding.ruledOut().stream().anyMatch(out -> out.cause().equals("large-kex-fails")));
        assertFalse(evidence(finding, "small-key-exchange-fails-too").frames().isEmpty());
        assertFalse(finding.verdict() instanceof Verdict.Fault fault && fault.cause() == Cause.LARGE_KEX_FAILS);
    }

    @Test
    void whoResetsLargeKeyExchangesAloneIsSaidToDoThat() {
        Verdict.Fault without = fault(finding(ABORTED_IN_KEX, ABORTED_IN_KEX));
        Verdict.Fault fault = fault(finding(ABORTED_IN_KEX, ABORTED_IN_KEX, SMALL_WORKS));
        assertEquals(Cause.LARGE_KEX_FAILS, fault.cause());
        assertEquals(without.origin(), fault.origin());
        assertEquals(without.confidence(), fault.confidence());
        Verdict open = finding(RESET_IN_KEX, RESET_IN_KEX, SMALL_WORKS).verdict();
        assertEquals(
                Optional.of(Cause.LARGE_KEX_FAILS),
                assertInstanceOf(Verdict.Undetermined.class, open).cause(),
                "by whom stays open");
    }

    /// A small key exchange takes fewer packets as well.
    @Test
    void whoMayHaveCountedPacketsIsNotSaidToMindTheirSize() {
        String later = SMALL_WORKS + "31.0 < RST ttl=63 tos=0\n";
        for (Verdict verdict : List.of(
                finding(ABORTED_IN_KEX, ABORTED_IN_KEX, later).verdict(),
                finding(RESET_IN_KEX, RESET_IN_KEX, later).verdict())) {
            assertFalse(verdict.summary().contains("left alone"), verdict.summary());
        }
        String afterKex = ABORTED_IN_KEX.replace("= reset kex", "= reset service");
        assertFalse(
                fault(finding(afterKex, afterKex, SMALL_WORKS)).cause() == Cause.LARGE_KEX_FAILS,
                "the key exchange had been answered");
    }

    @Test
    void whatComesAndGoesByItselfIsNoMatterOfSize() {
        Finding finding = finding(LONG_IS_LOST, SMALL_WORKS, Stories.HEALTHY);
        assertFalse(finding.evidence().stream().anyMatch(fact -> fact.id().startsWith("small-")));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    /// Our KEXINIT came behind the server's FIN: it drew the reset, and nothing of it was too long.
    @Test
    void whatWasClosedBeforeWeSaidAnythingLongIsNoMatterOfSize() {
        String closed = "talk\n" + OPENING + """
                20.3 < FIN,ACK
                20.4 > ACK data=1448 msg=kexinit of=1560
                30.4 < RST tos=48
                = reset kexinit
                """;
        assertFalse(says(finding(closed, closed, SMALL_WORKS), "small-key-exchange-passes"));
        assertNotEquals(connect(Mode.SMALL), next(closed, closed));
    }

    /// One that failed later by itself shows that the failure wanders.
    @Test
    void aControlConvictsOnlyWhereItComesFurtherThanAllThatFailed() {
        String early = ABORTED_IN_KEX.replace("= reset kex", "= reset kexinit");
        String small = SMALL_WORKS.substring(0, SMALL_WORKS.indexOf("30.5")) + "30.5 < RST,ACK\n= reset kex\n";
        assertTrue(says(finding(early, early, small), "small-key-exchange-passes"));
        assertFalse(says(finding(early, ABORTED_IN_KEX, small), "small-key-exchange-passes"));
    }

    private static boolean says(Finding finding, String id) {
        return finding.evidence().stream().anyMatch(fact -> fact.id().equals(id));
    }

    @Test
    void anUnmarkedSynThatIsAnsweredConvictsTheMarking() {
        Finding finding = finding(UNANSWERED, WORKS_UNMARKED, UNANSWERED);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.DSCP_DROPPED, fault.cause());
        assertEquals(Origin.IN_PATH, fault.origin());
        assertEquals(Stage.CONNECT, fault.stage());
        assertEquals(11, fault.exitCode());
        assertTrue(fault.summary().contains("0x48"), fault.summary());
        assertTrue(evidence(finding, "unmarked-passes").frames().containsAll(List.of(1, 5)));
    }

    @Test
    void anUnmarkedSynThatIsLostTooAcquitsIt() {
        Finding finding = finding(UNANSWERED, UNANSWERED.replaceFirst("talk", "unmarked"));
        assertEquals(Cause.SYN_DROPPED, fault(finding).cause());
        assertTrue(evidence(finding, "unmarked-fails-too").frames().contains(5));
    }

    /// Only its own marking is left, which nobody but the server switches off.
    @Test
    void aServerThatIsNotHeardMayMarkWhatItSends() {
        Finding finding = finding(UNHEARD, UNHEARD.replaceFirst("talk", "unmarked"));
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
        assertTrue(finding.nextTest().orElseThrow().contains("a client cannot switch that off"));
    }

    @Test
    void aFamilyThatFailsWhileTheOtherServesIsBroken() {
        Finding finding = finding(UNANSWERED, OVER_IPV6_WORKS, UNANSWERED);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.ONE_FAMILY_BROKEN, fault.cause());
        assertEquals(Optional.of(Cause.SYN_DROPPED), fault.within());
        assertEquals(4, fault.exitCode(), "what broke it decides");
        assertTrue(fault.summary().contains("over IPv6 (2001:db8:3::2) it works"), fault.summary());
        assertFalse(evidence(finding, "other-family-works").frames().isEmpty());
    }

    @Test
    void aClosedPortOfOneFamilyIsTheServersOwn() {
        Verdict.Fault fault = fault(finding(Stories.NO_LISTENER, Stories.NO_LISTENER, OVER_IPV6_WORKS));
        assertEquals(Cause.ONE_FAMILY_BROKEN, fault.cause());
        assertEquals(Optional.of(Cause.NO_LISTENER), fault.within());
        assertEquals(Origin.SERVER_KERNEL.exitCode(), fault.exitCode());
    }

    @Test
    void whereBothFamiliesFailTheNameSaysNothing() {
        Finding finding = finding(UNANSWERED, UNANSWERED.replaceFirst("talk", "other-family"));
        assertEquals(Cause.SYN_DROPPED, fault(finding).cause());
        assertTrue(evidence(finding, "other-family-fails-too").text().contains("common to both"));
    }

    @Test
    void whatMayBeLostForItsLengthIsMeasuredBeforeAnythingIsRepeated() {
        Optional<NextProbe> survey = Optional.of(new NextProbe.Ask(ActiveTest.PATH_MTU));
        assertEquals(survey, next(false, LONG_IS_LOST));
        assertEquals(survey, next(false, ANSWER_IS_LOST));
        assertNotEquals(survey, next(false, UNANSWERED));
    }

    @Test
    void aSilenceInTheKeyExchangeIsHeldAgainstASmallOneAndThenRepeated() {
        assertEquals(connect(Mode.SMALL), next(LONG_IS_LOST));
        assertEquals(connect(Mode.TALK), next(LONG_IS_LOST, SMALL_WORKS));
        assertEquals(Optional.empty(), next(LONG_IS_LOST, SMALL_WORKS, LONG_IS_LOST));
        assertEquals(connect(Mode.TALK), next(LONG_IS_LOST, SMALL_IS_SILENT), "what is silent is asked twice");
    }

    @Test
    void aSynWithoutAnAnswerIsHeldAgainstAnUnmarkedOne() {
        assertEquals(connect(Mode.UNMARKED), next(UNANSWERED));
        assertEquals(connect(Mode.TALK), next(UNANSWERED, WORKS_UNMARKED));
        Optional<NextProbe> elsewhere = Optional.of(new NextProbe.Ask(ActiveTest.REFERENCE));
        assertEquals(elsewhere, next(UNANSWERED, WORKS_UNMARKED, UNANSWERED));
        assertEquals(elsewhere, next(UNANSWERED, UNANSWERED.replaceFirst("talk", "unmarked")));
    }

    @Test
    void theOtherFamilyComesFirstAndOnlyAfterAFailure() {
        assertEquals(connect(Mode.OTHER_FAMILY), next("way other-family\n", UNANSWERED));
        assertEquals(connect(Mode.UNMARKED), next("way other-family\n", UNANSWERED, OVER_IPV6_WORKS));
        assertEquals(
                connect(Mode.TALK),
                next("way other-family\n", Stories.NO_LISTENER),
                "what is refused is asked twice first");
        assertEquals(connect(Mode.OTHER_FAMILY), next("way other-family\n", Stories.NO_LISTENER, Stories.NO_LISTENER));
        assertEquals(Optional.empty(), next("way other-family\n", Stories.HEALTHY));
    }

    @Test
    void whatWorksOnceAndFailsOnceIsHeldAgainstNothing() {
        assertEquals(
                Optional.of(new NextProbe.Connect(Mode.TALK, true)),
                next("way other-family\n", RESET_IN_KEX),
                "first the same");
        assertFalse(next("way other-family\n", RESET_IN_KEX, Stories.HEALTHY)
                .filter(probe ->
                        probe.word().equals("other-family") || probe.word().equals("small"))
                .isPresent());
    }

    private static final String ELSEWHERE_IT_WORKS = Stories.HEALTHY.replaceFirst("talk", "other-address");

    @Test
    void whoIsRefusedHereAndServedThereIsMeantByAddress() {
        Finding finding = finding(UNANSWERED, ELSEWHERE_IT_WORKS, UNANSWERED);
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.BANNED, fault.cause());
        assertEquals(13, fault.exitCode());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertTrue(fault.summary().startsWith("198.18.1.2 is refused and 198.18.1.3"), fault.summary());
        assertFalse(evidence(finding, "other-address-is-served").frames().isEmpty());
        assertEquals(Cause.SYN_DROPPED, finding.alternatives().getFirst().cause());
    }

    @Test
    void whereBothAddressesFailNoAddressIsMeant() {
        Finding finding = finding(UNANSWERED, UNANSWERED.replaceFirst("talk", "other-address"));
        assertEquals(Cause.SYN_DROPPED, fault(finding).cause());
        assertTrue(evidence(finding, "other-address-fails-too").text().contains("198.18.1.3"));
    }

    /// A penalty grows with each connection from here, and with none from there.
    @Test
    void whoIsToldToGoAwayAsksOnceFromElsewhereWhereThatIsAllowed() {
        assertEquals(connect(Mode.OTHER_ADDRESS), next("way other-address\n", Stories.PENALTY));
        assertEquals(Optional.empty(), next("way other-address\n", Stories.PENALTY, ELSEWHERE_IT_WORKS));
        assertEquals(Optional.empty(), next("way other-family\n", Stories.PENALTY));
        assertEquals(Optional.empty(), next("way other-address\n", Stories.HEALTHY));
    }
}
