package rstprobe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs many command lines in one process, so that the JVM can record in one go what all of them load.
/// Building the image starts it; a user never meets it.
public final class Rehearsal {
    /// A word that stands for the address and port of a server that greets and resets every client.
    private static final String RESETTING = "@resetting";

    private static final byte[] GREETING = "SSH-2.0-rehearsal\r\n".getBytes(StandardCharsets.US_ASCII);

    /// Exit codes of verdicts that find a fault.
    private static final int FIRST_FAULT = 10;

    private static final int LAST_FAULT = 19;

    private Rehearsal() {}

    /// Runs every line of the files named; words are parted by blanks, and a line that starts with `#` is a comment.
    /// A line whose command fails is named on stderr: what it would have loaded later is not in the cache.
    public static void main(String[] files) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (String file : files) {
            lines.addAll(Files.readAllLines(Path.of(file)));
        }
        for (String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                // A command drops its thread's capabilities: the next one needs a thread that has them yet.
                Thread.ofPlatform().start(() -> perform(line.strip())).join();
            }
        }
        System.exit(Exit.WORKS);
    }

    private static void perform(String line) {
        try (ServerSocket resetting = new ServerSocket(0, 1, ownAddress())) {
            Thread.ofPlatform().daemon().start(() -> reset(resetting));
            String target = resetting.getInetAddress().getHostAddress() + ":" + resetting.getLocalPort();
            String[] words = line.replace(RESETTING, target).split("\\s+");
            HeadStart.on(words);
            int exit = Main.run(words);
            if (exit != Exit.WORKS && (exit < FIRST_FAULT || exit > LAST_FAULT)) {
                System.err.println("rehearsal: exit code " + exit + " from: rstprobe " + line);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// A loopback address is no target; where this host has no other, none of the lines needs one.
    private static InetAddress ownAddress() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst()
                .orElse(InetAddress.getLoopbackAddress());
    }

    private static void reset(ServerSocket listening) {
        while (!listening.isClosed()) {
            try (Socket client = listening.accept()) {
                client.getOutputStream().write(GREETING);
                client.setSoLinger(true, 0);
            } catch (IOException closed) {
                // The command is over.
                continue;
            }
        }
    }
}
