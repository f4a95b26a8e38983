package rstprobe.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The options of one block (draft-ietf-opsawg-pcapng section 3.5). They end where they stop making sense: a frame is
/// not lost for its options.
record PcapngOptions(List<Option> all, ByteOrder order) {
    /// One option.
    record Option(int code, byte[] value) {}

    private static final int OPTION_HEADER = 4;

    /// Reads those between two places of the window, the first [CaptureLimits#MAX_OPTIONS] of them.
    static PcapngOptions of(ByteWindow window, int from, int end) {
        List<Option> found = new ArrayList<>();
        int at = from;
        while (at + OPTION_HEADER <= end && found.size() < CaptureLimits.MAX_OPTIONS) {
            int code = window.u16(at);
            int length = window.u16(at + 2);
            if (code == Pcapng.OPTION_END || at + OPTION_HEADER + length > end) {
                break;
            }
            found.add(new Option(code, window.copy(at + OPTION_HEADER, length)));
            at += OPTION_HEADER + length + Pcapng.padding(length);
        }
        return new PcapngOptions(found, window.order());
    }

    /// All comments, one a line.
    Optional<String> comment() {
        if (all.isEmpty()) {
            return Optional.empty();
        }
        String joined = all.stream()
                .filter(option -> option.code == Pcapng.OPTION_COMMENT)
                .map(option -> utf8(option.value, 0))
                .collect(Collectors.joining("\n"));
        return joined.isEmpty() ? Optional.empty() : Optional.of(joined);
    }

    String text(int code) {
        return first(code, 0).map(value -> utf8(value, 0)).orElse("");
    }

    /// if_filter: a byte 0, then the expression; other kinds of filter are no text.
    String filterExpression() {
        return first(Pcapng.INTERFACE_FILTER, 1)
                .filter(value -> value[0] == 0)
                .map(value -> utf8(value, 1))
                .orElse("");
    }

    TimeScale timeScale() {
        int resolution = first(Pcapng.INTERFACE_RESOLUTION, 1)
                .map(value -> value[0] & 0xFF)
                .orElse(TimeScale.DEFAULT.resolution());
        return new TimeScale(resolution, counter(Pcapng.INTERFACE_TIME_OFFSET));
    }

    /// A 64-bit number, 0 where there is none.
    long counter(int code) {
        return first(code, Long.BYTES)
                .map(value -> ByteBuffer.wrap(value).order(order).getLong())
                .orElse(0L);
    }

    private Optional<byte[]> first(int code, int atLeast) {
        return all.stream()
                .filter(option -> option.code == code && option.value.length >= atLeast)
                .map(Option::value)
                .findFirst();
    }

    /// Text up to its end or a zero byte, which some writers add.
    private static String utf8(byte[] value, int from) {
        int end = from;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        return new String(value, from, end - from, StandardCharsets.UTF_8);
    }
}
