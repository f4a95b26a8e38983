package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.IdleFinding.Kind;
import rstprobe.diagnose.IdleFinding.Status;

/// What the frames of held connections say about a timer, and what they leave open.
class IdleDiagnosisTest {
    private static IdleFinding finding(String story) {
        IdleFinding finding = IdleDiagnosis.of(IdleStories.all().get(story));
        for (Evidence fact : finding.evidence()) {
            assertFalse(fact.frames().isEmpty(), fact::toString);
        }
        return finding;
    }

    private static void fault(IdleFinding finding, Kind kind, int exitCode) {
        assertEquals(Status.FAULT, finding.status(), finding::summary);
        assertEquals(Optional.of(kind), finding.kind());
        assertEquals(exitCode, finding.exitCode());
    }

    private static void open(IdleFinding finding) {
        assertEquals(Status.UNDETERMINED, finding.status(), finding::summary);
        assertTrue(finding.nextTest().isPresent(), finding::summary);
    }

    @Test
    void aQuestionThatIsLostInSecretWhileYoungerConnectionsAnswer() {
        IdleFinding finding = finding("vanishes");
        fault(finding, Kind.FORGET_AND_SILENCE, 11);
        assertEquals(7.0, finding.lowerNanos() / 1e9, 0.01);
        assertEquals(8.4, finding.upperNanos().orElseThrow() / 1e9, 0.01);
        assertTrue(finding.exact());
        assertEquals(OptionalInt.of(3), finding.keepAlive());
        Silence lost = finding.silences().stream()
                .filter(silence -> silence.end() == Silence.End.UNANSWERED)
                .findFirst()
                .orElseThrow();
        assertEquals(5, lost.frames().size(), "the frame before, the question and three copies");
    }

    @Test
    void aServerThatSpeaksByItselfLeavesNoLongerSilence() {
        IdleFinding finding = finding("server speaks");
        assertEquals(Status.HEALTHY, finding.status(), finding::summary);
        assertEquals(0, finding.exitCode());
        assertEquals("server-speaks", finding.evidence().getFirst().id());
        assertTrue(finding.summary().contains("10.0 s"), finding::summary);
    }

    /// Its twin: nothing was answered afterwards, so the path may have failed.
    @Test
    void aQuestionThatIsLostAndNothingAfterwardsProvesNoTimer() {
        open(finding("vanishes without control"));
    }

    @Test
    void aLossBeforeALongerSurvivalIsNoTimer() {
        open(finding("drop and later survival"));
    }

    @Test
    void aQuestionThatDrawsAReset() {
        fault(finding("resets what comes later"), Kind.FORGET_AND_RESET, 11);
    }

    @Test
    void aTimerOf350SecondsHasCandidatesThatBehaveSoAndNoOthers() {
        IdleFinding finding = finding("resets after 350 s");
        fault(finding, Kind.FORGET_AND_RESET, 11);
        List<String> names =
                finding.candidates().stream().map(IdleTimer::device).toList();
        assertEquals(List.of("AWS network load balancer", "AWS NAT gateway"), names);
        assertEquals(OptionalInt.of(60), finding.keepAlive());
        assertTrue(finding.confidence() < 0.95);
    }

    @Test
    void resetsThatNobodyAskedForAfterTheSameSilence() {
        IdleFinding finding = finding("resets at expiry");
        fault(finding, Kind.RESET_AT_EXPIRY, 11);
        assertEquals(5.0, finding.seconds(), 0.1);
        assertTrue(finding.exact());
        assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("silence-counts-not-age")));
        assertTrue(finding.evidence().stream().anyMatch(fact -> fact.id().equals("end-is-not-the-sockets")));
    }

    /// Silence and age were the same.
    @Test
    void oneConnectionAloneDoesNotTellSilenceFromAge() {
        open(finding("resets at expiry, seen once"));
    }

    @Test
    void aFinOfTheSocketItselfIsAProxysWhereSshdHasNoSuchTimerAndOpenElsewhere() {
        IdleFinding proxy = finding("proxy closes at expiry");
        fault(proxy, Kind.FIN_AT_EXPIRY, 11);
        assertTrue(proxy.confidence() <= 0.75);
        IdleFinding some = finding("some server closes at expiry");
        open(some);
        assertEquals(19, some.exitCode());
        assertEquals(5.0, some.seconds(), 0.1);
    }

    @Test
    void connectionsOfOneAgeAndDifferentSilencesAreEndedByTheServersLimit() {
        IdleFinding finding = finding("login limit");
        fault(finding, Kind.SERVER_LIMIT, 10);
        assertTrue(finding.upperNanos().isEmpty());
        assertTrue(finding.keepAlive().isEmpty(), "no keepalive helps");
        assertEquals(5.0, finding.lowerNanos() / 1e9, 0.01);
    }

    @Test
    void whereNothingIsLostNothingIsFound() {
        IdleFinding finding = finding("nothing");
        assertEquals(Status.HEALTHY, finding.status());
        assertEquals(0, finding.exitCode());
        assertTrue(finding.summary().startsWith("no idle timeout below 7.0 s"), finding::summary);
    }

    @Test
    void aQuestionThatNeverLeftThisHostAccusesNobodyElse() {
        open(finding("never left this host"));
        IdleFinding nobody = finding("nobody answers");
        open(nobody);
        assertEquals(4, nobody.exitCode());
    }
}
