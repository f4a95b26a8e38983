package rstprobe.capture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A window on a stream of bytes that grows only with bytes that have arrived: a declared length never sizes it.
///
/// Offsets of the getters count from the window's start, and the bytes there must have been [#require]d.
final class ByteWindow implements AutoCloseable {
    private static final int FIRST_ROOM = 64 << 10;

    private final InputStream stream;
    private byte[] bytes = new byte[FIRST_ROOM];
    private int start;
    private int end;
    private long position;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    ByteWindow(InputStream stream) {
        this.stream = stream;
    }

    /// Where in the stream the window starts.
    long position() {
        return position;
    }

    ByteOrder order() {
        return order;
    }

    void order(ByteOrder newOrder) {
        order = newOrder;
    }

    /// Makes the window at least this long if the stream has that many bytes.
    ///
    /// @return whether it has
    boolean require(int length) throws IOException {
        while (end - start < length) {
            if (end == bytes.length) {
                makeRoom();
            }
            int read = stream.read(bytes, end, bytes.length - end);
            if (read < 0) {
                return false;
            }
            end += read;
        }
        return true;
    }

    /// How many bytes the window has.
    int available() {
        return end - start;
    }

    /// Moves the window's start on.
    ///
    /// @return whether the stream has that many bytes
    boolean skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            if (start == end && !require(1)) {
                return false;
            }
            int step = (int) Math.min(left, end - start);
            start += step;
            position += step;
            left -= step;
        }
        return true;
    }

    int u8(int at) {
        return bytes[start + at] & 0xFF;
    }

    int u16(int at) {
        int first = u8(at);
        int second = u8(at + 1);
        return order == ByteOrder.BIG_ENDIAN ? first << 8 | second : second << 8 | first;
    }

    /// 32 bits; unsigned in the mind of the reader.
    int i32(int at) {
        int first = u16(at);
        int second = u16(at + 2);
        return order == ByteOrder.BIG_ENDIAN ? first << 16 | second : second << 16 | first;
    }

    long u32(int at) {
        return Integer.toUnsignedLong(i32(at));
    }

    long i64(int at) {
        long first = u32(at);
        long second = u32(at + 4);
        return order == ByteOrder.BIG_ENDIAN ? first << 32 | second : second << 32 | first;
    }

    byte[] copy(int at, int length) {
        return Arrays.copyOfRange(bytes, start + at, start + at + length);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            end -= start;
            start = 0;
        } else {
            bytes = Arrays.copyOf(bytes, bytes.length * 2);
        }
    }
}
