package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Tells what else is on a port by how it begins to speak.
final class Lookalike {
    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TELNET_COMMAND = 0xff;
    private static final int TELNET_FIRST_OPTION_VERB = 0xfb;
    private static final int MYSQL_PROTOCOL = 10;
    private static final int MYSQL_ERROR = 0xff;
    private static final int TPKT_VERSION = 3;

    private Lookalike() {}

    /// A name for what begins with these bytes; empty if they are nothing known.
    static Optional<String> of(byte[] start) {
        return binary(start).or(() -> text(new String(start, StandardCharsets.ISO_8859_1)));
    }

    private static Optional<String> binary(byte[] start) {
        int first = at(start, 0);
        int second = at(start, 1);
        if ((first == TLS_ALERT || first == TLS_HANDSHAKE) && second == 3 && at(start, 2) <= 4) {
            return Optional.of("tls");
        }
        if (first == TELNET_COMMAND && second >= TELNET_FIRST_OPTION_VERB && second < TELNET_COMMAND) {
            return Optional.of("telnet");
        }
        if (first == TPKT_VERSION && second == 0 && at(start, 2) == 0) {
            return Optional.of("rdp");
        }
        boolean mysqlBody = at(start, 4) == MYSQL_PROTOCOL || at(start, 4) == MYSQL_ERROR;
        if (start.length > 5 && at(start, 2) == 0 && at(start, 3) <= 1 && mysqlBody) {
            return Optional.of("mysql");
        }
        return Optional.empty();
    }

    private static Optional<String> text(String start) {
        String line = start.lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
        if (line.startsWith("http/1.") || line.startsWith("<!doctype html") || line.startsWith("<html")) {
            return Optional.of("http");
        }
        if (line.startsWith("220 ") || line.startsWith("220-")) {
            return Optional.of(line.contains("ftp") ? "ftp" : "smtp");
        }
        if (line.startsWith("554 ") || line.startsWith("421 ")) {
            return Optional.of("smtp");
        }
        if (line.startsWith("+ok ")) {
            return Optional.of("pop3");
        }
        if (line.startsWith("* ok ")) {
            return Optional.of("imap");
        }
        return line.startsWith("rfb 0") ? Optional.of("vnc") : Optional.empty();
    }

    private static int at(byte[] bytes, int index) {
        return index < bytes.length ? bytes[index] & 0xff : -1;
    }
}
