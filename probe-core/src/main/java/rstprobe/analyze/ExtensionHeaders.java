package rstprobe.analyze;

import static rstprobe.analyze.Bytes.u32;
import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;
import rstprobe.wire.Datagram;

/// What stands between the fixed header of IP and the transport: the extension headers of IPv6 (RFC 8200 section 4) and
/// the authentication header.
final class ExtensionHeaders {
    /// So many are walked; longer chains are nobody's.
    static final int MOST = 16;

    private static final int JUMBO_OPTION = 0xC2, PAD1_OPTION = 0;

    private ExtensionHeaders() {}

    /// Whether another header follows what is of this kind; the authentication header does so in IPv4 as well.
    static boolean isOne(int next, boolean v6) {
        return switch (next) {
            case Datagram.Extension.AUTHENTICATION -> true;
            case Datagram.Extension.HOP_BY_HOP,
                    Datagram.Extension.ROUTING,
                    Datagram.Extension.FRAGMENT,
                    Datagram.Extension.DESTINATION -> v6;
            default -> false;
        };
    }

    /// Its length in bytes, as it says itself.
    static int length(MemorySegment bytes, long at, int kind) {
        return switch (kind) {
            case Datagram.Extension.FRAGMENT -> 8;
            case Datagram.Extension.AUTHENTICATION -> Math.max(8, (u8(bytes, at + 1) + 2) * 4);
            default -> (u8(bytes, at + 1) + 1) * 8;
        };
    }

    /// How long a datagram is whose length is zero: as its jumbo payload option says (RFC 2675 section 2), or, where
    /// segmentation offload was at work, as its frame.
    static long unstatedLength(MemorySegment bytes, long at, long end, long wireLength) {
        long options = at + Datagram.V6_HEADER;
        if (u8(bytes, at + 6) == Datagram.Extension.HOP_BY_HOP && options + 2 < end) {
            long optionsEnd = Math.min(end, options + (u8(bytes, options + 1) + 1) * 8L);
            for (long place = options + 2; place + 6 <= optionsEnd; ) {
                int option = u8(bytes, place);
                if (option == JUMBO_OPTION && u8(bytes, place + 1) == 4) {
                    return Datagram.V6_HEADER + u32(bytes, place + 2);
                }
                place += option == PAD1_OPTION ? 1 : 2 + u8(bytes, place + 1);
            }
        }
        return Math.max(wireLength, Datagram.V6_HEADER);
    }
}
