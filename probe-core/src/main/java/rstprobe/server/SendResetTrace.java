package rstprobe.server;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import rstprobe.diagnose.ServerResets;
import rstprobe.record.CannotProbe;

/// Watches the resets that this kernel sends itself, in a tracing instance of our own that nobody else's
/// tracing sees.
///
/// It is the one thing here that changes something while it lasts: the instance goes with [#close], and on
/// every way out by a hook; a killed run's instance is removed by the next start.
public final class SendResetTrace implements AutoCloseable {
    /// The longest watch.
    public static final int MAX_SECONDS = 300;

    private static final Path TRACING = Path.of("/sys/kernel/tracing");
    private static final Path EVENT = Path.of("events", "tcp", "tcp_send_reset", "enable");
    private static final String PREFIX = "rstprobe-";
    private static final int MAX_BYTES = 1 << 20;
    private static final long MILLIS = 1_000;

    private final Path instance;
    private final Thread hook = Thread.ofPlatform().unstarted(this::remove);

    private SendResetTrace(Path instance) {
        this.instance = instance;
    }

    /// Makes the instance and begins to watch.
    ///
    /// @throws CannotProbe without tracefs or the right to use it
    static SendResetTrace begin() throws CannotProbe {
        Path instances = TRACING.resolve("instances");
        if (!Files.isDirectory(instances)) {
            throw new CannotProbe(
                    "no tracefs at " + TRACING,
                    "mount it: mount -t tracefs tracefs " + TRACING + ", or leave out --trace");
        }
        try {
            removeLeftBehind(instances);
            Path instance = instances.resolve(PREFIX + ProcessHandle.current().pid());
            Files.createDirectory(instance);
            SendResetTrace trace = new SendResetTrace(instance);
            Runtime.getRuntime().addShutdownHook(trace.hook);
            try {
                Files.writeString(instance.resolve(EVENT), "1");
            } catch (IOException failed) {
                trace.close();
                throw failed;
            }
            return trace;
        } catch (IOException failed) {
            throw new CannotProbe(
                    "the kernel's resets cannot be watched: " + failed.getMessage(),
                    "run it as root, or leave out --trace");
        }
    }

    /// Instances of processes that are gone.
    private static void removeLeftBehind(Path instances) throws IOException {
        try (var all = Files.newDirectoryStream(instances, PREFIX + "*")) {
            for (Path left : all) {
                String process = left.getFileName().toString().substring(PREFIX.length());
                if (process.matches("\\d{1,10}")
                        && ProcessHandle.of(Long.parseLong(process)).isEmpty()) {
                    Files.delete(left);
                }
            }
        }
    }

    /// Waits out the time and gives what was seen, from [#begin] on.
    ///
    /// @param seconds 1 to [#MAX_SECONDS]
    List<ServerResets> watch(int seconds) throws InterruptedException {
        Thread.sleep(seconds * MILLIS);
        try {
            return ServerResets.of(text().lines().toList());
        } catch (IOException failed) {
            return List.of();
        }
    }

    private String text() throws IOException {
        try (FileChannel file = FileChannel.open(instance.resolve("trace"), StandardOpenOption.READ)) {
            java.nio.ByteBuffer kept = java.nio.ByteBuffer.allocate(MAX_BYTES);
            int read = 0;
            while (read >= 0 && kept.hasRemaining()) {
                read = file.read(kept);
            }
            return new String(kept.array(), 0, kept.position(), StandardCharsets.UTF_8);
        }
    }

    private void remove() {
        try {
            if (Files.exists(instance)) {
                Files.writeString(instance.resolve(EVENT), "0");
                Files.delete(instance);
            }
        } catch (IOException failed) {
            System.err.println("rstprobe: " + instance + " is left behind: rmdir it");
        }
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The hook is running: it finds nothing to do.
            Thread.onSpinWait();
        }
    }
}
