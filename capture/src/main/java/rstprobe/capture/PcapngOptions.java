package rstprobe.capture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// Reads those between two places of the capture, the first [CaptureLimits#MAX_OPTIONS] of them.
    static PcapngOptions of(MemorySegment bytes, long from, long end, ByteOrder order) {
        List<Option> found = new ArrayList<>();
        long at = from;
        while (at + OPTION_HEADER <= end && found.size() < CaptureLimits.MAX_OPTIONS) {
            int code = u16(bytes, at, order);
            int length = u16(bytes, at + 2, order);
            if (code == Pcapng.OPTION_END || at + OPTION_HEADER + length > end) {
                break;
            }
            found.add(new Option(code, bytes.asSlice(at + OPTION_HEADER, length).toArray(ValueLayout.JAVA_BYTE)));
            at += OPTION_HEADER + length + Pcapng.padding(length);
        }
        return new PcapngOptions(found, order);
    }

    /// The same as [#counter(int)], without an object for an option: it is asked of every frame.
    static long counter(MemorySegment bytes, long from, long end, ByteOrder order, int wanted) {
        long at = from;
        for (int met = 0; at + OPTION_HEADER <= end && met < CaptureLimits.MAX_OPTIONS; met++) {
            int code = u16(bytes, at, order);
            int length = u16(bytes, at + 2, order);
            if (code == Pcapng.OPTION_END || at + OPTION_HEADER + length > end) {
                return 0;
            }
            if (code == wanted && length >= Long.BYTES) {
                long value = bytes.get(LONG, at + OPTION_HEADER);
                return order == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
            }
            at += OPTION_HEADER + length + Pcapng.padding(length);
        }
        return 0;
    }

    private static int u16(MemorySegment bytes, long at, ByteOrder order) {
        short value = bytes.get(SHORT, at);
        return Short.toUnsignedInt(order == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes(value));
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
