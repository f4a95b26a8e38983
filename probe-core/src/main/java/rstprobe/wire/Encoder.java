package rstprobe.wire;

import java.util.Arrays;
import java.util.List;

/// Values to bytes: what [Decoder] reads back as the same values. Lengths and checksums come out right unless the
/// header asks for a wrong one.
///
/// A value that has no encoding (41 bytes of options, 65536 of payload) is an IllegalArgumentException.
public final class Encoder {
    /// Option bytes that fit behind an IPv4 or a TCP header.
    public static final int MOST_OPTIONS = 40;

    private static final int TCP_CHECKSUM_AT = 16, UDP_CHECKSUM_AT = 6, ICMP_CHECKSUM_AT = 2;
    private static final int V4_CHECKSUM_AT = 10;

    private Encoder() {}

    /// An Ethernet frame around a datagram, without padding and frame check sequence.
    public static byte[] ethernet(MacAddress source, MacAddress destination, byte[] datagram) {
        return ethernet(source, destination, List.of(), datagram);
    }

    /// An Ethernet frame around a datagram, with VLAN tags, outermost first.
    public static byte[] ethernet(MacAddress source, MacAddress destination, List<Link.Vlan> vlans, byte[] datagram) {
        Bytes frame = new Bytes().bytes(destination.toBytes()).bytes(source.toBytes());
        for (Link.Vlan vlan : vlans) {
            frame.u16(vlan.protocol()).u16(vlan.control());
        }
        boolean isV6 = datagram.length > 0 && datagram[0] >>> 4 == 6;
        return frame.u16(isV6 ? EtherType.IPV6 : EtherType.IPV4).bytes(datagram).toBytes();
    }

    /// A datagram with a TCP segment. In a later fragment there is no header, so use [#ip] for that.
    public static byte[] tcp(IpHeader ip, TcpHeader tcp, byte[] payload) {
        byte[] options = padded(options(tcp.options));
        byte[] bytes = new Bytes()
                .u16(tcp.sourcePort)
                .u16(tcp.destinationPort)
                .u32(tcp.sequence)
                .u32(tcp.acknowledgement)
                .u16((TcpDecoder.HEADER + options.length) / 4 << 12 | tcp.flags.bits())
                .u16(tcp.window)
                .u16(0)
                .u16(tcp.urgentPointer)
                .bytes(options)
                .bytes(payload)
                .toBytes();
        int right = InternetChecksum.of(ip.source, ip.destination, Datagram.TCP, Slice.of(bytes));
        put16(bytes, TCP_CHECKSUM_AT, right ^ tcp.checksumError);
        return ip(ip, Datagram.TCP, bytes);
    }

    /// A datagram with a UDP header and payload.
    public static byte[] udp(IpHeader ip, int sourcePort, int destinationPort, byte[] payload) {
        byte[] bytes = new Bytes()
                .u16(sourcePort)
                .u16(destinationPort)
                .u16(Decoder.UDP_HEADER + payload.length)
                .u16(0)
                .bytes(payload)
                .toBytes();
        int right = InternetChecksum.of(ip.source, ip.destination, Datagram.UDP, Slice.of(bytes));
        // A computed zero is sent as all ones, since zero means "none" (RFC 768).
        put16(bytes, UDP_CHECKSUM_AT, right == 0 ? 0xffff : right);
        return ip(ip, Datagram.UDP, bytes);
    }

    /// A datagram with an ICMP or ICMPv6 echo request or reply.
    public static byte[] icmpEcho(IpHeader ip, boolean request, int identifier, int sequence, byte[] payload) {
        boolean isV6 = ip.source.isV6();
        int type = isV6 ? request ? 128 : 129 : request ? 8 : 0;
        return icmp(ip, type, 0, identifier << 16 | IpHeader.inBits(sequence, 16), payload);
    }

    /// A datagram with an ICMP or ICMPv6 message.
    ///
    /// @param type as in the RFC of the header's version
    /// @param code as in the RFC of the header's version
    /// @param parameter the raw four bytes after the checksum, such as the MTU
    /// @param body what follows, such as the quoted datagram
    public static byte[] icmp(IpHeader ip, int type, int code, int parameter, byte[] body) {
        byte[] bytes =
                new Bytes().u8(type).u8(code).u16(0).u32(parameter).bytes(body).toBytes();
        boolean isV6 = ip.source.isV6();
        int right = isV6
                ? InternetChecksum.of(ip.source, ip.destination, Datagram.ICMPV6, Slice.of(bytes))
                : InternetChecksum.of(Slice.of(bytes));
        put16(bytes, ICMP_CHECKSUM_AT, right);
        return ip(ip, isV6 ? Datagram.ICMPV6 : Datagram.ICMP, bytes);
    }

