package rstprobe.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An IPv4 or IPv6 datagram (RFC 791, RFC 8200).
///
/// @param link the frame that carried it
/// @param source who it claims to come from
/// @param destination who it is for
/// @param ttl time to live or hop limit, 0..255
/// @param tos type of service or traffic class: DSCP in the upper six bits, ECN in the lower two
/// @param identification the 16-bit identification of IPv4, or the 32 raw bits in an IPv6 fragment header
/// @param reservedFlag the IPv4 flag that RFC 791 wants zero
/// @param dontFragment the IPv4 DF flag; true for IPv6, which no router fragments
/// @param moreFragments more fragments follow
/// @param fragmentOffset where this fragment's payload belongs, in bytes
/// @param flowLabel the IPv6 flow label, 20 bits; 0 for IPv4
/// @param totalLength bytes on the wire, headers included; where the header says 0 (segmentation offload, RFC
///     2675) the frame's own length decides
/// @param headerLength bytes before the transport header: the IP header, its options and extension headers
/// @param protocol the transport's IANA protocol number, after all extension headers
/// @param extensions the extension headers in order; an IPv4 authentication header counts as one
/// @param header the captured header bytes, `headerLength` of them
/// @param payload the captured bytes after the headers, without link padding
public record Datagram(
        Link link,
        IpAddress source,
        IpAddress destination,
        int ttl,
        int tos,
        OptionalInt identification,
        boolean reservedFlag,
        boolean dontFragment,
        boolean moreFragments,
        int fragmentOffset,
        int flowLabel,
        int totalLength,
        int headerLength,
        int protocol,
        List<Extension> extensions,
        Slice header,
        Slice payload) {
    /// IANA protocol numbers that the decoder knows.
    public static final int ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58;

    /// The IPv4 header without options.
    public static final int V4_HEADER = 20;

    /// The IPv6 header without extension headers.
    public static final int V6_HEADER = 40;

    /// Keeps its own copy of the extension headers.
    public Datagram {
        extensions = List.copyOf(extensions);
    }

    /// An IPv6 extension header (RFC 8200 section 4), or an authentication header (RFC 4302).
    ///
    /// @param kind its protocol number
    /// @param bytes all of it, its next-header byte first
    public record Extension(int kind, Slice bytes) {
        /// Protocol numbers of the headers that are walked.
        public static final int HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60;
    }

    /// True for IPv6.
    public boolean isV6() {
        return source.isV6();
    }

    /// Payload bytes on the wire; more than `payload` holds where the capture or the quotation is cut.
    public int payloadLength() {
        return totalLength - headerLength;
    }

    /// True where every payload byte was captured.
    public boolean isWhole() {
        return payload.length() == payloadLength();
    }

    /// True where this is one fragment of a larger datagram, the first included.
    public boolean isFragment() {
        return moreFragments || fragmentOffset != 0;
    }

    /// Bytes of the IPv4 header with its options, or of the IPv6 header without extensions.
    public int baseHeaderLength() {
        return isV6() ? V6_HEADER : (header.u8(0) & 0xf) * 4;
    }

    /// The raw IPv4 options (RFC 791 section 3.1), end-of-list padding included; empty for IPv6.
    public Slice options() {
        return isV6() ? Slice.EMPTY : header.range(V4_HEADER, baseHeaderLength() - V4_HEADER);
    }

    /// The record of its route, where it has an IPv4 option for it that is well formed.
    public Optional<RecordRoute> recordRoute() {
        return RecordRoute.in(options());
    }
}
