package rstprobe.analyze;

import static rstprobe.analyze.Bytes.i32;
import static rstprobe.analyze.Bytes.i64;
import static rstprobe.analyze.Bytes.u16;

import java.lang.foreign.MemorySegment;

/// A frame of Ethernet, IPv4 without options or fragments, and TCP: nearly every one of nearly every capture. What the
/// passes ask of each of them is told here from a handful of loads; the rest goes to a [SegmentFinder].
final class PlainFrame {
    private static final int HEADERS = 54;

    /// Where what is loaded begins: EtherType to identification, fragment to protocol, addresses, ports, control bits.
    private static final int TYPE = 12, FRAGMENT = 20, ADDRESSES = 26, PORTS = 34, CONTROL = 46;
    private static final int IP_HEADER = 20, TCP_HEADER = 20;

    /// EtherType 0x0800, version 4, a header of five words.
    private static final long IPV4 = 0x0800_45L;

    /// More fragments, an offset, and the protocol.
    private static final long PARTS_AND_PROTOCOL = 0x3FFF_00FF_0000_0000L, TCP = 0x0000_0006_0000_0000L;

    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private PlainFrame() {}

    static boolean is(MemorySegment bytes, long at, int captured, int link) {
        if (link != LinkHeaders.ETHERNET || captured < HEADERS) {
            return false;
        }
        long first = i64(bytes, at + TYPE);
        if (first >>> 40 != IPV4 || (i64(bytes, at + FRAGMENT) & PARTS_AND_PROTOCOL) != TCP) {
            return false;
        }
        int header = (u16(bytes, at + CONTROL) >>> 12) * 4;
        return header >= TCP_HEADER && IP_HEADER + header <= (first >>> 16 & 0xFFFF);
    }

    /// The flags of TCP, 12 bits.
    static int flags(MemorySegment bytes, long at) {
        return u16(bytes, at + CONTROL) & 0xFFF;
    }

    /// Both addresses, the source first.
    static long addresses(MemorySegment bytes, long at) {
        return i64(bytes, at + ADDRESSES);
    }

    /// Both ports, the source first.
    static int ports(MemorySegment bytes, long at) {
        return i32(bytes, at + PORTS);
    }

    /// Whether a tuple is the one that stands for both directions.
    static boolean isForward(long addresses, int ports) {
        long source = addresses >>> 32;
        long destination = addresses & 0xFFFF_FFFFL;
        return source < destination || source == destination && ports >>> 16 <= (ports & 0xFFFF);
    }

    /// The number of a tuple that stands for both directions; others may share it.
    static long hash(long addresses, int ports) {
        long mixed = (addresses ^ TupleKey.SEED) * MIX;
        mixed = (mixed ^ mixed >>> 32 ^ ports) * TupleKey.SEED;
        mixed = (mixed ^ mixed >>> 32) * MIX;
        return mixed ^ mixed >>> 29;
    }
}