    /// A datagram with any payload.
    public static byte[] ip(IpHeader ip, int protocol, byte[] payload) {
        Bytes chain = new Bytes();
        for (int i = 0; i < ip.extensions.size(); i++) {
            boolean isLast = i + 1 == ip.extensions.size();
            byte[] extension = ip.extensions.get(i).bytes().toBytes();
            extension[0] = (byte) (isLast ? protocol : ip.extensions.get(i + 1).kind());
            chain.bytes(extension);
        }
        byte[] rest = chain.bytes(payload).toBytes();
        int first =
                ip.extensions.isEmpty() ? protocol : ip.extensions.getFirst().kind();
        return ip.source.isV6() ? v6(ip, first, rest) : v4(ip, first, rest);
    }

    private static byte[] v4(IpHeader ip, int protocol, byte[] rest) {
        byte[] options = padded(ip.options.toBytes());
        int headerLength = Datagram.V4_HEADER + options.length;
        int flags = (ip.reservedFlag ? 4 : 0) | (ip.dontFragment ? 2 : 0) | (ip.moreFragments ? 1 : 0);
        byte[] header = new Bytes()
                .u8(4 << 4 | headerLength / 4)
                .u8(ip.tos)
                .u16(headerLength + rest.length)
                .u16(ip.identification)
                .u16(flags << 13 | ip.fragmentOffset / 8)
                .u8(ip.ttl)
                .u8(protocol)
                .u16(0)
                .bytes(ip.source.toBytes())
                .bytes(ip.destination.toBytes())
                .bytes(options)
                .toBytes();
        put16(header, V4_CHECKSUM_AT, InternetChecksum.of(Slice.of(header)) ^ ip.checksumError);
        return new Bytes().bytes(header).bytes(rest).toBytes();
    }

    private static byte[] v6(IpHeader ip, int next, byte[] rest) {
        return new Bytes()
                .u32(6 << 28 | ip.tos << 20 | ip.flowLabel)
                .u16(rest.length)
                .u8(next)
                .u8(ip.ttl)
                .bytes(ip.source.toBytes())
                .bytes(ip.destination.toBytes())
                .bytes(rest)
                .toBytes();
    }

    private static byte[] options(TcpOptions options) {
        Bytes bytes = new Bytes();
        for (TcpOption option : options.list()) {
            switch (option) {
                case TcpOption.EndOfList end ->
                    bytes.u8(end.kind()).bytes(end.padding().toBytes());
                case TcpOption.NoOperation none -> bytes.u8(none.kind());
                case TcpOption.MaximumSegmentSize mss -> bytes.option(mss, new Bytes().u16(mss.bytes()));
                case TcpOption.WindowScale scale -> bytes.option(scale, new Bytes().u8(scale.shift()));
                case TcpOption.SackPermitted permitted -> bytes.option(permitted, new Bytes());
                case TcpOption.Sack sack -> bytes.option(sack, blocks(sack));
                case TcpOption.Timestamps stamps ->
                    bytes.option(stamps, new Bytes().u32((int) stamps.value()).u32((int) stamps.echo()));
                case TcpOption.Md5Signature md5 ->
                    bytes.option(md5, new Bytes().bytes(md5.digest().toBytes()));
                case TcpOption.Authentication ao ->
                    bytes.option(
                            ao,
                            new Bytes()
                                    .u8(ao.keyId())
                                    .u8(ao.nextKeyId())
                                    .bytes(ao.code().toBytes()));
                case TcpOption.FastOpen open ->
                    bytes.option(open, new Bytes().bytes(open.cookie().toBytes()));
                case TcpOption.Multipath path ->
                    bytes.option(path, new Bytes().bytes(path.bytes().toBytes()));
                case TcpOption.Unknown unknown ->
                    bytes.option(unknown, new Bytes().bytes(unknown.bytes().toBytes()));
            }
        }
        return bytes.toBytes();
    }

    private static Bytes blocks(TcpOption.Sack sack) {
        Bytes bytes = new Bytes();
        sack.blocks().forEach(block -> bytes.u32(block.left()).u32(block.right()));
        return bytes;
    }

    private static byte[] padded(byte[] options) {
        if (options.length > MOST_OPTIONS) {
            throw new IllegalArgumentException(options.length + " bytes of options");
        }
        return Arrays.copyOf(options, (options.length + 3) / 4 * 4);
    }

    private static void put16(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    /// Big-endian bytes that grow.
    private static final class Bytes {
        private byte[] array = new byte[64];
        private int length;

        Bytes u8(int value) {
            return bytes(new byte[] {(byte) IpHeader.inBits(value, 8)});
        }

        Bytes u16(int value) {
            return u8(IpHeader.inBits(value, 16) >>> 8).u8(value & 0xff);
        }

        Bytes u32(int value) {
            return u16(value >>> 16).u16(value & 0xffff);
        }

        Bytes bytes(byte[] bytes) {
            if (bytes.length > array.length - length) {
                array = Arrays.copyOf(array, Math.max(2 * array.length, length + bytes.length));
            }
            System.arraycopy(bytes, 0, array, length, bytes.length);
            length += bytes.length;
            return this;
        }

        Bytes option(TcpOption option, Bytes body) {
            byte[] bytes = body.toBytes();
            return u8(option.kind()).u8(2 + bytes.length).bytes(bytes);
        }

        byte[] toBytes() {
            return Arrays.copyOf(array, length);
        }
    }
}
