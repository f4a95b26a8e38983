package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads ICMP (RFC 792) and ICMPv6 (RFC 4443) errors with what they quote, and echo.
final class IcmpDecoder {
    /// The header up to the quotation.
    static final int HEADER = 8;

    /// Extension objects that are read.
    static final int MOST_EXTENSIONS = 16;

    /// Where senders that predate RFC 4884 put extensions without saying so (its section 5.5).
    private static final int UNANNOUNCED_AT = 128;

    private static final int EXTENSION_HEADER = 4, EXTENSION_VERSION = 2;

    /// Transport bytes that RFC 792 promises.
    private static final int PROMISED = 8;

    private IcmpDecoder() {}

    static Decoded decode(Datagram ip) {
        Slice bytes = ip.payload();
        if (bytes.length() < HEADER) {
            return Shortfall.inDatagram("ICMP header", ip, HEADER);
        }
        int type = bytes.u8(0);
        boolean isError = ip.isV6() ? type >= 1 && type <= 4 : type >= 3 && type <= 5 || type == 11 || type == 12;
        if (isError) {
            return error(ip, bytes, type);
        }
        int request = ip.isV6() ? 128 : 8;
        int reply = ip.isV6() ? 129 : 0;
        return type == request || type == reply
                ? new Decoded.IcmpEcho(
                        ip, type == request, bytes.u16(4), bytes.u16(6), bytes.u16(2), bytes.from(HEADER))
                : new Decoded.OtherDatagram(ip);
    }

    private static Decoded error(Datagram ip, Slice bytes, int type) {
        Slice body = bytes.from(HEADER);
        int quotedLength = quotedLength(ip, bytes, type);
        List<IcmpExtension> extensions = quotedLength < body.length() ? extensions(body.from(quotedLength)) : List.of();
        return new Decoded.IcmpError(
                ip,
                type,
                bytes.u8(1),
                bytes.u16(2),
                bytes.i32(4),
                mtu(ip, bytes, type),
                quoted(body.upTo(quotedLength), Math.min(quotedLength, ip.payloadLength() - HEADER)),
                extensions);
    }

    /// RFC 1191 section 4 for IPv4, RFC 4443 section 3.2 for IPv6.
    private static OptionalInt mtu(Datagram ip, Slice bytes, int type) {
        long mtu = ip.isV6() ? type == 2 ? bytes.u32(4) : 0 : type == 3 && bytes.u8(1) == 4 ? bytes.u16(6) : 0;
        return mtu == 0 ? OptionalInt.empty() : OptionalInt.of((int) Math.min(mtu, Integer.MAX_VALUE));
    }

    /// How much of what follows the ICMP header is the quotation (RFC 4884 sections 4 and 5). A length that runs past
    /// the message is ignored, as before that RFC.
    private static int quotedLength(Datagram ip, Slice bytes, int type) {
        int all = ip.payloadLength() - HEADER;
        boolean maySay = ip.isV6() ? type == 1 || type == 3 : type == 3 || type == 11 || type == 12;
        if (!maySay) {
            return all;
        }
        int said = ip.isV6() ? bytes.u8(4) * 8 : bytes.u8(5) * 4;
        if (said > 0) {
            return Math.min(said, all);
        }
        return ip.isWhole() && isUnannounced(bytes.from(HEADER)) ? UNANNOUNCED_AT : all;
    }

    private static boolean isUnannounced(Slice body) {
        if (body.length() < UNANNOUNCED_AT + EXTENSION_HEADER) {
            return false;
        }
        Slice structure = body.from(UNANNOUNCED_AT);
        return structure.u8(0) >>> 4 == EXTENSION_VERSION
                && structure.u16(2) != 0
                && InternetChecksum.of(structure) == 0;
    }

    /// RFC 4884 section 7: a header, then objects of length, class, type and body.
    private static List<IcmpExtension> extensions(Slice structure) {
        List<IcmpExtension> extensions = new ArrayList<>();
        if (structure.length() < EXTENSION_HEADER || structure.u8(0) >>> 4 != EXTENSION_VERSION) {
            return extensions;
        }
        Slice rest = structure.from(EXTENSION_HEADER);
        while (rest.length() >= EXTENSION_HEADER && extensions.size() < MOST_EXTENSIONS) {
            int length = rest.u16(0);
            if (length < EXTENSION_HEADER || length > rest.length()) {
                break;
            }
            extensions.add(
                    new IcmpExtension(rest.u8(2), rest.u8(3), rest.range(EXTENSION_HEADER, length - EXTENSION_HEADER)));
            rest = rest.from(length);
        }
        return extensions;
    }

    private static Quoted quoted(Slice quotation, int wireLength) {
        return switch (IpDecoder.decode(quotation, wireLength, Link.NONE)) {
            case Decoded.OtherDatagram(Datagram ip) -> transport(ip);
            case Decoded.Fragment(Datagram ip) -> new Quoted.Other(ip);
            case Decoded.Malformed trouble -> new Quoted.Unreadable(trouble.what(), trouble.offset());
            case Decoded.Cut cut -> new Quoted.Unreadable(cut.what() + " is cut", cut.offset());
            case Decoded unexpected -> throw new IllegalStateException("an IP header became " + unexpected);
        };
    }

    private static Quoted transport(Datagram ip) {
        Slice bytes = ip.payload();
        if (bytes.length() < PROMISED) {
            return new Quoted.Other(ip);
        }
        return switch (ip.protocol()) {
            case Datagram.TCP -> new Quoted.Tcp(ip, bytes.u16(0), bytes.u16(2), bytes.i32(4), segment(ip));
            case Datagram.UDP -> new Quoted.Udp(ip, bytes.u16(0), bytes.u16(2), bytes.u16(4), bytes.u16(6));
            case Datagram.ICMP -> echo(ip, !ip.isV6(), 8, 0);
            case Datagram.ICMPV6 -> echo(ip, ip.isV6(), 128, 129);
            default -> new Quoted.Other(ip);
        };
    }

    private static Optional<Decoded.Segment> segment(Datagram ip) {
        return TcpDecoder.decode(ip) instanceof Decoded.Segment segment ? Optional.of(segment) : Optional.empty();
    }

    private static Quoted echo(Datagram ip, boolean fitsVersion, int request, int reply) {
        Slice bytes = ip.payload();
        int type = bytes.u8(0);
        return fitsVersion && (type == request || type == reply)
                ? new Quoted.Echo(ip, type == request, bytes.u16(4), bytes.u16(6))
                : new Quoted.Other(ip);
    }
}
