package rstprobe.capture;

/// What the first byte of a frame belongs to: the LINKTYPE_ number that pcap and pcapng files carry
/// (tcpdump.org/linktypes.html).
///
/// Only the types an IP tool meets have a name here; every other number is kept as it is, so that a file with it can
/// still be read, counted and written again. The live DLT_RAW numbers 12 (Linux) and 14 (OpenBSD) become [#RAW].
///
/// @param code the LINKTYPE_ number, 0 to [#MAX_CODE]
public record LinkType(int code) {
    /// The largest number: pcap and pcapng both give it 16 bits.
    public static final int MAX_CODE = 0xFFFF;

    /// BSD loopback: a 4-byte address family in the byte order of the writing host, then the datagram.
    public static final LinkType NULL = new LinkType(0);

    /// Ethernet II and IEEE 802.3, VLAN tags included.
    public static final LinkType ETHERNET = new LinkType(1);

    /// An IPv4 or IPv6 datagram; the version nibble tells which.
    public static final LinkType RAW = new LinkType(101);

    /// OpenBSD loopback: as [#NULL] with the family in network byte order.
    public static final LinkType LOOP = new LinkType(108);

    /// Linux "cooked" capture, 16 bytes: `tcpdump -i any` of libpcap before 1.10.
    public static final LinkType LINUX_SLL = new LinkType(113);

    /// An IPv4 datagram.
    public static final LinkType IPV4 = new LinkType(228);

    /// An IPv6 datagram.
    public static final LinkType IPV6 = new LinkType(229);

    /// Linux "cooked" capture, 20 bytes: `tcpdump -i any` of today.
    public static final LinkType LINUX_SLL2 = new LinkType(276);

    public LinkType {
        if (code < 0 || code > MAX_CODE) {
            throw new IllegalArgumentException("a link type is 0 to " + MAX_CODE + ", not " + code);
        }
        if (code == 12 || code == 14) {
            code = 101;
        }
    }

    /// The usual short name, or `link type N` for a number without one.
    @Override
    public String toString() {
        return switch (code) {
            case 0 -> "null";
            case 1 -> "ethernet";
            case 101 -> "raw";
            case 108 -> "loop";
            case 113 -> "linux-sll";
            case 228 -> "ipv4";
            case 229 -> "ipv6";
            case 276 -> "linux-sll2";
            default -> "link type " + code;
        };
    }
}
