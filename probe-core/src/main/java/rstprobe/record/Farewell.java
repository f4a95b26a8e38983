package rstprobe.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/// The identification with which a probe that has asked all it wanted takes leave of an SSH server.
///
/// OpenSSH knows software named so for a probe or a scanner: it logs "probed from" or "scanned from ... Don't panic."
/// and closes. Any other end before a whole identification is an error in its log, and fail2ban's aggressive mode bans
/// for five of these in ten minutes. Version 1.99 stands for 2.0 (RFC 4253 section 5.1), and differs from what devices
/// look for.
final class Farewell {
    private static final String VERSION = "SSH-2.0-";
    private static final byte[] GREETING = "SSH-".getBytes(StandardCharsets.US_ASCII);

    private Farewell() {}

    /// Whether whoever said this first is an SSH server.
    static boolean owedTo(byte[] greeting) {
        return greeting.length >= GREETING.length
                && Arrays.equals(greeting, 0, GREETING.length, GREETING, 0, GREETING.length);
    }

    /// The whole line that begins with what was said already; empty where none does.
    static Optional<byte[]> behind(byte[] said) {
        String begun = new String(said, StandardCharsets.ISO_8859_1);
        return Stream.of("SSH-1.99-Probe-rstprobe", VERSION + "Probe-rstprobe", begun + "_SSH_Version_Mapper")
                .filter(line -> line.startsWith(begun))
                .filter(line -> line.startsWith(VERSION) || line.startsWith("SSH-1.99-"))
                .filter(line -> line.chars().allMatch(character -> character > ' ' && character <= '~'))
                .map(line -> (line + "\r\n").getBytes(StandardCharsets.US_ASCII))
                .findFirst();
    }
}
