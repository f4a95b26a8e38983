package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that was run to its end: its exit code and everything it printed.
///
/// @param words how it was called
record Command(List<String> words, int exit, String out, String err) {
    /// No program of these stories takes longer; one that does is ended, and its story fails.
    private static final long LONGEST_SECONDS = 120;

    /// Runs a program of this machine.
    static Command run(String... words) throws IOException, InterruptedException {
        return run(new ProcessBuilder(words));
    }

    /// Runs what was prepared, with nothing to read. Its output goes through files, so that no pipe can fill.
    static Command run(ProcessBuilder prepared) throws IOException, InterruptedException {
        return run(prepared, LONGEST_SECONDS);
    }

    /// The same for a program that may take longer than the others.
    static Command run(ProcessBuilder prepared, long longestSeconds) throws IOException, InterruptedException {
        Path out = Files.createTempFile("story-", ".out");
        Path err = Files.createTempFile("story-", ".err");
        try {
            Process process = prepared.redirectInput(
                            Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            boolean ended = process.waitFor(longestSeconds, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Command ran = new Command(List.copyOf(prepared.command()), process.exitValue(), text(out), text(err));
            assertEquals(true, ended, () -> "took more than " + longestSeconds + " s: " + ran);
            return ran;
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// Fails, with everything that was printed, where the program did not end so.
    Command mustEndWith(int expected) {
        assertEquals(expected, exit, this::toString);
        return this;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return String.join(" ", words) + " ended with " + exit + "\n" + out + err;
    }
}
