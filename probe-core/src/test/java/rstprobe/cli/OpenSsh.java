package rstprobe.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The machine's own OpenSSH server at the server's end of a cable.
final class OpenSsh implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final Path folder;
    private final Process process;

    OpenSsh(Cable cable) throws Exception {
        Files.createDirectories(Path.of("/run/sshd"));
        folder = Files.createTempDirectory("rstprobe-openssh");
        Path key = folder.resolve("key");
        Cable.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        process = cable.inServer(() -> new ProcessBuilder(
                        "/usr/sbin/sshd",
                        "-D",
                        "-e",
                        "-f",
                        "/dev/null",
                        "-h",
                        key.toString(),
                        "-o",
                        "UsePAM=no",
                        "-o",
                        "MaxStartups=100",
                        "-o",
                        "LogLevel=VERBOSE")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start());
        long start = System.nanoTime();
        while (!cable.inClient(OpenSsh::answers)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS) || !process.isAlive()) {
                throw new IOException("sshd did not start: " + Files.readString(folder.resolve("log")));
            }
            Thread.onSpinWait();
        }
    }

    /// Its host key, as a line of known_hosts has it behind the name.
    String hostKey() throws IOException {
        return Files.readString(folder.resolve("key.pub")).strip();
    }

    /// What it has said so far.
    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private static boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(Cable.SERVER, 22), 1_000);
            return socket.getInputStream().read() == 'S';
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
