package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The program as a child process, as a user runs it.
final class Probe {
    private static final int PATIENCE_SECONDS = 60;

    private final List<String> before = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    private Path folder = Path.of("/tmp");

    /// What it said and how it ended.
    ///
    /// @param millis from its start to its end
    record Ran(int exit, String out, String err, long millis) {
        /// It ended like this, said one line on stderr (and perhaps a second that says what mends it), and there is no
        /// trace of a stack.
        Ran oneLine(int expectedExit, String words) {
            assertEquals(expectedExit, exit, this::toString);
            List<String> lines = err.lines().toList();
            assertTrue(lines.size() == 1 || lines.size() == 2 && lines.get(1).startsWith("  fix: "), this::toString);
            assertTrue(lines.getFirst().startsWith("rstprobe: "), this::toString);
            assertTrue(err.contains(words), this::toString);
            return noTrace();
        }

        Ran noTrace() {
            assertFalse(err.contains("\tat ") || err.contains("Exception"), this::toString);
            return this;
        }
    }

    /// One that is under way.
    record Running(Process process, Path out, Path err, long startedNanos) {
        Ran ended() throws IOException, InterruptedException {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
            if (!ended) {
                process.destroyForcibly();
            }
            Ran ran = new Ran(ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err), millis);
            Files.delete(out);
            Files.delete(err);
            assertTrue(ended, () -> "it did not end within " + PATIENCE_SECONDS + " s: " + ran);
            return ran;
        }

        void signal(String name) {
            Cable.run("kill", "-" + name, Long.toString(process.pid()));
        }
    }

    /// At the client's end of a cable.
    static Probe at(Cable cable) {
        return new Probe().under("nsenter", "--net=" + cable.clientNamespace(), "--");
    }

    /// Puts words of another program before ours, which runs us.
    Probe under(String... words) {
        before.addAll(List.of(words));
        return this;
    }

    /// Gives the JVM an option.
    Probe with(String option) {
        options.add(option);
        return this;
    }

    /// Puts classes before our own.
    Probe classesFirst(Path classes) {
        classPath = classes + ":" + classPath;
        return this;
    }

    /// Where it runs.
    Probe in(Path workingFolder) {
        folder = workingFolder;
        return this;
    }

    /// The whole command line.
    List<String> command(String... words) {
        List<String> all = new ArrayList<>(before);
        all.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        all.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        all.addAll(options);
        all.addAll(List.of("-cp", classPath, Main.class.getName()));
        all.addAll(List.of(words));
        return all;
    }

    /// Runs a line of shell instead.
    Ran shell(String line) throws IOException, InterruptedException {
        return start(List.of("sh", "-c", line)).ended();
    }

    Running start(String... words) throws IOException {
        return start(command(words));
    }

    private Running start(List<String> command) throws IOException {
        Path out = Files.createTempFile("rstprobe-out", "");
        Path err = Files.createTempFile("rstprobe-err", "");
        ProcessBuilder child = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        long started = System.nanoTime();
        return new Running(child.start(), out, err, started);
    }

    Ran run(String... words) throws IOException, InterruptedException {
        return start(words).ended();
    }

    /// The one incident folder below a folder.
    static Path incident(Path into) throws IOException {
        try (Stream<Path> folders = Files.list(into)) {
            List<Path> all = folders.filter(
                            folder -> folder.getFileName().toString().startsWith("incident-"))
                    .toList();
            assertEquals(1, all.size(), all::toString);
            return all.getFirst();
        }
    }
}
