package rstprobe.diagnose;

import java.util.Optional;
import rstprobe.wire.IpAddress;

/// Addresses as logs and rules write them.
final class Addresses {
    private static final int V4_BITS = 32;
    private static final int V6_BITS = 128;

    private Addresses() {}

    /// One spelling for each address: no brackets, no zone, an IPv4 address in IPv6 clothes as IPv4.
    static String plain(String written) {
        String bare = written.strip();
        if (bare.startsWith("[") && bare.endsWith("]")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        int zone = bare.indexOf('%');
        bare = zone < 0 ? bare : bare.substring(0, zone);
        if (bare.regionMatches(true, 0, "::ffff:", 0, 7) && bare.indexOf('.') > 0) {
            bare = bare.substring(7);
        }
        return parsed(bare).map(IpAddress::toString).orElse(bare);
    }

    static Optional<IpAddress> parsed(String literal) {
        try {
            return Optional.of(IpAddress.parse(literal));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// Whether a network `ADDRESS/BITS`, `ADDRESS/MASK` or a single address holds an address; false where
    /// either cannot be read.
    static boolean holds(String network, String address) {
        int slash = network.lastIndexOf('/');
        Optional<IpAddress> base = parsed(plain(slash < 0 ? network : network.substring(0, slash)));
        Optional<IpAddress> one = parsed(plain(address));
        if (base.isEmpty() || one.isEmpty() || base.get().version() != one.get().version()) {
            return false;
        }
        int all = base.get().isV6() ? V6_BITS : V4_BITS;
        int bits = slash < 0 ? all : bits(network.substring(slash + 1), all);
        return bits >= 0 && sameBits(base.get().toBytes(), one.get().toBytes(), bits);
    }

    private static int bits(String written, int all) {
        if (written.matches("\\d{1,3}")) {
            int bits = Integer.parseInt(written);
            return bits <= all ? bits : -1;
        }
        return parsed(written)
                .filter(mask -> !mask.isV6())
                .map(mask -> Integer.bitCount((int) mask.low()))
                .orElse(-1);
    }

    private static boolean sameBits(byte[] one, byte[] other, int bits) {
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit & 7);
            if ((one[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
                return false;
            }
        }
        return true;
    }
}
