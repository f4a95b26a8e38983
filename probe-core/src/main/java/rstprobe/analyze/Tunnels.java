package rstprobe.analyze;

import static rstprobe.analyze.Bytes.u16;
import static rstprobe.analyze.Bytes.u8;

import java.lang.foreign.MemorySegment;
import rstprobe.wire.EtherType;

/// What lies between two layers: VLAN tags, provider backbones, bridge extensions, PPPoE, MPLS, GRE with ERSPAN, and
/// what
/// travels in UDP (VXLAN, Geneve, GTP-U, MPLS, GRE). WireGuard and whatever else is encrypted stays closed.
final class Tunnels {
    static final int MPLS = 0x8847;

    private static final int MPLS_MULTICAST = 0x8848, ETHERNET_BRIDGING = 0x6558, ERSPAN_2 = 0x88BE, ERSPAN_3 = 0x22EB;
    private static final int PPP_IN_GRE = 0x880B, WCCP = 0x883E;

    /// Aruba's range, with frames of IEEE 802.11 inside.
    private static final int ARUBA_FIRST = 0x8200, ARUBA_LAST = 0x8210, ARUBA_OTHER = 0x9000;

    /// IEEE 802.1ah: a customer's whole frame behind four bytes.
    private static final int BACKBONE = 0x88E7, BACKBONE_TAG = 4;
    /// Tags that end with the EtherType of what follows: of IEEE 802.1BR and its forerunner, and Cisco's metadata with
    /// the
    /// group that the sender belongs to in a TrustSec domain.
    private static final int E_TAG = 0x893F, VN_TAG = 0x8926, GROUP_TAG = 0x8909;

    /// RFC 7348, RFC 8926, RFC 7510, RFC 8086, 3GPP TS 29.281, and VXLAN's draft with a next protocol.
    private static final int VXLAN = 4789,
            VXLAN_GPE = 4790,
            GENEVE = 6081,
            MPLS_UDP = 6635,
            GRE_UDP = 4754,
            GTP_U = 2152;
    private static final int VLAN_TAG = 4, LABEL = 4, PPPOE_HEADER = 6, MOST_LABELS = 16;

    private final SegmentFinder finder;
    private final LinkHeaders ppp = new LinkHeaders();

    Tunnels(SegmentFinder finder) {
        this.finder = finder;
    }

    boolean isLayer(int etherType) {
        return isVlan(etherType)
                || etherType == EtherType.PPPOE_SESSION
                || etherType == MPLS
                || etherType == MPLS_MULTICAST
                || etherType == BACKBONE
                || typedTag(etherType) > 0;
    }

    private static boolean isVlan(int etherType) {
        return switch (etherType) {
            case EtherType.VLAN, EtherType.SERVICE_VLAN, EtherType.OLD_QINQ, EtherType.OLDER_QINQ -> true;
            default -> false;
        };
    }

    /// The length of a tag that ends with an EtherType; 0 for anything else.
    private static int typedTag(int etherType) {
        return switch (etherType) {
            case VN_TAG -> 6;
            case E_TAG, GROUP_TAG -> 8;
            default -> 0;
        };
    }

