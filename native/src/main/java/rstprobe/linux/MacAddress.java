package rstprobe.linux;

import java.util.HexFormat;

/// A 48-bit link-layer address.
///
/// @param value the six bytes as a number, the first byte highest
public record MacAddress(long value) {
    /// Bytes of an address.
    public static final int SIZE = 6;

    /// @throws IllegalArgumentException where the value has more than 48 bits
    public MacAddress {
        if (value >>> (SIZE * Byte.SIZE) != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(value));
        }
    }

    /// The address in six bytes.
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a MAC address has " + SIZE + " bytes, not " + bytes.length);
        }
        long value = 0;
        for (byte next : bytes) {
            value = value << Byte.SIZE | Byte.toUnsignedInt(next);
        }
        return new MacAddress(value);
    }

    /// The six bytes as they stand in a frame.
    public byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) (value >>> (SIZE - 1 - i) * Byte.SIZE);
        }
        return bytes;
    }

    /// `02:00:5e:10:00:01`.
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes());
    }
}
