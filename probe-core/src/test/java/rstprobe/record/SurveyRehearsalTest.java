package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import rstprobe.diagnose.MtuDiagnosis;
import rstprobe.path.SurveyFinding;

/// What is rehearsed is a whole survey, and so all that a run does for the first time.
class SurveyRehearsalTest {
    @Test
    void aBlackHoleIsFoundAndPlacedAndBothWaysAreKnown() {
        SurveyFinding found = SurveyRehearsal.finding();
        assertEquals(SurveyFinding.Status.EXACT, found.status());
        assertEquals(1400, found.forward().standing().passes().orElseThrow());
        assertEquals(1500, found.reverse().standing().passes().orElseThrow());
        assertTrue(found.forward().place().isPresent());
        assertTrue(found.forward().blackHole());
    }

    @Test
    void theRecordingOfAnUnansweredRoundIsDiagnosedAndNothingIsFound() {
        Recording recording = SurveyRehearsal.unanswered();
        assertFalse(recording.frames().isEmpty());
        SurveyFinding found = MtuDiagnosis.of(recording);
        assertTrue(found.forward().standing().passes().isEmpty(), found.toString());
    }
}
