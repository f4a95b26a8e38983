package rstprobe.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The machine's own OpenSSH server with keys and settings of its own, one process a connection, over pipes (`sshd
/// -i`).
final class RealSshd implements AutoCloseable {
    static final Path BINARY = Path.of("/usr/sbin/sshd");

    private final Path folder;
    private final Path settings;

    /// @param lines further lines of its settings
    RealSshd(String... lines) throws Exception {
        Files.createDirectories(Path.of("/run/sshd"));
        folder = Files.createTempDirectory("rstprobe-sshd");
        List<String> all = new ArrayList<>();
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            Path key = folder.resolve("key-" + type);
            run("ssh-keygen", "-q", "-t", type, "-N", "", "-f", key.toString());
            all.add("HostKey " + key);
        }
        all.addAll(List.of("UsePAM no", "LoginGraceTime 20", "PidFile none"));
        all.addAll(List.of(lines));
        settings = Files.write(folder.resolve("sshd_config"), all);
    }

    /// Starts a process that serves one connection.
    Peer connect() throws IOException {
        Process process = new ProcessBuilder(BINARY.toString(), "-i", "-e", "-f", settings.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Peer(process.getInputStream(), process.getOutputStream(), () -> end(process));
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /// The fingerprint of one of its keys, as `ssh-keygen -l` prints it.
    String fingerprint(String type) throws Exception {
        return run(
                        "ssh-keygen",
                        "-l",
                        "-f",
                        folder.resolve("key-" + type + ".pub").toString())
                .split(" ")[1];
    }

    /// A list as `sshd -T` prints it.
    List<String> effective(String keyword) throws Exception {
        return run(BINARY.toString(), "-T", "-f", settings.toString())
                .lines()
                .filter(line -> line.startsWith(keyword + " "))
                .map(line -> List.of(line.substring(keyword.length() + 1).split(",")))
                .findFirst()
                .orElseThrow();
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
