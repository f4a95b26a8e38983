package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.record.Mode;
import rstprobe.record.Plan;
import rstprobe.record.Recording;

/// What is asked next, and when asking stops.
class NextProbeTest {
    private static List<Mode> asked(String eachTime, int budget) {
        List<Mode> asked = new ArrayList<>();
        StringBuilder script = new StringBuilder();
        Optional<Mode> next = next(script.toString(), budget);
        while (next.isPresent() && asked.size() < 10) {
            asked.add(next.get());
            script.append(eachTime.replaceFirst("talk", next.get().word())).append('\n');
            next = next(script.toString(), budget);
        }
        return asked;
    }

    private static Optional<Mode> next(String script, int budget) {
        Recording recording = PacketScript.of(script).recording();
        Plan plan = recording.plan();
        Recording withBudget = new Recording(
                recording.startedNanos(),
                new Plan(
                        plan.host(),
                        plan.user(),
                        plan.port(),
                        plan.family(),
                        plan.interfaceName(),
                        budget,
                        plan.spacingMillis(),
                        plan.timeoutMillis(),
                        plan.typeOfService(),
                        plan.segmentBytes()),
                recording.host(),
                recording.target(),
                recording.events(),
                recording.frames(),
                recording.capture());
        return NextProbe.of(withBudget, Diagnosis.of(withBudget));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Stories.HEALTHY,
                Stories.SILENT,
                Stories.GARBLED,
                Stories.NOT_SSH,
                Stories.VERSION_MISMATCH,
                Stories.NO_COMMON_ALGORITHM,
                Stories.SYN_DROPPED,
                Stories.INTERRUPTED
            })
    void whatIsClearOrCostsTimeIsAskedOnce(String story) {
        assertEquals(List.of(Mode.TALK), asked(story, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.CLOSED, Stories.NO_LISTENER, Stories.NO_SYN_LEFT})
    void whatFailsInOrderIsAskedTwice(String story) {
        assertEquals(List.of(Mode.TALK, Mode.TALK), asked(story, 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.SOCKET_ABORT, Stories.STATE_LOST, Stories.RESET_INSIDE_CONNECT})
    void aResetIsAskedByteByByteAndInSilence(String story) {
        assertEquals(List.of(Mode.TALK, Mode.TALK, Mode.BYTES, Mode.LISTEN), asked(story, 8));
    }

    @Test
    void aProvenForgeryNeedsNoSilence() {
        assertEquals(List.of(Mode.TALK, Mode.TALK, Mode.BYTES), asked(Stories.FORGED, 8));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theBudgetIsTheLimit(int budget) {
        assertEquals(budget, asked(Stories.SOCKET_ABORT, budget).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {Stories.MAX_STARTUPS_FIN, Stories.MAX_STARTUPS_RESET, Stories.PENALTY})
    void aServerThatRefusesInWordsIsNotAskedAgain(String story) {
        assertEquals(List.of(Mode.TALK), asked(story, 8));
    }

    /// Also where the words come late: the penalty grows with each connection.
    @Test
    void wordsInALaterAttemptEndTheRunToo() {
        assertEquals(Optional.empty(), next(Stories.SOCKET_ABORT + Stories.PENALTY, 8));
    }
}
