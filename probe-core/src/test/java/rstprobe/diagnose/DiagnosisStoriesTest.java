package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What each kind of failure is called, who is named, and how surely.
class DiagnosisStoriesTest {
    private record Expected(
            String name, String script, Optional<Cause> cause, Optional<Origin> origin, double from, double to) {}

    private static Expected names(String name, String script, Cause cause, Origin origin, double from, double to) {
        return new Expected(name, script, Optional.of(cause), Optional.of(origin), from, to);
    }

    private static Expected open(String name, String script, Optional<Cause> cause) {
        return new Expected(name, script, cause, Optional.empty(), 0, 0.71);
    }

    private static final List<Expected> EXPECTED = List.of(
            names(
                    "a tap forged it, and the server went on",
                    Stories.FORGED,
                    Cause.INJECTED_RESET,
                    Origin.ON_PATH,
                    .85,
                    .97),
            names(
                    "the live socket was aborted",
                    Stories.SOCKET_ABORT,
                    Cause.ABORTED_WITHOUT_REASON,
                    Origin.SERVER_PROCESS,
                    .65,
                    .7),
            names(
                    "a copy sent before a genuine reset arrives behind it",
                    Stories.LATE_COPY_CROSSES,
                    Cause.ABORTED_WITHOUT_REASON,
                    Origin.SERVER_PROCESS,
                    .65,
                    .7),
            names(
                    "a clock that ticks in microseconds dates nothing",
                    Stories.FAST_CLOCK_CROSSES,
                    Cause.ABORTED_WITHOUT_REASON,
                    Origin.SERVER_PROCESS,
                    .65,
                    .7),
            names(
                    "a router rejects what follows the SYN",
                    Stories.ROUTER_REJECTS_LATER,
                    Cause.ESTABLISHED_REJECTED,
                    Origin.IN_PATH,
                    .65,
                    .97),
            names(
                    "the server's kernel knows the connection no more",
                    Stories.STATE_LOST,
                    Cause.CONNECTION_STATE_LOST,
                    Origin.SERVER_KERNEL,
                    .65,
                    .7),
            names(
                    "an old kernel counts identifications in resets",
                    Stories.OLD_KERNEL_STATE_LOST,
                    Cause.CONNECTION_STATE_LOST,
                    Origin.SERVER_KERNEL,
                    .65,
                    .7),
            names(
                    "a refused SYN whose TOS comes back",
                    Stories.NO_LISTENER,
                    Cause.NO_LISTENER,
                    Origin.SERVER_KERNEL,
                    .65,
                    .7),
            names(
                    "a SYN-ACK was made a reset",
                    Stories.REWRITTEN_SYN_ACK,
                    Cause.REJECTED_WITH_RESET,
                    Origin.IN_PATH,
                    .8,
                    .97),
            names(
                    "a reset, and then the SYN-ACK",
                    Stories.RESET_BEFORE_SYN_ACK,
                    Cause.INJECTED_RESET,
                    Origin.ON_PATH,
                    .85,
                    .97),
            names("nobody answers", Stories.SYN_DROPPED, Cause.SYN_DROPPED, Origin.UNKNOWN, .7, .89),
            names("no SYN leaves", Stories.NO_SYN_LEFT, Cause.LOCAL_FIREWALL, Origin.THIS_HOST, .7, .89),
            names(
                    "no SYN leaves, and nobody says so",
                    Stories.NO_SYN_AND_SILENCE,
                    Cause.LOCAL_FIREWALL,
                    Origin.THIS_HOST,
                    .7,
                    .89),
            names(
                    "the next hop does not answer for its address",
                    Stories.NEIGHBOUR_SILENT,
                    Cause.HOST_UNREACHABLE,
                    Origin.UNKNOWN,
                    .7,
                    .89),
            names("a web server", Stories.NOT_SSH, Cause.NOT_SSH, Origin.SERVER_PROCESS, .7, .89),
            names(
                    "no common algorithm",
                    Stories.NO_COMMON_ALGORITHM,
                    Cause.NO_COMMON_ALGORITHM,
                    Origin.SERVER_PROCESS,
                    .9,
                    .98),
            names("SSH 1", Stories.VERSION_MISMATCH, Cause.VERSION_MISMATCH, Origin.SERVER_PROCESS, .9, .97),
            names(
                    "MaxStartups and a FIN",
                    Stories.MAX_STARTUPS_FIN,
                    Cause.MAX_STARTUPS,
                    Origin.SERVER_PROCESS,
                    .7,
                    .89),
            names(
                    "MaxStartups and a reset",
                    Stories.MAX_STARTUPS_RESET,
                    Cause.MAX_STARTUPS,
                    Origin.SERVER_PROCESS,
                    .7,
                    .89),
            names("a penalty", Stories.PENALTY, Cause.SOURCE_PENALTY, Origin.SERVER_PROCESS, .7, .7),
            names(
                    "a forgery that was ignored is not the abort that was not",
                    Stories.IGNORED_FORGERY_THEN_ABORT,
                    Cause.ABORTED_WITHOUT_REASON,
                    Origin.SERVER_PROCESS,
                    .65,
                    .7),
            open("a refused SYN with TOS 0", Stories.REFUSED_TOS_ZERO, Optional.empty()),
            names(
                    "a FIN, then a reset for what we sent after it",
                    Stories.FIN_THEN_RESET,
                    Cause.CLOSED_WITHOUT_REASON,
                    Origin.SERVER_PROCESS,
                    .65,
                    .7),
            names("a FIN without a word", Stories.CLOSED, Cause.CLOSED_WITHOUT_REASON, Origin.SERVER_PROCESS, .65, .7),
            open("silence behind an acknowledgement", Stories.SILENT, Optional.of(Cause.LISTENER_STALLED)),
            open("SYN-ACKs again and again", Stories.QUEUE_FULL, Optional.of(Cause.ESTABLISHED_DROPPED)),
            open("garbled", Stories.GARBLED, Optional.of(Cause.STREAM_CORRUPTED)),
            open("once reset, once healthy", Stories.INTERMITTENT, Optional.of(Cause.INTERMITTENT)),
            open("interrupted", Stories.INTERRUPTED, Optional.empty()),
            open("another system's abort has no timestamps", Stories.BSD_ABORT_WITHOUT_TIMESTAMPS, Optional.empty()));

