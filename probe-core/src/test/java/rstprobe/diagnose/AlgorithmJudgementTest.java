package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Finding.StageOutcome;
import rstprobe.record.Recording;
import rstprobe.ssh.Sole;
import rstprobe.ssh.Stage;

/// Algorithms that were offered alone are held against each other.
class AlgorithmJudgementTest {
    private static final String MLKEM = "mlkem768x25519-sha256";
    private static final String SNTRUP = "sntrup761x25519-sha512";
    private static final String CURVE = "curve25519-sha256";
    private static final String OFFERED = MLKEM + " " + SNTRUP + " " + CURVE;

    private static final String OPENING = """
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=22 msg=identification
            20.0 < ACK data=41
            ! identification SSH-2.0-OpenSSH_9.2p1
            20.1 > ACK
            20.2 < ACK data=1136
            ! proposal %s
            20.4 > ACK data=1000 msg=kexinit
            """.formatted(OFFERED);

    private static final String WORKS_LONG = """
            20.6 > ACK data=1208 msg=kex
            30.5 < ACK data=1448
            30.6 < ACK data=116
            30.7 > ACK data=16 msg=newkeys
            30.8 > ACK data=44 msg=service
            40.7 < ACK data=44
            = completed
            """;

    private static final String WORKS =
            WORKS_LONG.replace("data=1208", "data=48").replace("data=1448", "data=408");

    /// Their TCP takes our half, and nothing comes.
    private static final String NEVER_ANSWERED = """
            20.6 > ACK data=1232 msg=kex
            30.6 < ACK
            = silent kex
            """;

    /// The end of the answer arrives, 1448 bytes before it never do.
    private static final String ANSWER_LOST = """
            20.6 > ACK data=1208 msg=kex
            30.6 < ACK seq=2625 data=116
            30.7 > ACK ack=1177 sack=2625:2741
            = silent kex
            """;

    private static final String USUAL_WORKS = "talk\n" + OPENING + "! kex " + MLKEM + "\n" + WORKS_LONG + "compares\n";
    private static final String USUAL_WORKS_SHORT = "talk\n" + OPENING + "! kex " + CURVE + "\n" + WORKS + "compares\n";

    private static String alone(String name, String course) {
        return "alone kex " + name + "\n" + OPENING + course;
    }

    private static Recording recording(String... attempts) {
        return PacketScript.of(String.join("", attempts)).recording();
    }

    private static Finding finding(String... attempts) {
        return Diagnosis.of(recording(attempts));
    }

    private static Verdict.Fault fault(Finding finding) {
        return assertInstanceOf(Verdict.Fault.class, finding.verdict(), finding.verdict()::summary);
    }

    @Test
    void allThatWorkIsHealthyAndSaidSo() {
        Recording recording = recording(USUAL_WORKS, alone(SNTRUP, WORKS_LONG), alone(CURVE, WORKS));
        Finding finding = Diagnosis.of(recording);
        assertInstanceOf(Verdict.Healthy.class, finding.verdict());
        assertTrue(finding.verdict().summary().contains("each of 3 algorithms alone"), finding.verdict()::summary);
        List<AlgorithmTable.Row> rows =
                AlgorithmTable.of(recording).orElseThrow().rows();
        assertEquals(
                List.of(MLKEM, SNTRUP, CURVE),
                rows.stream().map(row -> row.algorithm().name()).toList());
        assertTrue(rows.stream().allMatch(AlgorithmTable.Row::works), rows::toString);
        assertEquals(1208, rows.get(1).ours());
        assertFalse(rows.get(2).frames().isEmpty());
        assertEquals(Optional.empty(), AlgorithmTable.next(recording));
    }

    @Test
    void withoutAComparisonThereIsNoTable() {
        assertEquals(Optional.empty(), AlgorithmTable.of(recording(Stories.HEALTHY)));
    }

