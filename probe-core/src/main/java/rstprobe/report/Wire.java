package rstprobe.report;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Bytes from the wire as text: strict UTF-8 (RFC 3629), with what is not UTF-8 spelled out.
final class Wire {
    private Wire() {}

    /// The bytes as text; each byte that is no part of valid UTF-8 becomes `\xNN`.
    static String text(byte[] bytes) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        StringBuilder text = new StringBuilder(bytes.length);
        boolean more = true;
        while (more) {
            CoderResult result = utf8.decode(in, out, true);
            text.append(out.flip());
            out.clear();
            more = result.isError();
            for (int i = 0; more && i < result.length(); i++) {
                text.append(byteEscape(in.get()));
            }
        }
        return text.toString();
    }

    /// What an ISO-8859-1 reading of wire bytes says when read as UTF-8; a text that is no such reading stays as it is.
    static String reread(String reading) {
        boolean isReading = reading.chars().allMatch(c -> c <= 0xFF);
        return isReading ? text(reading.getBytes(StandardCharsets.ISO_8859_1)) : reading;
    }

    /// Whether a code point is half of a surrogate pair, which no encoding can carry.
    static boolean isStray(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /// The visible spelling of a code point: `\x1b` for ASCII, `\\u{202e}` (with one backslash) beyond.
    static String escape(int codePoint) {
        return codePoint < 0x80 ? byteEscape((byte) codePoint) : "\\u{" + Integer.toHexString(codePoint) + "}";
    }

    private static String byteEscape(byte value) {
        return String.format("\\x%02x", value & 0xFF);
    }
}
