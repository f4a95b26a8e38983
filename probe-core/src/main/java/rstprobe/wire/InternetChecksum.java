package rstprobe.wire;

/// The checksum of RFC 1071: one's complement of the one's complement sum of 16-bit words.
final class InternetChecksum {
    private InternetChecksum() {}

    /// The checksum of `bytes`; 0 where they hold their own right checksum.
    static int of(Slice bytes) {
        return folded(sum(bytes));
    }

    /// The checksum of a transport's bytes with the pseudo header of RFC 9293 section 3.1 or RFC 8200 section 8.1.
    static int of(IpAddress source, IpAddress destination, int protocol, Slice bytes) {
        long pseudo = sum(Slice.of(source.toBytes()))
                + sum(Slice.of(destination.toBytes()))
                + protocol
                + (bytes.length() >>> 16)
                + (bytes.length() & 0xffff);
        return folded(pseudo + sum(bytes));
    }

    private static long sum(Slice bytes) {
        long sum = 0;
        int even = bytes.length() & ~1;
        for (int at = 0; at < even; at += 2) {
            sum += bytes.u16(at);
        }
        return even == bytes.length() ? sum : sum + (bytes.u8(even) << 8);
    }

    private static int folded(long sum) {
        long rest = sum;
        while (rest >>> 16 != 0) {
            rest = (rest & 0xffff) + (rest >>> 16);
        }
        return (int) ~rest & 0xffff;
    }
}
