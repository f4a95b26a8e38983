package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Takes an identification line apart (RFC 4253 §4.2) and names what is odd about it.
final class IdentificationLine {
    /// The longest line RFC 4253 §4.2 allows, line end included.
    private static final int ALLOWED_BYTES = 255;

    private static final int PREFIX_BYTES = 4;

    private IdentificationLine() {}

    /// @param ended the line with its line feed, beginning with `SSH-`
    static Observation.ServerIdentification parse(byte[] ended) throws Malformed {
        byte[] line = withoutEnd(ended);
        String text = new String(line, StandardCharsets.ISO_8859_1);
        int dash = text.indexOf('-', PREFIX_BYTES);
        if (dash < 0 || dash == text.length() - 1) {
            throw new Malformed("identification without a software version");
        }
        String protocol = text.substring(PREFIX_BYTES, dash);
        if (!protocol.matches("[0-9]{1,9}\\.[0-9]{1,9}")) {
            throw new Malformed("identification without a protocol version");
        }
        int space = text.indexOf(' ', dash);
        String software = text.substring(dash + 1, space < 0 ? text.length() : space);
        String comments = space < 0 ? "" : text.substring(space + 1);
        boolean crlf = ended.length == line.length + 2;
        return new Observation.ServerIdentification(
                line, protocol, software, comments, crlf, oddities(ended, line, software, crlf));
    }

    /// The line without LF or CR LF.
    static byte[] withoutEnd(byte[] ended) {
        int length = ended.length - 1;
        boolean crlf = length > 0 && ended[length - 1] == '\r';
        return Arrays.copyOf(ended, crlf ? length - 1 : length);
    }

    /// Whether we can go on with a server of this version: 2, or 1.99 for both (RFC 4253 §5.1).
    static boolean speaksVersion2(String protocol) {
        return protocol.startsWith("2.") || protocol.equals("1.99");
    }

    private static List<String> oddities(byte[] ended, byte[] line, String software, boolean crlf) {
        List<String> oddities = new ArrayList<>();
        if (ended.length > ALLOWED_BYTES) {
            oddities.add("line of " + ended.length + " bytes above " + ALLOWED_BYTES);
        }
        if (!crlf) {
            oddities.add("line feed without carriage return");
        }
        if (software.isEmpty()) {
            oddities.add("empty software version");
        }
        if (software.indexOf('-') >= 0) {
            oddities.add("minus sign in software version");
        }
        for (int i = 0; i < line.length; i++) {
            int value = line[i] & 0xff;
            if (value < ' ' || value > '~') {
                oddities.add(String.format(Locale.ROOT, "byte 0x%02x at %d", value, i));
                break;
            }
        }
        return oddities;
    }
}
