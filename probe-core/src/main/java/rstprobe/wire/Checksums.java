package rstprobe.wire;

import java.util.Optional;

/// Verifies checksums. An inbound reset with a bad one was not built by a real TCP stack, or was damaged on the way.
public final class Checksums {
    private static final int LOOSE_SOURCE_ROUTE = 131, STRICT_SOURCE_ROUTE = 137;
    private static final int END_OF_OPTIONS = 0, NO_OPERATION = 1;

    private Checksums() {}

    /// The IPv4 header checksum; IPv6 has none.
    public static Checksum of(Datagram ip) {
        return ip.isV6()
                ? Checksum.UNVERIFIABLE
                : verdict(InternetChecksum.of(ip.header().upTo(ip.baseHeaderLength())));
    }

    /// The TCP checksum.
    public static Checksum of(Decoded.Segment segment) {
        return withPseudoHeader(segment.ip());
    }

    /// The UDP checksum, which IPv4 may leave out.
    public static Checksum of(Decoded.UdpDatagram udp) {
        return udp.checksum() == 0 ? Checksum.UNVERIFIABLE : withPseudoHeader(udp.ip());
    }

    /// The ICMP or ICMPv6 checksum of an error.
    public static Checksum of(Decoded.IcmpError error) {
        return icmp(error.ip());
    }

    /// The ICMP or ICMPv6 checksum of an echo.
    public static Checksum of(Decoded.IcmpEcho echo) {
        return icmp(echo.ip());
    }

    private static Checksum icmp(Datagram ip) {
        if (ip.isV6()) {
            return withPseudoHeader(ip);
        }
        return isAllThere(ip) ? verdict(InternetChecksum.of(ip.payload())) : Checksum.UNVERIFIABLE;
    }

    private static Checksum withPseudoHeader(Datagram ip) {
        if (!isAllThere(ip) || isSourceRouted(ip)) {
            return Checksum.UNVERIFIABLE;
        }
        return verdict(InternetChecksum.of(ip.source(), ip.destination(), ip.protocol(), ip.payload()));
    }

    private static boolean isAllThere(Datagram ip) {
        return ip.isWhole() && !ip.isFragment();
    }

    /// True where the destination is not the final one, which the pseudo header would need.
    private static boolean isSourceRouted(Datagram ip) {
        return ip.extensions().stream()
                        .anyMatch(extension -> extension.kind() == Datagram.Extension.ROUTING
                                && extension.bytes().u8(3) != 0)
                || sourceRoute(ip.options()).isPresent();
    }

    private static Optional<Slice> sourceRoute(Slice options) {
        Slice rest = options;
        while (rest.length() >= 3 && rest.u8(0) != END_OF_OPTIONS) {
            int length = rest.u8(0) == NO_OPERATION ? 1 : rest.u8(1);
            boolean isRoute = rest.u8(0) == LOOSE_SOURCE_ROUTE || rest.u8(0) == STRICT_SOURCE_ROUTE;
            if (isRoute && rest.u8(2) <= length) {
                return Optional.of(rest);
            }
            if (length == 0 || length > rest.length()) {
                break;
            }
            rest = rest.from(length);
        }
        return Optional.empty();
    }

    private static Checksum verdict(int remainder) {
        return remainder == 0 ? Checksum.GOOD : Checksum.BAD;
    }
}
