package rstprobe.record;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/// Addresses that are no single host on the way to which there is a network to diagnose.
final class NoHost {
    private static final int FIRST_RESERVED_OCTET = 240;
    private static final int V4_BYTES = 4;
    private static final int HALF = 8;
    /// `64:ff9b::/96`, behind which a translator sends IPv4 (RFC 6052 section 2.1).
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    /// `2002::/16`, whose next four bytes a relay sends IPv4 to (RFC 3056 section 2).
    private static final byte[] RELAYED = {0x20, 0x02};
    /// What the last eight bytes of a reserved anycast address begin with (RFC 2526 section 2).
    private static final byte[] RESERVED_ANYCAST = {
        (byte) 0xfd, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff
    };

    private NoHost() {}

    /// What an address is that must not be probed; empty for one that may be.
    static Optional<String> what(InetAddress address) {
        if (address.isMulticastAddress()) {
            return Optional.of("a multicast address: only single hosts are probed");
        }
        if (address.isAnyLocalAddress()) {
            return Optional.of("the unspecified address: name the host");
        }
        if (address.isLoopbackAddress()) {
            return Optional.of("a loopback address: there is no network on the way to it");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address: it names another host on every link (RFC 3927, RFC 4291)");
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address ? six(bytes) : four(bytes);
    }

    private static Optional<String> four(byte[] bytes) {
        if (bytes[0] == 0) {
            return Optional.of("an address of no host (RFC 1122 section 3.2.1.3)");
        }
        return (bytes[0] & 0xff) >= FIRST_RESERVED_OCTET
                ? Optional.of("a broadcast or reserved address: only single hosts are probed")
                : Optional.empty();
    }

    private static Optional<String> six(byte[] bytes) {
        if (begins(bytes, 0, TRANSLATED)) {
            return embedded(bytes, TRANSLATED.length);
        }
        if (begins(bytes, 0, new byte[HALF + 2])) {
            return embedded(bytes, bytes.length - V4_BYTES);
        }
        boolean ofRouters = begins(bytes, HALF, new byte[HALF]);
        if (ofRouters || begins(bytes, HALF, RESERVED_ANYCAST) && bytes[bytes.length - 1] < 0) {
            return Optional.of("an anycast address of a subnet: only single hosts are probed (RFC 4291, RFC 2526)");
        }
        return begins(bytes, 0, RELAYED) ? embedded(bytes, RELAYED.length) : Optional.empty();
    }

    private static boolean begins(byte[] bytes, int at, byte[] wanted) {
        return Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /// The IPv4 address that stands in an IPv6 one must be one that may be probed itself.
    private static Optional<String> embedded(byte[] bytes, int at) {
        try {
            InetAddress inside = InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + V4_BYTES));
            return what(inside).map(what -> "an address that holds " + inside.getHostAddress() + ", " + what);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four bytes are an address", impossible);
        }
    }
}
