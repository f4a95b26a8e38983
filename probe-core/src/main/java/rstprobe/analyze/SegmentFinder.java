package rstprobe.analyze;

import static rstprobe.analyze.Bytes.i32;
import static rstprobe.analyze.Bytes.i64;
import static rstprobe.analyze.Bytes.u16;
import static rstprobe.analyze.Bytes.u32;
import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;
import rstprobe.wire.Datagram;
import rstprobe.wire.EtherType;
import rstprobe.wire.Flags;

/// Finds the TCP segment of a frame where it lies: through the link's headers, tunnels and IP to the ports, without an
/// object. After [#find] the fields tell what it found. One is for one thread.
///
/// What it says of a frame that [rstprobe.wire.Decoder] reads is what that one says of it.
final class SegmentFinder {
    /// What a frame turned out to be.
    enum Kind {
        /// No TCP, or none that can be read.
        NOTHING,
        /// A TCP segment whose fixed header is there.
        SEGMENT,
        /// An ICMP error that quotes a TCP segment: the fields are the quoted ones.
        QUOTED,
        /// A fragment of a datagram that may hold a segment.
        FRAGMENT
    }

    /// Headers within headers that are walked, tunnels, VLAN tags and labels each counted.
    static final int MOST_NESTED = 8;

    /// Flags of a quotation that ends before them.
    static final int NO_FLAGS = -1;

    private static final int IPIP = 4, SIX_IN_FOUR = 41, GRE = 47, ETHERIP = 97, MPLS_IN_IP = 137;
    static final int TCP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3FFF;

    private final LinkHeaders links = new LinkHeaders();
    private final Tunnels tunnels = new Tunnels(this);
    private final IcmpQuotes quotes = new IcmpQuotes(this);

    Kind kind = Kind.NOTHING;
    boolean v6;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int sourcePort;
    int destinationPort;
    int flags;
    int sequence;
    int acknowledgement;

    /// Where the datagram of the segment, of the error or of the fragment begins.
    long datagramAt;

    /// The end of what was captured of it, without what pads the link.
    long datagramEnd;

    /// Of a segment and of a quotation: where the TCP header ends, as far as the frame has it or not.
    long payloadAt;

    /// Of a segment: how long its payload was on the wire, in bytes.
    long payloadLength;

    /// Whether the datagram was inside another one, or on a link that [rstprobe.wire.Decoder] does not read.
    boolean wrapped;

    /// Of a fragment and of a segment: the IPv4 identification, or that of the IPv6 fragment header.
    int identification;

    /// Of a fragment: where its bytes begin, where in the datagram they belong, whether more follow, and the protocol.
    long fragmentAt;

    int fragmentOffset;
    boolean moreFragments;
    int protocol;

    /// Whether the link type is one of those read.
    boolean linkRead;

    private int depth;

    /// Looks into a frame.
    Kind find(MemorySegment bytes, long at, int captured, int original, int link) {
        kind = Kind.NOTHING;
        depth = 0;
        long end = at + captured;
        long wireLength = Math.max(original & 0xFFFF_FFFFL, captured);
        if (link == LinkHeaders.ETHERNET && captured >= 34 && u16(bytes, at + 12) == EtherType.IPV4) {
            linkRead = true;
            wrapped = false;
            ip(bytes, at + 14, end, wireLength - 14);
            return kind;
        }
        linkRead = links.strip(bytes, at, end, link);
        wrapped = links.unusual;
        if (links.etherType >= 0) {
            ether(links.etherType, bytes, links.at, end, wireLength - (links.at - at));
        }
        return kind;
    }

    /// What follows a header that told its EtherType.
    void ether(int etherType, MemorySegment bytes, long at, long end, long wireLength) {
        switch (etherType) {
            case EtherType.IPV4, EtherType.IPV6 -> ip(bytes, at, end, wireLength);
            default -> {
                if (depth < MOST_NESTED && tunnels.isLayer(etherType)) {
                    depth++;
                    tunnels.layer(etherType, bytes, at, end, wireLength);
                    depth--;
                }
            }
        }
    }

    /// A frame within a datagram.
    void innerFrame(int link, MemorySegment bytes, long at, long end, long wireLength) {
        if (depth < MOST_NESTED && at < end) {
            depth++;
            wrapped = true;
            links.strip(bytes, at, end, link);
            if (links.etherType >= 0) {
                ether(links.etherType, bytes, links.at, end, wireLength - (links.at - at));
            }
            depth--;
        }
    }

    /// A datagram within another one.
    void innerIp(MemorySegment bytes, long at, long end, long wireLength) {
        if (depth < MOST_NESTED) {
            depth++;
            wrapped = true;
            ip(bytes, at, end, wireLength);
            depth--;
        }
    }

    private void ip(MemorySegment bytes, long at, long end, long wireLength) {
        if (at >= end) {
            return;
        }
        int version = u8(bytes, at) >>> 4;
        if (version == 4) {
            v4(bytes, at, end, wireLength);
        } else if (version == 6) {
            v6(bytes, at, end, wireLength);
        }
    }

    private void v4(MemorySegment bytes, long at, long end, long wireLength) {
        if (end - at < Datagram.V4_HEADER) {
            return;
        }
        int first = u8(bytes, at);
        int header = (first & 0xF) * 4;
        int stated = u16(bytes, at + 2);
        long total = stated == 0 ? wireLength : stated;
        if (first >>> 4 != 4 || header < Datagram.V4_HEADER || end - at < header || total < header) {
            return;
        }
        addresses(bytes, at, false);
        identification = u16(bytes, at + 4);
        datagramAt = at;
        datagramEnd = Math.min(end, at + total);
        int next = u8(bytes, at + 9);
        int fragment = u16(bytes, at + 6);
        // What the snap length cut off a first fragment comes never together again; its header is all there will be.
        boolean inParts = (fragment & MORE_FRAGMENTS_OR_OFFSET) != 0 && ((fragment & 0x1FFF) != 0 || end - at >= total);
        if (!inParts && next == Datagram.TCP) {
            segment(bytes, at + header, total - header);
        } else if (inParts) {
            fragment(next, at + header, (fragment & 0x1FFF) * 8, (fragment & 0x2000) != 0);
        } else {
            extensions(bytes, at + header, next, total - header);
        }
    }

