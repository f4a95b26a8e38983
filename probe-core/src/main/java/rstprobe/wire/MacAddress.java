package rstprobe.wire;

import java.util.HexFormat;
import java.util.StringJoiner;

/// A 48-bit Ethernet address.
///
/// @param bits the address in the low 48 bits
public record MacAddress(long bits) {
    /// Bytes in an address.
    public static final int BYTES = 6;

    /// Checks that there are at most 48 bits.
    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("more than 48 bits in an Ethernet address");
        }
    }

    /// The address whose six bytes are `bytes`. Any other length is an IllegalArgumentException.
    public static MacAddress of(byte[] bytes) {
        return of(Slice.of(bytes));
    }

    /// The address whose six bytes are `bytes`. Any other length is an IllegalArgumentException.
    public static MacAddress of(Slice bytes) {
        if (bytes.length() != BYTES) {
            throw new IllegalArgumentException("an Ethernet address of " + bytes.length() + " bytes");
        }
        return new MacAddress((long) bytes.u16(0) << 32 | bytes.u32(2));
    }

    /// Reads `02:00:00:00:00:01`. Anything else is an IllegalArgumentException.
    public static MacAddress parse(String literal) {
        return of(HexFormat.ofDelimiter(":").parseHex(literal));
    }

    /// The six bytes.
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    /// `02:00:00:00:00:01`.
    @Override
    public String toString() {
        StringJoiner octets = new StringJoiner(":");
        for (byte octet : toBytes()) {
            octets.add(HexFormat.of().toHexDigits(octet));
        }
        return octets.toString();
    }
}
