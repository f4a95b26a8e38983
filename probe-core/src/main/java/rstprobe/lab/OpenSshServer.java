package rstprobe.lab;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// OpenSSH's sshd in the server's namespace, with its own keys and settings. Nobody can log in: it takes no password
/// and knows no authorized key.
final class OpenSshServer {

    private static final Path PRIVILEGE_SEPARATION = Path.of("run/sshd");
    private static final int READY_SECONDS = 10;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final List<List<String>> KEYS =
            List.of(List.of("ed25519"), List.of("ecdsa", "-b", "256"), List.of("rsa", "-b", "2048"));

    private final Path root;
    private final Path folder;
    private final List<List<String>> keyCommands = new ArrayList<>();
    private final List<Process> keysUnderWay = new ArrayList<>();

    private OpenSshServer(Path root, Path folder) {
        this.root = root;
        this.folder = folder;
    }

    /// Where sshd finds its files: the machine's own root, or a tree's.
    ///
    /// @param root `/`, or the tree
    /// @param folder where keys, settings and log go; inside `root`; it must exist
    static OpenSshServer prepare(Path root, Path folder) throws IOException, CannotBuild {
        OpenSshServer server = new OpenSshServer(root, folder);
        server.requireUsableRoot();
        server.startKeys();
        return server;
    }

    /// The folder for a lab's files below a root.
    static Path folder(Optional<Path> tree, LabName lab) {
        Path own = lab.directory();
        return tree.map(root -> root.resolve(Path.of("/").relativize(own).toString()))
                .orElse(own);
    }

    private void requireUsableRoot() throws IOException, CannotBuild {
        if (!Files.isExecutable(root.resolve("usr/sbin/sshd"))) {
            throw new CannotBuild("there is no usr/sbin/sshd in " + root, "give a tree that holds one");
        }
        if (!Files.exists(root.resolve("dev/null"))) {
            throw new CannotBuild(
                    "there is no dev/null in " + root, "make it with: mknod -m 666 " + root + "/dev/null c 1 3");
        }
        Path users = root.resolve("etc/passwd");
        if (!Files.exists(users)
                || Files.readAllLines(users, StandardCharsets.ISO_8859_1).stream()
                        .noneMatch(line -> line.startsWith("sshd:"))) {
            throw new CannotBuild(
                    "there is no user sshd in " + users, "add the line: sshd:x:100:65534::/run/sshd:/usr/sbin/nologin");
        }
        Path separation = root.resolve(PRIVILEGE_SEPARATION);
        if (!Files.exists(separation)) {
            Files.createDirectories(
                    separation, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        }
    }

    private void startKeys() throws IOException, CannotBuild {
        for (List<String> kind : KEYS) {
            List<String> command = Program.SSH_KEYGEN.with(
                    "-q", "-N", "", "-C", "", "-f", key(kind).toString(), "-t");
            command.addAll(kind);
            keyCommands.add(command);
            keysUnderWay.add(Program.start(command, ""));
        }
    }

    private Path key(List<String> kind) {
        return folder.resolve("key_" + kind.getFirst());
    }

    /// Starts sshd and waits until it listens. The lab's janitor ends it, as everything in the namespace.
    Process start(Path namespace, List<String> settings) throws IOException, CannotBuild {
        for (int i = 0; i < keyCommands.size(); i++) {
            Program.await(keysUnderWay.get(i), keyCommands.get(i));
        }
        Path written = folder.resolve("settings");
        Files.writeString(written, settings(settings));
        Path log = folder.resolve("log");
        List<String> command = new ArrayList<>();
        if (!root.equals(Path.of("/"))) {
            command.addAll(Program.CHROOT.with(root.toString()));
        }
        command.addAll(List.of("/usr/sbin/sshd", "-D", "-e", "-f", asSeenInside(written)));
        Process process = new ProcessBuilder(Program.inside(namespace, command))
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(log.toFile())
                .start();
        awaitListening(process, log);
        return process;
    }

    private String settings(List<String> more) {
        StringBuilder lines = new StringBuilder();
        lines.append("Port ").append(Topology.PORT).append('\n');
        lines.append("ListenAddress ").append(Topology.SERVER4).append('\n');
        lines.append("ListenAddress ").append(Topology.SERVER6).append('\n');
        KEYS.forEach(
                kind -> lines.append("HostKey ").append(asSeenInside(key(kind))).append('\n'));
        lines.append("""
                PidFile none
                UsePAM no
                UseDNS no
                StrictModes no
                PermitRootLogin no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                AuthorizedKeysFile none
                LogLevel VERBOSE
                """);
        more.forEach(line -> lines.append(line).append('\n'));
        return lines.toString();
    }

    private String asSeenInside(Path file) {
        return "/" + root.relativize(file);
    }

    /// sshd says in its log when it listens; asking the port instead would be a connection it never forgets.
    private static void awaitListening(Process process, Path log) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!Files.exists(log) || countListening(log) < 2) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("sshd does not listen: "
                        + (Files.exists(log)
                                ? Files.readString(log, StandardCharsets.ISO_8859_1)
                                        .strip()
                                : "no log"));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static long countListening(Path log) throws IOException {
        return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith("Server listening on "))
                .count();
    }
}
