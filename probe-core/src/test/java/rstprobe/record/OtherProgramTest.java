package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Programs that end, that say much, and that never end.
class OtherProgramTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static OtherProgram.Ended run(String input, String... words) throws Exception {
        return new OtherProgram(List.of(words), PATIENCE).run(input);
    }

    @Test
    void itsEnvironmentIsTwoVariablesWhateverOursHolds() throws Exception {
        assertEquals(
                Set.of("PATH=/usr/sbin:/usr/bin", "LANG=C.UTF-8"),
                run("", "/usr/bin/env").said().lines().collect(Collectors.toSet()));
    }

    @Test
    void whatItIsToldAndSaysArrives() throws Exception {
        assertEquals(new OtherProgram.Ended(0, "list tables\n"), run("list tables\n", "/usr/bin/cat"));
    }

    @Test
    void itsExitCodeIsKept() throws Exception {
        assertEquals(1, run("", "/usr/bin/false").exitCode());
    }

    @Test
    void moreThanAPipeHoldsIsReadWhileItRuns() throws Exception {
        assertEquals(
                300_000,
                run("", "/usr/bin/head", "-c", "300000", "/dev/zero").said().length());
    }

    /// It says nothing and keeps its output open: reading it would take as long as it runs.
    @Test
    void whatDoesNotEndIsEnded() throws Exception {
        OtherProgram stuck = new OtherProgram(List.of("/usr/bin/sleep", "1000"), Duration.ofMillis(1));
        assertThrows(NotPossibleHere.class, () -> stuck.run(""));
        List<ProcessHandle> left = ProcessHandle.current()
                .children()
                .filter(child ->
                        child.info().command().filter("/usr/bin/sleep"::equals).isPresent())
                .toList();
        for (ProcessHandle child : left) {
            assertTrue(child.onExit().thenApply(_ -> true).get(20, TimeUnit.SECONDS));
        }
    }
}
