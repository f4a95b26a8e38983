package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;

/// An IPv4 or IPv6 address, compared and hashed by value.
///
/// @param version 4 or 6
/// @param high the first eight bytes of an IPv6 address; 0 for IPv4
/// @param low the last eight bytes of an IPv6 address; for IPv4 the address in the low 32 bits
public record IpAddress(int version, long high, long low) implements Comparable<IpAddress> {
    /// Bytes in an IPv4 address.
    public static final int V4_BYTES = 4;

    /// Bytes in an IPv6 address.
    public static final int V6_BYTES = 16;

    /// Checks that the version is 4 or 6 and that an IPv4 address has 32 bits.
    public IpAddress {
        if (version != 4 && version != 6) {
            throw new IllegalArgumentException("IP version " + version);
        }
        if (version == 4 && (high != 0 || low >>> 32 != 0)) {
            throw new IllegalArgumentException("more than 32 bits in an IPv4 address");
        }
    }

    /// The address whose 4 or 16 bytes are `bytes`, in network order. Any other length is an
    /// IllegalArgumentException.
    public static IpAddress of(byte[] bytes) {
        return of(Slice.of(bytes));
    }

    /// The address whose 4 or 16 bytes are `bytes`, in network order. Any other length is an
    /// IllegalArgumentException.
    public static IpAddress of(Slice bytes) {
        return switch (bytes.length()) {
            case V4_BYTES -> new IpAddress(4, 0, bytes.u32(0));
            case V6_BYTES -> new IpAddress(6, bytes.i64(0), bytes.i64(8));
            default -> throw new IllegalArgumentException("an IP address of " + bytes.length() + " bytes");
        };
    }

    /// Reads a literal: `198.18.0.1`, `2001:db8::1`, `::ffff:198.18.0.1`. No names, no zones.
    /// Anything else is an IllegalArgumentException.
    public static IpAddress parse(String literal) {
        return IpAddressLiteral.parse(literal);
    }

    /// True for IPv6.
    public boolean isV6() {
        return version == 6;
    }

    /// The 4 or 16 bytes in network order.
    public byte[] toBytes() {
        byte[] bytes = new byte[isV6() ? V6_BYTES : V4_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            int fromEnd = bytes.length - 1 - i;
            bytes[i] = (byte) (fromEnd < 8 ? low >>> 8 * fromEnd : high >>> 8 * (fromEnd - 8));
        }
        return bytes;
    }

    // What a record has of itself is linked when it is first used, and slow until it is compiled: addresses of every
    // segment are compared.
    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && version == that.version && low == that.low && high == that.high;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * version + Long.hashCode(high)) + Long.hashCode(low);
    }

    /// IPv4 before IPv6, then by number.
    @Override
    public int compareTo(IpAddress other) {
        if (version != other.version) {
            return Integer.compare(version, other.version);
        }
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /// Dotted decimal, or the one canonical IPv6 form of RFC 5952: lower case, no leading zeros, the longest
    /// run of two or more zero groups (the first of equals) as `::`, and the last 32 bits of a mapped address
    /// dotted.
    @Override
    public String toString() {
        if (!isV6()) {
            return dotted(low);
        }
        if (high == 0 && low >>> 32 == 0xffff) {
            return "::ffff:" + dotted(low);
        }
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            groups.add(Integer.toHexString(group(i)));
        }
        int start = longestZeroRun();
        if (start < 0) {
            return String.join(":", groups);
        }
        int end = start + zeroRunAt(start);
        return String.join(":", groups.subList(0, start)) + "::" + String.join(":", groups.subList(end, 8));
    }

    private int longestZeroRun() {
        int best = -1;
        for (int i = 0; i < 8; i++) {
            if (zeroRunAt(i) > (best < 0 ? 1 : zeroRunAt(best))) {
                best = i;
            }
        }
        return best;
    }

    private int zeroRunAt(int start) {
        int end = start;
        while (end < 8 && group(end) == 0) {
            end++;
        }
        return end - start;
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> 48 - 16 * (index % 4)) & 0xffff;
    }

    private static String dotted(long address) {
        return (address >>> 24 & 0xff) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "."
                + (address & 0xff);
    }
}
