package rstprobe.wire;

/// LINKTYPE numbers that the decoder reads (tcpdump.org/linktypes.html).
public final class LinkType {
    /// BSD loopback: a four-byte address family in the capturing host's byte order.
    public static final int NULL = 0;

    /// IEEE 802.3.
    public static final int ETHERNET = 1;

    /// Raw IP, as `DLT_RAW` is numbered on most systems and on OpenBSD; some writers do not map it to [#RAW].
    public static final int RAW_DLT = 12, RAW_DLT_OPENBSD = 14;

    /// Raw IP: the first four bits are the version.
    public static final int RAW = 101;

    /// OpenBSD loopback: a four-byte address family in network order.
    public static final int LOOP = 108;

    /// Linux cooked capture, first version.
    public static final int LINUX_SLL = 113;

    /// Raw IPv4 and raw IPv6.
    public static final int IPV4 = 228, IPV6 = 229;

    /// Linux cooked capture, second version.
    public static final int LINUX_SLL2 = 276;

    private LinkType() {}

    /// True for the numbers above; the others decode to [Decoded.UnknownLink].
    public static boolean isRead(int linkType) {
        return switch (linkType) {
            case NULL, ETHERNET, RAW_DLT, RAW_DLT_OPENBSD, RAW, LOOP, LINUX_SLL, IPV4, IPV6, LINUX_SLL2 -> true;
            default -> false;
        };
    }
}
