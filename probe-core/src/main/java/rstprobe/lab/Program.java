package rstprobe.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The programs of this machine that a lab is built with, always called by their absolute path.
enum Program {
    IP("ip", "iproute2"),
    SS("ss", "iproute2"),
    NFT("nft", "nftables"),
    NSENTER("nsenter", "util-linux"),
    SETSID("setsid", "util-linux"),
    SH("sh", "dash"),
    UNSHARE("unshare", "util-linux"),
    CHROOT("chroot", "coreutils"),
    SSHD("sshd", "openssh-server"),
    SSH_KEYGEN("ssh-keygen", "openssh-client");

    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/sbin"), Path.of("/bin"));
    private static final int LONGEST_SECONDS = 20;
    private static final int LONGEST_COMPLAINT = 2_000;

    private final String file;
    private final String debianPackage;

    Program(String file, String debianPackage) {
        this.file = file;
        this.debianPackage = debianPackage;
    }

    /// Where the program is, if it is installed.
    Optional<Path> found() {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(file))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Where the program is; where it is not, which package brings it.
    String path() throws CannotBuild {
        return found().orElseThrow(() -> CannotBuild.missing(file, debianPackage))
                .toString();
    }

    /// A command line of this program.
    List<String> with(String... arguments) throws CannotBuild {
        List<String> command = new ArrayList<>();
        command.add(path());
        command.addAll(List.of(arguments));
        return command;
    }

    /// The same command line, run inside a namespace.
    static List<String> inside(Path namespace, List<String> command) throws CannotBuild {
        List<String> entered = NSENTER.with("--net=" + namespace, "--");
        entered.addAll(command);
        return entered;
    }

    /// Starts a command, gives it text to read, and hands the running process over.
    static Process start(List<String> command, String input) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream writing = process.getOutputStream()) {
            writing.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException refused) {
            // It ended without reading; its exit code tells.
        }
        return process;
    }

    /// Waits until a started command has ended well; fails with what it printed if not.
    static void await(Process process, List<String> command) throws IOException {
        try {
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end within " + LONGEST_SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(command + " was interrupted", interrupted);
        }
        if (process.exitValue() != 0) {
            String printed = new String(process.getInputStream().readNBytes(LONGEST_COMPLAINT), StandardCharsets.UTF_8);
            throw new IOException(command + " ended with " + process.exitValue() + ": " + printed.strip());
        }
    }

    /// Runs a command to its end, with text to read.
    static void run(List<String> command, String input) throws IOException {
        await(start(command, input), command);
    }
}
