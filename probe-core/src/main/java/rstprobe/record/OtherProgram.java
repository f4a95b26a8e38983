package rstprobe.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A program of this machine that is run to its end, or ended when its time is up.
///
/// It gets an environment of two fixed variables, whatever ours holds.
///
/// @param command  an absolute path and its words; no shell reads them
/// @param patience how long it may take
record OtherProgram(List<String> command, Duration patience) {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/sbin:/usr/bin", "LANG", "C.UTF-8");
    /// What it says beyond this is not kept.
    private static final int MAX_SAID_BYTES = 1 << 20;

    private static final long SLICE_MILLIS = 20;

    /// What became of it.
    ///
    /// @param said what it wrote, errors among it
    record Ended(int exitCode, String said) {}

    /// Runs it.
    ///
    /// @param input a few lines, which a pipe holds
    /// @throws NotPossibleHere where it does not end in time; then it was killed
    /// @throws IOException     where it cannot be run
    Ended run(String input) throws IOException, NotPossibleHere, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        Process running = builder.start();
        try (InputStream said = running.getInputStream()) {
            try (OutputStream in = running.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.US_ASCII));
            }
            String text = listen(running, said);
            return new Ended(running.exitValue(), text);
        } finally {
            running.destroyForcibly();
        }
    }

    /// Never waits for what it says, only for its end.
    private String listen(Process running, InputStream said) throws IOException, NotPossibleHere, InterruptedException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        long until = System.nanoTime() + patience.toNanos();
        while (!running.waitFor(SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
            take(said, kept);
            if (System.nanoTime() - until >= 0) {
                throw new NotPossibleHere(command.getFirst() + " does not end");
            }
        }
        take(said, kept);
        return kept.toString(StandardCharsets.UTF_8);
    }

    private static void take(InputStream said, ByteArrayOutputStream kept) throws IOException {
        int waiting = said.available();
        while (waiting > 0) {
            byte[] bytes = said.readNBytes(waiting);
            kept.write(bytes, 0, Math.min(bytes.length, MAX_SAID_BYTES - kept.size()));
            waiting = said.available();
        }
    }
}
