package rstprobe.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerAnswer.Ended;
import rstprobe.diagnose.ServerQuestion;

/// Programs on this host, well behaved and not.
class LocalTest {
    private static ServerAnswer ask(String... words) throws InterruptedException {
        try (Local local = new Local()) {
            return local.ask(ServerQuestion.JOURNAL, List.of(words));
        }
    }

    @Test
    void aProgramSeesItsWordsAsTheyAreAndNothingOfOurEnvironment() throws InterruptedException {
        assertEquals(
                List.of("$(id) 'a' *"), ask("printf", "%s\\n", "$(id) 'a' *").lines());
        assertEquals(
                List.of("LC_ALL=C.UTF-8", "PATH=" + Reach.PATH),
                ask("env").lines().stream().sorted().toList());
    }

    @Test
    void whatIsNotInstalledIsNamed() throws InterruptedException {
        ServerAnswer answer = ask("no-such-program-here");
        assertEquals(new Ended.NotStarted("not installed"), answer.ended());
        assertEquals(Optional.of("not installed"), answer.notRead());
    }

    @Test
    void exitCodeAndComplaintsAreKept() throws InterruptedException {
        ServerAnswer answer = ask("sh", "-c", "echo said; echo complained >&2; exit 3");
        assertEquals(new Ended.Exited(3), answer.ended());
        assertEquals(List.of("said"), answer.lines());
        assertEquals(List.of("complained"), answer.complaints());
    }

    @Test
    void muchOutputIsCutAndItsProgramEnded() throws InterruptedException {
        ServerAnswer endless = ask("yes", "password=Tr0ub4dor");
        assertTrue(endless.cut());
        assertTrue(endless.lines().size() < Output.MAX_BYTES);
        assertFalse(endless.lines().getFirst().contains("Tr0ub4dor"));
        ServerAnswer oneLine = ask("head", "-c", "8388608", "/dev/zero");
        assertTrue(oneLine.cut());
        assertEquals(1, oneLine.lines().size());
        assertTrue(oneLine.lines().getFirst().length() <= Output.MAX_LINE + 3);
    }

    @Test
    void binaryOutputIsText() throws InterruptedException {
        assertEquals(
                List.of("\uFFFD\u001b]0;x\u0007"),
                ask("printf", "\\377\\033]0;x\\007\\n").lines());
    }

    @Test
    void whoeverSaysNothingIsStoppedWithItsChildren() throws InterruptedException {
        ServerAnswer answer = ask("sh", "-c", "echo begun; sleep 600 & wait");
        assertEquals(new Ended.TimedOut(), answer.ended());
        assertEquals(List.of("begun"), answer.lines());
        assertEquals(
                0,
                ProcessHandle.current()
                        .descendants()
                        .filter(child -> child.info()
                                .commandLine()
                                .filter(line -> line.contains("sleep 600"))
                                .isPresent())
                        .count());
    }

    @Test
    void wordsAreQuotedSoThatAShellPartsThemAgain() throws InterruptedException {
        List<String> words =
                List.of("printf", "[%s]", "plain", "", "a b", "it's", "$(id)", "`id`", "\\n", "a\nb", "-x");
        assertEquals(
                ask(words.toArray(String[]::new)).lines(),
                ask("sh", "-c", Words.quoted(words)).lines());
    }
}