    private void v6(MemorySegment bytes, long at, long end, long wireLength) {
        if (end - at < Datagram.V6_HEADER) {
            return;
        }
        int stated = u16(bytes, at + 4);
        long total =
                stated == 0 ? ExtensionHeaders.unstatedLength(bytes, at, end, wireLength) : Datagram.V6_HEADER + stated;
        addresses(bytes, at, true);
        identification = 0;
        datagramAt = at;
        datagramEnd = Math.min(end, at + total);
        extensions(bytes, at + Datagram.V6_HEADER, u8(bytes, at + 6), total - Datagram.V6_HEADER);
    }

    /// Walks extension headers (RFC 8200 section 4) and the authentication header, then the transport.
    private void extensions(MemorySegment bytes, long from, int first, long left) {
        long at = from;
        long length = left;
        int next = first;
        for (int walked = 0; ExtensionHeaders.isOne(next, v6); walked++) {
            if (walked == ExtensionHeaders.MOST || datagramEnd - at < 8) {
                return;
            }
            if (next == Datagram.Extension.FRAGMENT) {
                int offset = u16(bytes, at + 2);
                identification = i32(bytes, at + 4);
                boolean cut = offset >>> 3 == 0 && datagramEnd < at + length;
                if ((offset & 0xFFF9) != 0 && !cut) {
                    fragment(u8(bytes, at), at + 8, offset & 0xFFF8, (offset & 1) != 0);
                    return;
                }
            }
            int step = ExtensionHeaders.length(bytes, at, next);
            if (datagramEnd - at < step) {
                return;
            }
            next = u8(bytes, at);
            at += step;
            length -= step;
        }
        transport(bytes, at, next, length);
    }

    private void fragment(int next, long at, int offset, boolean more) {
        switch (next) {
            case Datagram.TCP, Datagram.UDP, Datagram.ICMP, Datagram.ICMPV6, IPIP, SIX_IN_FOUR, GRE, ETHERIP -> {
                kind = Kind.FRAGMENT;
                protocol = next;
                fragmentAt = at;
                fragmentOffset = offset;
                moreFragments = more;
            }
            default -> {}
        }
    }

    private void transport(MemorySegment bytes, long at, int next, long length) {
        switch (next) {
            case Datagram.TCP -> segment(bytes, at, length);
            case Datagram.ICMP -> quotes.find(bytes, at, datagramEnd, false);
            case Datagram.ICMPV6 -> quotes.find(bytes, at, datagramEnd, true);
            case IPIP, SIX_IN_FOUR -> innerIp(bytes, at, datagramEnd, length);
            case GRE -> tunnels.gre(bytes, at, datagramEnd, length);
            case ETHERIP -> innerFrame(LinkHeaders.ETHERNET, bytes, at + 2, datagramEnd, length - 2);
            case MPLS_IN_IP -> innerLayer(Tunnels.MPLS, bytes, at, datagramEnd, length);
            case Datagram.UDP -> udp(bytes, at, length);
            default -> {}
        }
    }

    /// A header within a datagram that is told by an EtherType.
    void innerLayer(int etherType, MemorySegment bytes, long at, long end, long wireLength) {
        wrapped = true;
        ether(etherType, bytes, at, end, wireLength);
    }

    private void udp(MemorySegment bytes, long at, long length) {
        if (datagramEnd - at < UDP_HEADER) {
            return;
        }
        int source = u16(bytes, at);
        int destination = u16(bytes, at + 2);
        if (Tunnels.isPort(destination)) {
            tunnels.inUdp(destination, bytes, at + UDP_HEADER, datagramEnd, length - UDP_HEADER);
        } else if (Tunnels.isPort(source)) {
            tunnels.inUdp(source, bytes, at + UDP_HEADER, datagramEnd, length - UDP_HEADER);
        }
    }

    private void segment(MemorySegment bytes, long at, long length) {
        if (datagramEnd - at < TCP_HEADER) {
            return;
        }
        int control = u16(bytes, at + 12);
        int header = (control >>> 12) * 4;
        if (header < TCP_HEADER || header > length) {
            return;
        }
        ports(bytes, at);
        acknowledgement = i32(bytes, at + 8);
        flags = control & 0xFFF;
        payloadAt = at + header;
        payloadLength = length - header;
        kind = Kind.SEGMENT;
    }

    /// Of an IP header.
    void addresses(MemorySegment bytes, long at, boolean six) {
        v6 = six;
        sourceHigh = six ? i64(bytes, at + 8) : 0;
        sourceLow = six ? i64(bytes, at + 16) : u32(bytes, at + 12);
        destinationHigh = six ? i64(bytes, at + 24) : 0;
        destinationLow = six ? i64(bytes, at + 32) : u32(bytes, at + 16);
    }

    /// What of a TCP header fits the eight bytes that every ICMP error quotes.
    void ports(MemorySegment bytes, long at) {
        sourcePort = u16(bytes, at);
        destinationPort = u16(bytes, at + 2);
        sequence = i32(bytes, at + 4);
    }

    /// Whether it found a segment that is a reset.
    boolean isReset() {
        return kind == Kind.SEGMENT && (flags & Flags.RST) != 0;
    }
}
