package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;

/// The causes of failed connections, each shown by the program that has it, diagnosed once: no verdict that claims to
/// be sure is wrong.
///
/// All of them run in one `rstprobe lab verify`, some at a time, since most of a run is waiting.
@ResourceLock(PracticeRuns.MACHINE)
final class CauseStory {
    private static final String AT_A_TIME = "9";
    private static final long LONGEST_SECONDS = 480;
    private static final double SURE = 0.9;

    @Test
    void noVerdictThatIsSureIsWrong() throws IOException, InterruptedException {
        Command ran = Command.run(
                new ProcessBuilder(Image.words("lab", "verify", "--only", "causes", "--jobs", AT_A_TIME, "--json")),
                LONGEST_SECONDS);
        assertTrue(ran.exit() == 0 || ran.exit() == 1, ran::toString);
        List<String> wrong = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        JsonNode document = Folder.json(ran.out());
        for (JsonNode run : document.get("runs")) {
            String network = run.get("network").asText();
            seen.add(network);
            if (run.get("judgement").asText().equals("wrong")
                    && run.get("confidence").asDouble() >= SURE) {
                wrong.add(run.toPrettyString());
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(0, document.at("/scores/causes/surelyWrong").asInt(-1), ran::toString);
        assertEquals(
                new TreeSet<>(Labs.of(Scenario.Group.CAUSES).stream()
                        .map(Scenario::name)
                        .toList()),
                seen);
    }
}
