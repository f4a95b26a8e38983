package rstprobe.wire;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/// A stretch of a byte array, shared and not copied. Two slices are equal when their bytes are.
///
/// @param array the bytes of the whole frame; never written to
/// @param offset where the slice starts in `array`, so also where in the frame
/// @param length how many bytes it has
public record Slice(byte[] array, int offset, int length) {
    /// No bytes at all.
    public static final Slice EMPTY = new Slice(new byte[0], 0, 0);

    /// Checks that the stretch lies inside the array.
    public Slice {
        Objects.checkFromIndexSize(offset, length, array.length);
    }

    /// All of `bytes`.
    public static Slice of(byte[] bytes) {
        return new Slice(bytes, 0, bytes.length);
    }

    /// True where there is nothing in it.
    public boolean isEmpty() {
        return length == 0;
    }

    /// The byte at `index` as 0..255. Throws IndexOutOfBoundsException outside the slice, as all accessors do.
    public int u8(int index) {
        return array[offset + Objects.checkIndex(index, length)] & 0xff;
    }

    /// The two bytes at `index`, big-endian, as 0..65535.
    public int u16(int index) {
        return u8(index) << 8 | u8(index + 1);
    }

    /// The four bytes at `index`, big-endian, as a raw 32-bit value.
    public int i32(int index) {
        return u16(index) << 16 | u16(index + 2);
    }

    /// The four bytes at `index`, big-endian, as 0..2^32-1.
    public long u32(int index) {
        return i32(index) & 0xffff_ffffL;
    }

    /// The eight bytes at `index`, big-endian.
    public long i64(int index) {
        return (long) i32(index) << 32 | u32(index + 4);
    }

    /// What begins at `start`; empty where `start` equals the length.
    public Slice from(int start) {
        Objects.checkFromToIndex(start, length, length);
        return new Slice(array, offset + start, length - start);
    }

    /// The `count` bytes that begin at `start`.
    public Slice range(int start, int count) {
        Objects.checkFromIndexSize(start, count, length);
        return new Slice(array, offset + start, count);
    }

    /// At most the first `limit` bytes; fewer where there are fewer.
    public Slice upTo(int limit) {
        return new Slice(array, offset, Math.clamp(limit, 0, length));
    }

    /// A copy of the bytes.
    public byte[] toBytes() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Slice that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + array[offset + i];
        }
        return hash;
    }

    /// The bytes in hexadecimal, the first [#SHOWN] of them.
    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(array, offset, offset + Math.min(length, SHOWN));
        return length > SHOWN ? hex + "…(" + length + ")" : hex;
    }

    private static final int SHOWN = 64;
}
