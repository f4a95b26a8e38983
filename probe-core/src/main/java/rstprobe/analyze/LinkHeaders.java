package rstprobe.analyze;

import static rstprobe.analyze.Bytes.i32;
import static rstprobe.analyze.Bytes.u16;
import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;
import rstprobe.wire.EtherType;
import rstprobe.wire.LinkType;

/// The headers of links, by LINKTYPE number (tcpdump.org/linktypes.html): what they carry and where it begins.
final class LinkHeaders {
    static final int ETHERNET = LinkType.ETHERNET, IEEE_802_11 = 105, PPP = 9, RAW = LinkType.RAW;
    private static final int SLIP = 8, FDDI = 10, PPP_HDLC = 50, PPPOE = 51, CISCO_HDLC = 104, FRAME_RELAY = 107;
    private static final int RADIOTAP = 127, PPP_PPPD = 166, PPP_WITH_DIRECTION = 204, NFLOG = 239, INFINIBAND = 242;
    private static final int PACKET_FILTER_LOG = 117, PER_PACKET_INFORMATION = 192, PACKET_TAP = 258;

    /// A global routing header, then the four bytes of RFC 4391 section 6.
    private static final int INFINIBAND_ROUTING = 40, INFINIBAND_HEADER = 44;
    private static final int ETHERNET_HEADER = 14, SLL_HEADER = 16, SLL2_HEADER = 20, FAMILY_HEADER = 4;
    private static final int SLIP_HEADER = 16, FDDI_HEADER = 13, PPPOE_HEADER = 6, NFLOG_HEADER = 4, NFLOG_PAYLOAD = 9;

    /// AF_INET everywhere; AF_INET6 on Linux, NetBSD, FreeBSD and macOS.
    private static final int INET = 2, INET6_LINUX = 10, INET6_NETBSD = 24, INET6_FREEBSD = 28, INET6_MACOS = 30;
    private static final int CISCO_HDLC_HEADER = 4, CISCO_UNICAST = 0x0F00;
    private static final int PER_PACKET_HEADER = 8, PACKET_TAP_HEADER = 12;

    /// RFC 1661 section 2; RFC 1332, RFC 5072 and RFC 3032 for those that matter.
    private static final int PPP_IPV4 = 0x21, PPP_IPV6 = 0x57, PPP_MPLS = 0x281;

    /// LLC: a sub-network access protocol header, and IP without one.
    private static final int LLC_SNAP = 0xAAAA, LLC_IP = 0x0606, LLC_UNNUMBERED = 3, SNAP_HEADER = 8, LLC_HEADER = 3;

    /// What the header says follows, as an EtherType; -1 where nothing that is read does.
    int etherType;

    /// Where that begins.
    long at;

    /// Whether the wire decoder does not read such a link.
    boolean unusual;