    @TestFactory
    Stream<DynamicTest> everyFailureIsCalledByItsName() {
        return both(EXPECTED, DiagnosisStoriesTest::check);
    }

    private interface Check {
        void check(Expected expected, Finding finding);
    }

    private static Stream<DynamicTest> both(List<Expected> all, Check check) {
        return all.stream()
                .flatMap(expected -> Stream.of(
                        DynamicTest.dynamicTest(
                                expected.name(),
                                () -> check.check(
                                        expected,
                                        PacketScript.of(expected.script()).finding())),
                        DynamicTest.dynamicTest(
                                expected.name() + ", over IPv6",
                                () -> check.check(
                                        expected,
                                        PacketScript.of(expected.script())
                                                .overIpv6()
                                                .finding()))));
    }

    private static void check(Expected expected, Finding finding) {
        Verdict verdict = finding.verdict();
        String shown = verdict + "\n" + finding.evidence() + "\n" + finding.alternatives();
        if (expected.origin().isPresent()) {
            Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, verdict, shown);
            assertEquals(expected.origin().get(), fault.origin(), shown);
            assertEquals(expected.cause().orElseThrow(), fault.cause(), shown);
        } else {
            Verdict.Undetermined open = assertInstanceOf(Verdict.Undetermined.class, verdict, shown);
            assertEquals(expected.cause(), open.cause(), shown);
        }
        assertTrue(
                verdict.confidence() >= expected.from() - 1e-9 && verdict.confidence() <= expected.to() + 1e-9, shown);
    }

    @Test
    void aHandshakeThatWorksIsHealthy() {
        Finding finding = PacketScript.of(Stories.HEALTHY).finding();
        assertInstanceOf(Verdict.Healthy.class, finding.verdict());
        Evidence shown = finding.evidence().getFirst();
        assertEquals("handshake-completed", shown.id());
        assertEquals(3, shown.frames().size(), "the SYN-ACK and their last two segments");
    }

    @Test
    void aResetThatChangedNothingIsToldAndNamesNobody() {
        Finding finding = PacketScript.of(Stories.IGNORED_FORGERY).finding();
        assertInstanceOf(Verdict.Healthy.class, finding.verdict());
        assertEquals(
                List.of("handshake-completed", "reset-ignored"),
                finding.evidence().stream().map(Evidence::id).toList());
    }

    /// A filter's reset leaves the socket behind it alone, whether it sits on the server or before it.
    @Test
    void aServerThatGoesOnDoesNotClearItsOwnPacketFilter() {
        Finding finding = PacketScript.of(Stories.HOST_FILTER_REJECTS).finding();
        assertTrue(finding.verdict().confidence() < .9, finding.verdict().toString());
        assertTrue(!(finding.verdict() instanceof Verdict.Fault fault) || fault.origin() == Origin.SERVER_FIREWALL);
        assertTrue(finding.alternatives().stream().anyMatch(other -> other.origin() == Origin.IN_PATH));
    }

    @Test
    void anInjectorThatCopiesTtlIsBetrayedByIdentificationAndTimestamps() {
        Finding finding = PacketScript.of(Stories.STEALTH).finding();
        List<String> ids = finding.evidence().stream().map(Evidence::id).toList();
        assertTrue(ids.containsAll(List.of("reset-without-timestamps", "reset-breaks-kernel-rules")), ids.toString());
        assertTrue(finding.verdict().confidence() < .9, finding.verdict().toString());
        assertTrue(!(finding.verdict() instanceof Verdict.Fault fault)
                || fault.origin() == Origin.ON_PATH
                || fault.origin() == Origin.IN_PATH);
    }

    /// A server that closes leaves as FIN when nothing of ours is unread: not being reset is not passing.
    @Test
    void aFinInBytesModeIsNoProofOfInspection() {
        Finding finding = PacketScript.of(Stories.BYTES_CLOSED_IN_ORDER).finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertTrue(finding.evidence().stream().noneMatch(fact -> fact.id().equals("bytes-pass")));
    }

    @Test
    void aSecondServerBehindOneAddressIsNotTheFirstGoingOn() {
        Finding finding =
                PacketScript.of(Stories.TWO_SERVERS_BEHIND_ONE_ADDRESS).finding();
        assertTrue(
                finding.evidence().stream().noneMatch(fact -> fact.id().equals("server-continues-after-reset")),
                finding.evidence().toString());
        assertTrue(finding.verdict().confidence() < .9);
    }

    /// A second connection from the same ports is not the first one living on.
    @Test
    void portsUsedAgainBeginAnotherConnection() {
        Finding finding = PacketScript.of(
                        Stories.SOCKET_ABORT + Stories.SOCKET_ABORT.replaceFirst("talk", "talk again"))
                .finding();
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertTrue(finding.evidence().stream().noneMatch(fact -> fact.id().equals("server-continues-after-reset")));
        assertTrue(fault.confidence() <= Proof.ATTEMPTS_ALIKE.limit(), fault.toString());
    }

    /// Segments merged before the tap leave steps in the count of identifications.
    @Test
    void mergedSegmentsDoNotBreakTheCount() {
        String merged = Stories.SOCKET_ABORT.replace("31.0 < RST,ACK", "31.0 < RST,ACK id=40030");
        Verdict.Fault fault = assertInstanceOf(
                Verdict.Fault.class, PacketScript.of(merged).finding().verdict());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
    }

    @Test
    void aRepeatedSynMakesNoRoundTripLonger() {
        Finding finding = PacketScript.of(Stories.SLOW_FIRST_SYN).finding();
        assertTrue(finding.evidence().stream().noneMatch(fact -> fact.id().equals("reset-before-round-trip")));
    }

    @Test
    void aResetInsideConnectCameAfterAConnection() {
        Finding finding = PacketScript.of(Stories.RESET_INSIDE_CONNECT).finding();
        assertEquals(
                List.of("connect completed", "identification reset"),
                finding.stages().stream()
                        .map(stage ->
                                stage.stage().word() + " " + stage.outcome().word())
                        .toList());
        assertTrue(finding.verdict().confidence() < .9);
    }

    @Test
    void anErrorThatNamesAnotherMachineDoesNotAccuseThisOne() {
        Finding finding =
                PacketScript.of("talk\n= refused ECONNREFUSED 198.18.1.1").finding();
        assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
    }

    @Test
    void whatRestsOnAbsenceIsOpenWhereTheCaptureLostFrames() {
        for (String script : List.of(Stories.SYN_DROPPED, Stories.NO_SYN_LEFT, Stories.NO_SYN_AND_SILENCE)) {
            var whole = PacketScript.of(script).recording();
            Finding finding = Diagnosis.of(PacketScript.with(whole, whole.frames(), 3));
            assertInstanceOf(Verdict.Undetermined.class, finding.verdict());
            assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("capture-lost-frames")));
        }
    }

    @Test
    void bothListsAreShownWhereNoneIsShared() {
        Finding finding = PacketScript.of(Stories.NO_COMMON_ALGORITHM).finding();
        String text = finding.evidence().getFirst().text();
        assertTrue(text.contains("mlkem768x25519-sha256") && text.contains("group1-sha1"), text);
    }

    @Test
    void textKeepsItsUmlauts() {
        assertTrue(PacketScript.of(Stories.NOT_SSH)
                .finding()
                .evidence()
                .getFirst()
                .text()
                .contains("Ünfug"));
        String script = Stories.HEALTHY.replace("SSH-2.0-OpenSSH_9.2p1", "SSH-2.0-Grüße");
        assertEquals(
                Optional.of("SSH-2.0-Grüße"),
                PacketScript.of(script).finding().server().identification());
    }
}
