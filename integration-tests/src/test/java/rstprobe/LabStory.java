package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.PracticeRuns.Answer;
import rstprobe.PracticeRuns.Asked;
import rstprobe.lab.Labs;

/// Every practice network's verdict beside its truth, with and without delay and loss, over IPv4 and, where it matters,
/// IPv6. In the common ones the exact outcome is expected: a verdict that got better shows as much as one that got
/// worse.
/// In none is anybody accused wrongly, however unsurely.
@ResourceLock(PracticeRuns.MACHINE)
final class LabStory {
    /// Networks that spoil the evidence, and those in which this host has a hand.
    private static final Set<String> HOSTILE = Set.of(
            "everything-answered",
            "few-segments-a-second",
            "few-segments-to-closed-port",
            "few-openings-a-second",
            "every-other-way",
            "freebsd-closed-port",
            "freebsd-aborts",
            "openbsd-closed-port",
            "openbsd-aborts",
            "macos-closed-port",
            "macos-aborts",
            "windows-closed-port",
            "windows-aborts",
            "own-translation",
            "own-translation-before-tap",
            "own-translation-loses-segment",
            "own-filter-rejects-data",
            "own-filter-rejects-answers");

    static List<Asked> networks() {
        return PracticeRuns.all();
    }

    static List<Asked> hostile() {
        return networks().stream()
                .filter(asked -> HOSTILE.contains(asked.network()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theVerdictHoldsAgainstTheTruth(Asked asked) throws IOException, InterruptedException {
        Answer answer = PracticeRuns.of(asked);
        if (!PracticeRuns.settled(asked)) {
            assertNotEquals("wrong", answer.judgement(), answer::said);
            return;
        }
        assertEquals("right", answer.judgement(), answer::said);
    }

    static List<Asked> drawnByOneByte() {
        return networks().stream()
                .filter(asked -> triggerByte(asked).isPresent())
                .toList();
    }

    static List<Asked> drawnByOneByteAndSettled() {
        return drawnByOneByte().stream()
                .filter(asked -> !isLossy(asked) && PracticeRuns.settled(asked))
                .toList();
    }

    private static boolean isLossy(Asked asked) {
        return asked.options().contains("--loss");
    }

    private static OptionalInt triggerByte(Asked asked) {
        return Labs.named(asked.network()).orElseThrow().truth().proof().triggerByte();
    }

    @ParameterizedTest
    @MethodSource("drawnByOneByteAndSettled")
    void theByteThatDrawsTheResetIsFound(Asked asked) throws IOException, InterruptedException {
        Answer answer = PracticeRuns.of(asked);
        assertEquals(List.of("identification", triggerByte(asked).getAsInt()), claimedByte(answer), answer::said);
    }

    /// Where segments are lost the byte need not be found; one that is claimed to be what draws it is the true one.
    @ParameterizedTest
    @MethodSource("drawnByOneByte")
    void noOtherByteIsSaidToDrawTheReset(Asked asked) throws IOException, InterruptedException {
        Answer answer = PracticeRuns.of(asked);
        boolean claimed =
                answer.folder().report().at("/evidence").findValuesAsText("id").contains("trigger-is-content");
        assertTrue(
                !claimed
                        || claimedByte(answer)
                                .equals(List.of(
                                        "identification", triggerByte(asked).getAsInt())),
                answer::said);
    }

    private static List<Object> claimedByte(Answer answer) throws IOException {
        JsonNode trigger = answer.folder().report().at("/verdict/trigger");
        return List.of(trigger.path("message").asText(), trigger.path("byte").asInt());
    }

    /// Right, or honestly open where that is right too: nobody else is accused, however unsurely.
    @ParameterizedTest
    @MethodSource("hostile")
    void whereTheEvidenceIsSpoiledNobodyElseIsAccused(Asked asked) throws IOException, InterruptedException {
        Answer answer = PracticeRuns.of(asked);
        assertTrue(Set.of("right", "honest").contains(answer.judgement()), answer::said);
    }

    @Test
    void everyHostileNetworkIsAmongThem() {
        assertEquals(HOSTILE, hostile().stream().map(Asked::network).collect(Collectors.toSet()));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void whatTheVerdictCitesIsInTheCapture(Asked asked) throws IOException, InterruptedException {
        Folder folder = PracticeRuns.of(asked).folder();
        folder.mustBeWhole();
        List<Integer> frames = new Tshark(folder.capture()).frames("frame");
        assertEquals(folder.report().at("/capture/frames").asInt(), frames.size(), "every frame that was counted");
        for (int cited : folder.citedFrames()) {
            assertEquals(true, frames.contains(cited), "frame " + cited + " of " + folder.path());
        }
    }
}
