package rstprobe.wire;

import java.nio.charset.StandardCharsets;

/// What the payload of a reset says. RFC 9293 section 3.5.3 lets a reset carry data that explain it; next to
/// nobody uses that, so what is there is worth reading.
public sealed interface ResetPayload {
    /// The most bytes of a text that are looked at.
    int MAX_TEXT_BYTES = 1_024;

    /// The fewest bytes that count as a text: fewer are printable by chance.
    int LEAST_TEXT_BYTES = 4;

    /// No payload.
    record None() implements ResetPayload {}

    /// Printable ASCII, padding and line ends at both ends removed.
    record Text(String words) implements ResetPayload {}

    /// The eight bytes of draft-ietf-tcpm-rst-diagnostic-payload.
    ///
    /// @param reason     0..65535
    /// @param enterprise whose list of reasons it is from; 0 for IANA's
    record Diagnostic(int reason, long enterprise) implements ResetPayload {}

    /// Anything else.
    record Bytes(int length) implements ResetPayload {}

    /// Reads a payload, of which the snap length may have cut the end.
    static ResetPayload of(Slice payload) {
        if (payload.isEmpty()) {
            return new None();
        }
        if (payload.length() == DIAGNOSTIC_BYTES && payload.u16(0) == DIAGNOSTIC_MAGIC) {
            return new Diagnostic(payload.u16(2), payload.u32(4));
        }
        String words = new String(payload.upTo(MAX_TEXT_BYTES).toBytes(), StandardCharsets.ISO_8859_1);
        int end = words.length();
        while (end > 0 && words.charAt(end - 1) <= ' ') {
            end--;
        }
        String text = words.substring(0, end).strip();
        boolean printable = text.chars().allMatch(each -> each >= ' ' && each <= '~' || each == '\n' || each == '\r');
        return printable && text.length() >= LEAST_TEXT_BYTES ? new Text(text) : new Bytes(payload.length());
    }

    /// The two bytes a diagnostic payload begins with, and its size.
    int DIAGNOSTIC_MAGIC = 0x33aa, DIAGNOSTIC_BYTES = 8;
}
