package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// What proves a verdict speaks for the origin it names; what is as heavy against it proves nothing of it.
class ProvenTest {
    private static Judgement kernel(Origin favoured) {
        return Judgement.of(
                new Verdict.Fault(
                        Cause.NO_LISTENER,
                        Origin.SERVER_KERNEL,
                        Stage.CONNECT,
                        Weights.SEVERAL_ATTEMPTS,
                        Optional.empty(),
                        Optional.empty(),
                        "nothing listens"),
                List.of(Fact.of(
                        "no-such-rule", Family.SEQUENCE, Weights.CONCLUSIVE, List.of(favoured), List.of(1), "seen")));
    }

    private static double afterLoss(Judgement judgement) {
        Recording whole =
                PacketScript.of("talk\n0.0 > SYN\n= refused ECONNREFUSED").recording();
        return MissedFrames.weakened(PacketScript.with(whole, whole.frames(), 3), judgement)
                .verdict()
                .confidence();
    }

    @Test
    void whatSpeaksForTheOriginOutlivesALossyCapture() {
        assertEquals(Weights.SEVERAL_ATTEMPTS, afterLoss(kernel(Origin.SERVER_KERNEL)));
    }

    @Test
    void whatSpeaksAgainstItDoesNot() {
        assertEquals(Weights.ONE_ATTEMPT, afterLoss(kernel(Origin.ON_PATH)));
    }

    @Test
    void soIsWhatFailsNowAndThen() {
        assertTrue(Diagnosis.proven(kernel(Origin.SERVER_KERNEL)));
        assertFalse(Diagnosis.proven(kernel(Origin.ON_PATH)));
    }
}
