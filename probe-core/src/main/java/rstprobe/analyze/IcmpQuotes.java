package rstprobe.analyze;

import static rstprobe.analyze.Bytes.u16;
import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;
import rstprobe.wire.Datagram;

/// Errors of ICMP and ICMPv6 that quote a TCP segment (RFC 792, RFC 4443 section 2.4): the fields of the finder become
/// the quoted ones.
final class IcmpQuotes {
    private static final int ICMP_HEADER = 8, PORTS_AND_SEQUENCE = 8;

    private final SegmentFinder finder;

    IcmpQuotes(SegmentFinder finder) {
        this.finder = finder;
    }

    /// Looks into an ICMP message; one of the other family than its datagram is none.
    void find(MemorySegment bytes, long at, long end, boolean six) {
        if (six == finder.v6
                && end - at >= ICMP_HEADER + Datagram.V4_HEADER + PORTS_AND_SEQUENCE
                && isError(u8(bytes, at), six)) {
            quoted(bytes, at + ICMP_HEADER, end);
        }
    }

    private static boolean isError(int type, boolean six) {
        return six ? type >= 1 && type <= 4 : type >= 3 && type <= 5 || type == 11 || type == 12;
    }

    private void quoted(MemorySegment bytes, long at, long end) {
        int version = u8(bytes, at) >>> 4;
        boolean six = version == 6;
        int header = six ? Datagram.V6_HEADER : (u8(bytes, at) & 0xF) * 4;
        if (version != 4 && !six
                || header < Datagram.V4_HEADER
                || end - at < header + PORTS_AND_SEQUENCE
                || !six && (u16(bytes, at + 6) & 0x1FFF) != 0) {
            return;
        }
        long place = tcp(bytes, at + header, end, u8(bytes, at + (six ? 6 : 9)), six);
        if (place < 0) {
            return;
        }
        finder.addresses(bytes, at, six);
        finder.ports(bytes, place);
        if (end - place < SegmentFinder.TCP_HEADER) {
            finder.flags = SegmentFinder.NO_FLAGS;
            finder.payloadAt = place + PORTS_AND_SEQUENCE;
        } else {
            int control = u16(bytes, place + 12);
            finder.flags = control & 0xFFF;
            finder.payloadAt = place + Math.max(SegmentFinder.TCP_HEADER, (control >>> 12) * 4);
        }
        finder.kind = SegmentFinder.Kind.QUOTED;
    }

    /// Where behind its extension headers a quoted datagram has its TCP header; -1 where it has none that can be read.
    private static long tcp(MemorySegment bytes, long from, long end, int first, boolean six) {
        long at = from;
        int next = first;
        for (int walked = 0; ExtensionHeaders.isOne(next, six) && walked < ExtensionHeaders.MOST; walked++) {
            if (end - at < 8
                    || end - at < ExtensionHeaders.length(bytes, at, next)
                    || next == Datagram.Extension.FRAGMENT && (u16(bytes, at + 2) & 0xFFF8) != 0) {
                return -1;
            }
            int step = ExtensionHeaders.length(bytes, at, next);
            next = u8(bytes, at);
            at += step;
        }
        return next == Datagram.TCP && end - at >= PORTS_AND_SEQUENCE ? at : -1;
    }
}