    @Test
    void whatIsNeverAnsweredWhileAsLongAnAnswerArrivesIsTheServers() {
        Finding finding = finding(
                USUAL_WORKS_SHORT,
                alone(MLKEM, NEVER_ANSWERED),
                alone(SNTRUP, WORKS_LONG),
                alone(MLKEM, NEVER_ANSWERED));
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.LARGE_KEX_FAILS, fault.cause());
        assertEquals(Origin.SERVER_PROCESS, fault.origin());
        assertEquals(Stage.KEX, fault.stage());
        assertEquals(0.85, fault.confidence());
        assertTrue(fault.summary().contains(MLKEM), fault.summary());
        assertEquals("algorithm-fails-alone", finding.evidence().getFirst().id());
        assertTrue(finding.evidence().getFirst().frames().size() >= 4);
    }

    @Test
    void whatFailedIsTriedOnceMoreWhenAllWereTried() {
        String first = USUAL_WORKS_SHORT + alone(MLKEM, NEVER_ANSWERED);
        assertEquals(Optional.of(SNTRUP), AlgorithmTable.next(recording(first)).map(Sole::name));
        String all = first + alone(SNTRUP, WORKS_LONG);
        assertEquals(Optional.of(MLKEM), AlgorithmTable.next(recording(all)).map(Sole::name));
        assertEquals(Optional.empty(), AlgorithmTable.next(recording(all, alone(MLKEM, NEVER_ANSWERED))));
        assertEquals(List.of(CURVE, SNTRUP), AlgorithmTable.carriers(recording(all)));
    }

    @Test
    void onceMayBeChance() {
        Verdict.Fault fault =
                fault(finding(USUAL_WORKS_SHORT, alone(MLKEM, NEVER_ANSWERED), alone(SNTRUP, WORKS_LONG)));
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
    }

    @Test
    void whatWorksTheSecondTimeIsNoFault() {
        Finding finding = finding(
                USUAL_WORKS_SHORT, alone(MLKEM, NEVER_ANSWERED), alone(SNTRUP, WORKS_LONG), alone(MLKEM, WORKS_LONG));
        assertInstanceOf(Verdict.Healthy.class, finding.verdict());
    }

    @Test
    void whatIsAnsweredTooLateIsSlowAndNoFault() {
        Finding finding = finding(
                USUAL_WORKS_SHORT,
                alone(SNTRUP, WORKS_LONG),
                alone(MLKEM, NEVER_ANSWERED + "4000.0 < ACK data=1356\n"));
        assertInstanceOf(Verdict.Healthy.class, finding.verdict());
        assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("algorithm-answers-late")));
    }

    @Test
    void aHoleInTheAnswersOfTheLongOnesIsABlackHole() {
        Finding finding = finding(
                USUAL_WORKS_SHORT,
                alone(MLKEM, ANSWER_LOST),
                alone(SNTRUP, ANSWER_LOST),
                alone(MLKEM, ANSWER_LOST),
                alone(SNTRUP, ANSWER_LOST));
        Verdict.Fault fault = fault(finding);
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertEquals(12, fault.exitCode());
        assertEquals(Weights.SEVERAL_ATTEMPTS, fault.confidence());
    }

    @Test
    void whereOnlyLongOnesAreNeverAnsweredLengthIsLikely() {
        Verdict.Fault fault =
                fault(finding(USUAL_WORKS_SHORT, alone(MLKEM, NEVER_ANSWERED), alone(SNTRUP, NEVER_ANSWERED)));
        assertEquals(Cause.MTU_BLACK_HOLE, fault.cause());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
    }

    @Test
    void whereNoneWorksNoneIsTheReason() {
        String usual = "talk\n" + OPENING + NEVER_ANSWERED;
        Verdict before = finding(usual).verdict();
        Finding finding = finding(
                usual,
                "compares\n",
                alone(MLKEM, NEVER_ANSWERED),
                alone(SNTRUP, NEVER_ANSWERED),
                alone(CURVE, NEVER_ANSWERED));
        assertEquals(before, finding.verdict());
        assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("no-algorithm-works-alone")));
    }

    @Test
    void whoIsTurnedAwayAsksNoMore() {
        String refused = """
                alone kex %s
                0.0  > SYN
                10.0 < SYN,ACK
                10.1 > ACK
                20.0 < ACK data=26
                ! text Not allowed at this time
                = closed identification
                """.formatted(MLKEM);
        assertEquals(
                Optional.of(new Sole(Sole.Kind.KEX, MLKEM, "")), AlgorithmTable.next(recording(USUAL_WORKS_SHORT)));
        Recording turned = recording(USUAL_WORKS_SHORT, refused);
        assertEquals(Optional.empty(), AlgorithmTable.next(turned));
        Verdict.Fault fault = fault(Diagnosis.of(turned));
        assertEquals(Cause.SOURCE_PENALTY, fault.cause());
        assertEquals(13, fault.exitCode());
        assertTrue(fault.summary().contains("the handshake works, but"), fault.summary());
        List<AlgorithmTable.Row> rows = AlgorithmTable.of(turned).orElseThrow().rows();
        assertEquals(Optional.empty(), rows.getFirst().outcome());
        assertEquals(Optional.of(StageOutcome.COMPLETED), rows.getLast().outcome());
    }

    @Test
    void aBanIsSeenByAnUnansweredSyn() {
        Recording banned = recording(USUAL_WORKS_SHORT, alone(SNTRUP, WORKS_LONG), """
                alone kex %s
                0.0  > SYN
                1000.0 > SYN
                3000.0 > SYN
                7000.0 > SYN
                = unanswered
                """.formatted(MLKEM));
        assertEquals(Optional.empty(), AlgorithmTable.next(banned));
        Verdict.Undetermined open = assertInstanceOf(
                Verdict.Undetermined.class, Diagnosis.of(banned).verdict());
        assertEquals(Optional.of(Cause.BANNED), open.cause());
    }

    @Test
    void aSpentBudgetLeavesTheLeastWantedUntested() {
        String again = alone(MLKEM, NEVER_ANSWERED);
        Recording spent = recording(USUAL_WORKS_SHORT, again, again, again, again, again, again, again);
        assertEquals(Optional.empty(), AlgorithmTable.next(spent));
        assertEquals(
                Optional.empty(),
                AlgorithmTable.of(spent).orElseThrow().rows().get(1).outcome());
    }

    /// Scripts open a connection every ten seconds.
    @Test
    void fourAreOpenedInTenMinutesUnlessTheUserSaysOtherwise() {
        Recording four = recording(USUAL_WORKS, alone(SNTRUP, WORKS_LONG), alone(CURVE, WORKS), alone(CURVE, WORKS));
        long first = four.events().getFirst().atNanos();
        assertEquals(first + 601_000_000_000L, AlgorithmManners.earliestNanos(four, OptionalLong.empty()));
        assertEquals(first + 32_000_000_000L, AlgorithmManners.earliestNanos(four, OptionalLong.of(2_000)));
        assertEquals(first + 31_100_000_000L, AlgorithmManners.earliestNanos(four, OptionalLong.of(0)));
        Recording one = recording(USUAL_WORKS);
        assertEquals(first + 8_000_000_000L, AlgorithmManners.earliestNanos(one, OptionalLong.empty()));
    }
}