    /// One header told by an EtherType, and what follows it.
    void layer(int etherType, MemorySegment bytes, long at, long end, long wireLength) {
        if (isVlan(etherType)) {
            tag(bytes, at, end, wireLength);
        } else if (etherType == EtherType.PPPOE_SESSION) {
            pointToPoint(bytes, at + PPPOE_HEADER, end, wireLength - PPPOE_HEADER);
        } else if (etherType == BACKBONE) {
            finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + BACKBONE_TAG, end, wireLength - BACKBONE_TAG);
        } else if (typedTag(etherType) > 0) {
            behind(typedTag(etherType), bytes, at, end, wireLength);
        } else {
            finder.wrapped = true;
            labels(bytes, at, end, wireLength);
        }
    }

    /// What comes behind a header that ends with its EtherType.
    private void behind(int header, MemorySegment bytes, long at, long end, long wireLength) {
        finder.wrapped = true;
        if (end - at >= header) {
            finder.ether(u16(bytes, at + header - 2), bytes, at + header, end, wireLength - header);
        }
    }

    private void tag(MemorySegment bytes, long at, long end, long wireLength) {
        if (end - at < VLAN_TAG) {
            return;
        }
        int type = u16(bytes, at + 2);
        long from = at + VLAN_TAG;
        if (type < EtherType.SMALLEST) {
            ppp.etherType = -1;
            ppp.llc(bytes, from, end);
            if (ppp.etherType >= 0) {
                finder.ether(ppp.etherType, bytes, ppp.at, end, wireLength - (ppp.at - at));
            }
        } else {
            finder.ether(type, bytes, from, end, wireLength - VLAN_TAG);
        }
    }

    private void pointToPoint(MemorySegment bytes, long at, long end, long wireLength) {
        ppp.ppp(bytes, at, end);
        if (ppp.etherType >= 0) {
            finder.ether(ppp.etherType, bytes, ppp.at, end, wireLength - (ppp.at - at));
        }
    }

    /// RFC 3032; below the last label IP tells itself by its version, and a pseudowire by its control word (RFC 4385).
    private void labels(MemorySegment bytes, long from, long end, long wireLength) {
        long at = from;
        for (int i = 0; i < MOST_LABELS && end - at >= LABEL; i++) {
            boolean last = (u8(bytes, at + 2) & 1) != 0;
            at += LABEL;
            if (last && end - at >= LABEL) {
                long left = wireLength - (at - from);
                switch (u8(bytes, at) >>> 4) {
                    case 4, 6 -> finder.innerIp(bytes, at, end, left);
                    case 0 -> finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + 4, end, left - 4);
                    default -> {}
                }
                return;
            }
        }
    }

    /// RFC 2784, RFC 2890, and RFC 2637 section 4.1 for version 1.
    void gre(MemorySegment bytes, long at, long end, long wireLength) {
        if (end - at < 4) {
            return;
        }
        int control = u16(bytes, at);
        int type = u16(bytes, at + 2);
        int header = 4;
        header += (control & 0xC000) != 0 ? 4 : 0;
        header += (control & 0x2000) != 0 ? 4 : 0;
        boolean numbered = (control & 0x1000) != 0;
        header += numbered ? 4 : 0;
        header += (control & 7) == 1 && (control & 0x80) != 0 ? 4 : 0;
        boolean routed = (control & 0x4000) != 0;
        if (routed || end - at <= header) {
            return;
        }
        inGre(type, numbered, bytes, at + header, end, wireLength - header);
    }

    private void inGre(int type, boolean numbered, MemorySegment bytes, long at, long end, long left) {
        finder.wrapped = true;
        switch (type) {
            case EtherType.IPV4, EtherType.IPV6 -> finder.innerIp(bytes, at, end, left);
            case ETHERNET_BRIDGING -> finder.innerFrame(LinkHeaders.ETHERNET, bytes, at, end, left);
            // Without a sequence number it is ERSPAN's first form, which has no header.
            case ERSPAN_2 -> {
                int skip = numbered ? 8 : 0;
                finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + skip, end, left - skip);
            }
            case ERSPAN_3 -> {
                int skip = end - at >= 12 && (u8(bytes, at + 11) & 1) != 0 ? 20 : 12;
                finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + skip, end, left - skip);
            }
            case PPP_IN_GRE -> finder.innerFrame(LinkHeaders.PPP, bytes, at, end, left);
            // A redirect header, which may be left out.
            case WCCP -> {
                int skip = u8(bytes, at) >>> 4 == 4 ? 0 : 4;
                finder.innerIp(bytes, at + skip, end, left - skip);
            }
            default -> {
                if (type >= ARUBA_FIRST && type <= ARUBA_LAST || type == ARUBA_OTHER) {
                    finder.innerFrame(LinkHeaders.IEEE_802_11, bytes, at, end, left);
                } else {
                    finder.ether(type, bytes, at, end, left);
                }
            }
        }
    }

    static boolean isPort(int port) {
        return switch (port) {
            case VXLAN, VXLAN_GPE, GENEVE, MPLS_UDP, GRE_UDP, GTP_U -> true;
            default -> false;
        };
    }

    void inUdp(int port, MemorySegment bytes, long at, long end, long left) {
        if (end - at < 8) {
            return;
        }
        switch (port) {
            case VXLAN -> finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + 8, end, left - 8);
            case VXLAN_GPE -> nextProtocol(u8(bytes, at + 3), bytes, at + 8, end, left - 8);
            case GENEVE -> {
                int header = 8 + (u8(bytes, at) & 0x3F) * 4;
                int type = u16(bytes, at + 2);
                if (type == ETHERNET_BRIDGING) {
                    finder.innerFrame(LinkHeaders.ETHERNET, bytes, at + header, end, left - header);
                } else if (at + header < end) {
                    finder.innerLayer(type, bytes, at + header, end, left - header);
                }
            }
            case MPLS_UDP -> finder.innerLayer(MPLS, bytes, at, end, left);
            case GRE_UDP -> gre(bytes, at, end, left);
            case GTP_U -> gtp(bytes, at, end, left);
            default -> {}
        }
    }

    private void nextProtocol(int next, MemorySegment bytes, long at, long end, long left) {
        switch (next) {
            case 1, 2 -> finder.innerIp(bytes, at, end, left);
            case 3 -> finder.innerFrame(LinkHeaders.ETHERNET, bytes, at, end, left);
            default -> {}
        }
    }

    /// A user's datagram (message type 255) of version 1, with extension headers that say their length in words.
    private void gtp(MemorySegment bytes, long at, long end, long left) {
        int control = u8(bytes, at);
        if (control >>> 5 != 1 || u8(bytes, at + 1) != 0xFF) {
            return;
        }
        long place = at + 8;
        if ((control & 7) != 0) {
            place += 4;
            boolean extended = (control & 4) != 0;
            for (int i = 0;
                    extended && i < SegmentFinder.MOST_NESTED && place < end && u8(bytes, place - 1) != 0;
                    i++) {
                int words = u8(bytes, place);
                if (words == 0) {
                    return;
                }
                place += words * 4L;
            }
        }
        finder.innerIp(bytes, place, end, left - (place - at));
    }
}
