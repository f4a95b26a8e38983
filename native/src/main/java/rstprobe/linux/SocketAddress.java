package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Optional;

/// `struct sockaddr_in` and `struct sockaddr_in6` (`linux/in.h`, `linux/in6.h`), there and back.
final class SocketAddress {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    /// Bytes that hold either form.
    static final int LARGEST = 28;

    private static final int IPV4_SIZE = 16;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_SCOPE = 24;
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddress() {}

    static int family(InetAddress address) {
        return address instanceof Inet6Address ? AF_INET6 : AF_INET;
    }

    /// The C form of an address; as long as its family needs.
    static MemorySegment of(SegmentAllocator memory, InetAddress address, int port) {
        boolean ipv6 = address instanceof Inet6Address;
        MemorySegment form = memory.allocate(ipv6 ? LARGEST : IPV4_SIZE, Long.BYTES);
        form.set(JAVA_SHORT_UNALIGNED, 0, (short) family(address));
        form.set(NETWORK_SHORT, PORT, (short) port);
        byte[] bytes = address.getAddress();
        MemorySegment.copy(bytes, 0, form, JAVA_BYTE, ipv6 ? IPV6_ADDRESS : IPV4_ADDRESS, bytes.length);
        if (address instanceof Inet6Address scoped) {
            form.set(JAVA_INT_UNALIGNED, IPV6_SCOPE, scoped.getScopeId());
        }
        return form;
    }

    /// The address and port in a C form; empty where it is neither IPv4 nor IPv6, or too short. An IPv4-mapped
    /// address comes back as the IPv4 address it stands for.
    static Optional<InetSocketAddress> read(MemorySegment form) {
        if (form.byteSize() < IPV4_SIZE) {
            return Optional.empty();
        }
        int family = form.get(JAVA_SHORT_UNALIGNED, 0);
        int port = Short.toUnsignedInt(form.get(NETWORK_SHORT, PORT));
        if (family == AF_INET) {
            return Optional.of(new InetSocketAddress(address(form.asSlice(IPV4_ADDRESS, 4), 0), port));
        }
        if (family == AF_INET6 && form.byteSize() >= LARGEST) {
            int scope = form.get(JAVA_INT_UNALIGNED, IPV6_SCOPE);
            return Optional.of(new InetSocketAddress(address(form.asSlice(IPV6_ADDRESS, 16), scope), port));
        }
        return Optional.empty();
    }

    /// The address in 4 or 16 bytes. The scope, an interface index, is kept for link-local IPv6 only.
    static InetAddress address(MemorySegment bytes, int scope) {
        byte[] raw = bytes.toArray(JAVA_BYTE);
        try {
            InetAddress plain = InetAddress.getByAddress(raw);
            return plain instanceof Inet6Address && plain.isLinkLocalAddress() && scope != 0
                    ? Inet6Address.getByAddress(null, raw, scope)
                    : plain;
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + raw.length, wrongLength);
        }
    }
}