    /// Strips the header of a link.
    ///
    /// @return whether this link type is read at all
    boolean strip(MemorySegment bytes, long from, long end, int link) {
        etherType = -1;
        at = from;
        unusual = !LinkType.isRead(link);
        switch (link) {
            case ETHERNET -> typed(bytes, from + ETHERNET_HEADER, end, from + 12);
            case LinkType.LINUX_SLL -> typed(bytes, from + SLL_HEADER, end, from + 14);
            case LinkType.LINUX_SLL2 -> typed(bytes, from + SLL2_HEADER, end, from);
            case LinkType.RAW, LinkType.RAW_DLT, LinkType.RAW_DLT_OPENBSD, LinkType.IPV4, LinkType.IPV6 -> ip(from);
            case LinkType.NULL, LinkType.LOOP -> family(bytes, from, end);
            case INFINIBAND -> typed(bytes, from + INFINIBAND_HEADER, end, from + INFINIBAND_ROUTING);
            case CISCO_HDLC -> ciscoHdlc(bytes, from, end);
            case PPP, PPP_HDLC -> serial(bytes, from, end);
            case PPP_WITH_DIRECTION, PPP_PPPD -> ppp(bytes, from + 1, end);
            case PPPOE -> ppp(bytes, from + PPPOE_HEADER, end);
            case SLIP -> ip(from + SLIP_HEADER);
            case FDDI -> llc(bytes, from + FDDI_HEADER, end);
            case FRAME_RELAY -> frameRelay(bytes, from, end);
            case IEEE_802_11 -> wireless(bytes, from, end, false);
            case RADIOTAP -> radiotap(bytes, from, end);
            case NFLOG -> nflog(bytes, from, end);
            case PER_PACKET_INFORMATION -> perPacketInformation(bytes, from, end);
            case PACKET_TAP -> packetTap(bytes, from, end);
            case PACKET_FILTER_LOG -> packetFilterLog(bytes, from, end);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void ip(long from) {
        etherType = EtherType.IPV4;
        at = from;
    }

    private void typed(MemorySegment bytes, long from, long end, long typeAt) {
        if (from > end) {
            return;
        }
        int type = u16(bytes, typeAt);
        if (type < EtherType.SMALLEST) {
            llc(bytes, from, end);
        } else {
            etherType = type;
            at = from;
        }
    }

    void llc(MemorySegment bytes, long from, long end) {
        if (end - from < LLC_HEADER || u8(bytes, from + 2) != LLC_UNNUMBERED) {
            return;
        }
        int points = u16(bytes, from);
        if (points == LLC_IP) {
            ip(from + LLC_HEADER);
        } else if (points == LLC_SNAP && end - from >= SNAP_HEADER && i32(bytes, from + 2) << 8 == 0) {
            etherType = u16(bytes, from + 6);
            at = from + SNAP_HEADER;
        }
    }

    private void family(MemorySegment bytes, long from, long end) {
        if (end - from < FAMILY_HEADER) {
            return;
        }
        int family = u16(bytes, from) == 0 ? u16(bytes, from + 2) : Integer.reverseBytes(i32(bytes, from));
        family(family, from + FAMILY_HEADER);
    }

    private void family(int family, long place) {
        switch (family) {
            case INET, INET6_LINUX, INET6_NETBSD, INET6_FREEBSD, INET6_MACOS -> ip(place);
            default -> {}
        }
    }

    private void ciscoHdlc(MemorySegment bytes, long from, long end) {
        typed(bytes, from + CISCO_HDLC_HEADER, end, from + 2);
    }

    /// Cisco's framing is found under PPP's numbers as well; its addresses, unicast and multicast, are none of PPP's.
    private void serial(MemorySegment bytes, long from, long end) {
        boolean cisco = end - from >= CISCO_HDLC_HEADER && (u16(bytes, from) & 0x7FFF) == CISCO_UNICAST;
        if (cisco) {
            ciscoHdlc(bytes, from, end);
        } else {
            ppp(bytes, from, end);
        }
    }

    /// CACE's: version and flags, its length and a link type, both little-endian, and what else it tells.
    private void perPacketInformation(MemorySegment bytes, long from, long end) {
        if (end - from >= PER_PACKET_HEADER) {
            annotated(bytes, from, end, little(bytes, from) >>> 16, little(bytes, from + 4));
        }
    }

    /// Apple's: its length, what kind of record it is and a link type, and which process and interface it was.
    private void packetTap(MemorySegment bytes, long from, long end) {
        if (end - from >= PACKET_TAP_HEADER) {
            annotated(bytes, from, end, little(bytes, from), little(bytes, from + 8));
        }
    }

    /// A frame of a link type that stands behind its annotation; an annotation within one is none.
    private void annotated(MemorySegment bytes, long from, long end, int length, int link) {
        boolean again = link == PER_PACKET_INFORMATION || link == PACKET_TAP;
        if (!again && length > 0 && length <= end - from) {
            strip(bytes, from + length, end, link);
            unusual = true;
        }
    }

    private static int little(MemorySegment bytes, long at) {
        return Integer.reverseBytes(i32(bytes, at));
    }

    /// Of the packet filter of the BSDs: its length without what pads it, the address family, and which rule it was.
    private void packetFilterLog(MemorySegment bytes, long from, long end) {
        if (end - from >= FAMILY_HEADER) {
            family(u8(bytes, from + 1), from + (u8(bytes, from) + 3 & ~3));
        }
    }

    /// Address and control may be left out, and the protocol's first byte (RFC 1661 section 6.5 and 6.6).
    void ppp(MemorySegment bytes, long from, long end) {
        etherType = -1;
        long place = end - from >= 2 && u16(bytes, from) == 0xFF03 ? from + 2 : from;
        if (end - place < 2) {
            return;
        }
        boolean compressed = (u8(bytes, place) & 1) != 0;
        int protocol = compressed ? u8(bytes, place) : u16(bytes, place);
        at = place + (compressed ? 1 : 2);
        etherType = switch (protocol) {
            case PPP_IPV4 -> EtherType.IPV4;
            case PPP_IPV6 -> EtherType.IPV6;
            case PPP_MPLS -> Tunnels.MPLS;
            default -> -1;
        };
    }

    /// Two bytes of address, then RFC 2427: control, a network layer protocol identifier, perhaps SNAP.
    private void frameRelay(MemorySegment bytes, long from, long end) {
        long place = from + 2;
        if (end - place < 2 || u8(bytes, place) != LLC_UNNUMBERED) {
            return;
        }
        int identifier = u8(bytes, place + 1);
        if (identifier == 0 && end - place >= 3) {
            place++;
            identifier = u8(bytes, place + 1);
        }
        switch (identifier) {
            case 0xCC, 0x8E -> ip(place + 2);
            case 0x80 -> {
                if (end - place >= 7) {
                    etherType = u16(bytes, place + 5);
                    at = place + 7;
                }
            }
            default -> {}
        }
    }

    private void radiotap(MemorySegment bytes, long from, long end) {
        if (end - from < 8) {
            return;
        }
        int length = Integer.reverseBytes(i32(bytes, from)) >>> 16;
        int present = Integer.reverseBytes(i32(bytes, from + 4));
        long fields = from + 8;
        for (int word = present; word < 0 && end - fields >= 4; fields += 4) {
            word = Integer.reverseBytes(i32(bytes, fields));
        }
        if ((present & 1) != 0) {
            fields = from + (fields - from + 7 & ~7L) + 8;
        }
        boolean padded = (present & 2) != 0 && fields < Math.min(end, from + length) && (u8(bytes, fields) & 0x20) != 0;
        if (end - from >= length) {
            wireless(bytes, from + length, end, padded);
        }
    }

    /// IEEE 802.11 section 9.2: a data frame that is not encrypted.
    private void wireless(MemorySegment bytes, long from, long end, boolean padded) {
        if (end - from < 24) {
            return;
        }
        int control = u8(bytes, from);
        int more = u8(bytes, from + 1);
        boolean data = (control & 0x0C) == 0x08 && (control & 0x40) == 0;
        if (!data || (more & 0x40) != 0) {
            return;
        }
        boolean service = (control & 0x80) != 0;
        int header = 24 + ((more & 3) == 3 ? 6 : 0);
        if (service) {
            header += 2 + ((more & 0x80) != 0 ? 4 : 0);
        }
        llc(bytes, from + (padded ? header + 3 & ~3 : header), end);
    }

    /// A family, then attributes as netlink has them: length and type in the byte order of the writing host.
    private void nflog(MemorySegment bytes, long from, long end) {
        long place = from + NFLOG_HEADER;
        while (end - place >= 4) {
            int length = u16(bytes, place);
            int type = u16(bytes, place + 2);
            boolean little = type > 0xFF || length > 0xFF && (type & 0xFF) == 0;
            length = little ? Short.toUnsignedInt(Short.reverseBytes((short) length)) : length;
            type = (little ? Short.toUnsignedInt(Short.reverseBytes((short) type)) : type) & 0x7FFF;
            if (length < 4) {
                return;
            }
            if (type == NFLOG_PAYLOAD) {
                ip(place + 4);
                return;
            }
            place += length + 3 & ~3;
        }
    }
}
