package rstprobe.wire;

/// Bytes to values, for every byte array there is.
///
/// One way down: link layer, IP header, transport header; each step either hands on a shorter stretch of the same
/// array or ends in a value that says what is wrong and where.
public final class Decoder {
    private Decoder() {}

    /// Decodes one captured frame.
    ///
    /// @param linkType LINKTYPE number (tcpdump.org/linktypes.html); see [LinkType] for those that are read
    /// @param bytes what was captured
    /// @param originalLength bytes on the wire, unsigned as in capture files; where it is less than was captured,
    ///     the captured length counts
    public static Decoded decode(int linkType, byte[] bytes, int originalLength) {
        int wireLength = originalLength < 0 ? Integer.MAX_VALUE : Math.max(originalLength, bytes.length);
        return LinkDecoder.decode(linkType, Slice.of(bytes), wireLength);
    }

    /// Decodes a datagram without a link layer, such as a raw socket's.
    public static Decoded decodeIp(byte[] bytes) {
        return decode(LinkType.RAW, bytes, bytes.length);
    }

    /// Decodes the datagram at the start of `bytes`.
    ///
    /// @param wireLength bytes there were on the wire, padding included
    static Decoded decodeIp(Slice bytes, int wireLength, Link link) {
        Decoded ip = IpDecoder.decode(bytes, wireLength, link);
        return ip instanceof Decoded.OtherDatagram(Datagram datagram) ? transport(datagram) : ip;
    }

    private static Decoded transport(Datagram ip) {
        return switch (ip.protocol()) {
            case Datagram.TCP -> TcpDecoder.decode(ip);
            case Datagram.UDP -> udp(ip);
            case Datagram.ICMP -> ip.isV6() ? new Decoded.OtherDatagram(ip) : IcmpDecoder.decode(ip);
            case Datagram.ICMPV6 -> ip.isV6() ? IcmpDecoder.decode(ip) : new Decoded.OtherDatagram(ip);
            default -> new Decoded.OtherDatagram(ip);
        };
    }

    private static Decoded udp(Datagram ip) {
        Slice bytes = ip.payload();
        if (bytes.length() < UDP_HEADER) {
            return Shortfall.inDatagram("UDP header", ip, UDP_HEADER);
        }
        int length = bytes.u16(4);
        // Zero is what segmentation offload and jumbograms (RFC 2675 section 4) leave there.
        Slice payload =
                bytes.upTo(length < UDP_HEADER ? bytes.length() : length).from(UDP_HEADER);
        return new Decoded.UdpDatagram(ip, bytes.u16(0), bytes.u16(2), length, bytes.u16(6), payload);
    }

    static final int UDP_HEADER = 8;
}
