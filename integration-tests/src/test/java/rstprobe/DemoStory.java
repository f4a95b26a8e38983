package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The first thing a stranger types. It shows the verdict beside the truth, and nothing is left of it however it ends.
@Isolated("it looks for whatever is left on the whole machine")
final class DemoStory {
    private static final String HALF_WAY = "rstprobe.cli.Main ssh ";
    private static final long LONGEST_SECONDS = 60;

    private final List<ProcessHandle> started = new ArrayList<>();
    private Machine before;
    private Path screen;

    /// What iproute2 mounts for the first named namespace stays until the machine is started anew.
    @BeforeAll
    static void mount() throws IOException, InterruptedException {
        String name = "rp-story-" + ProcessHandle.current().pid();
        Command.run("ip", "netns", "add", name).mustEndWith(0);
        Command.run("ip", "netns", "delete", name).mustEndWith(0);
    }

    @BeforeEach
    void lookAround() throws IOException, InterruptedException {
        screen = Files.createTempFile("story-", ".screen");
        before = Machine.now();
    }

    @AfterEach
    void endWhatIsLeft() throws IOException {
        started.forEach(ProcessHandle::destroyForcibly);
        Files.delete(screen);
    }

    /// Somebody's way of stopping it half way.
    enum Ending {
        CTRL_C("INT", true, ""),
        TERMINATE("TERM", false, ""),
        KILL("KILL", false, ""),
        KILL_RSTPROBE("KILL", false, "rstprobe.cli.Main lab run "),
        KILL_THE_PROBE("KILL", false, HALF_WAY);

        private final String signal;
        private final boolean wholeGroup;
        private final String target;

        Ending(String signal, boolean wholeGroup, String target) {
            this.signal = signal;
            this.wholeGroup = wholeGroup;
            this.target = target;
        }

        /// Sends it, to the process started or to one below it.
        void to(Process process) throws IOException, InterruptedException {
            long pid = target.isEmpty()
                    ? process.pid()
                    : Machine.below(process.toHandle(), target).orElseThrow().pid();
            Command.run("kill", "-" + signal, "--", (wholeGroup ? "-" : "") + pid)
                    .mustEndWith(0);
        }
    }

    @Test
    void makeDemoShowsTheVerdictBesideTheTruth() throws IOException, InterruptedException {
        Process make = start(demo());
        assertTrue(make.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), this::shown);
        assertEquals(0, make.exitValue(), this::shown);
        String shown = shown();
        assertTrue(shown.contains("\ntruth    injected-reset, on-path, "), shown);
        assertTrue(shown.contains("\nverdict  injected-reset, on-path, "), shown);
        assertTrue(shown.contains("\nanswer   right: "), shown);
        before.mustBeAllThatIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aDemoStoppedHalfWayLeavesNothing(Ending ending) throws IOException, InterruptedException {
        stopHalfWay(start(demo()), ending);
    }

    @ParameterizedTest
    @EnumSource
    void aPracticeNetworkStoppedHalfWayLeavesNothing(Ending ending) throws IOException, InterruptedException {
        stopHalfWay(start(Image.words("lab", "run", "tap-forges-reset")), ending);
    }

    private void stopHalfWay(Process process, Ending ending) throws IOException, InterruptedException {
        Machine.await(
                "the probe runs",
                () -> !process.isAlive()
                        || Machine.below(process.toHandle(), HALF_WAY).isPresent());
        assertTrue(process.isAlive(), this::shown);
        process.descendants().forEach(started::add);
        ending.to(process);
        assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), this::shown);
        assertFalse(shown().contains("\nanswer   "), this::shown);
        assertFalse(shown().contains("Exception"), this::shown);
        before.mustBeAllThatIsLeft();
        started.forEach(one -> Machine.await(Machine.commandLine(one.pid()) + " has ended", () -> !one.isAlive()));
    }

    private static List<String> demo() {
        Path root = Path.of("").toAbsolutePath().getParent();
        assertTrue(Files.exists(root.resolve("Makefile")), "the Makefile is not at " + root);
        return List.of("make", "-C", root.toString(), "demo");
    }

    /// Starts a command in a process group of its own, as a shell does.
    private Process start(List<String> command) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(command);
        ProcessBuilder prepared = new ProcessBuilder(words);
        // What an outer make hands down is not meant for this one.
        prepared.environment().keySet().removeIf(name -> name.startsWith("MAKE") || name.equals("MFLAGS"));
        Process process = prepared.redirectInput(
                        Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(screen.toFile())
                .redirectErrorStream(true)
                .start();
        started.add(process.toHandle());
        return process;
    }

    private String shown() {
        try {
            return Files.readString(screen, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
