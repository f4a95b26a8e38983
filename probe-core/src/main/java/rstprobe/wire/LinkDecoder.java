package rstprobe.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the link layer and hands the datagram on.
final class LinkDecoder {
    /// VLAN tags that are unwrapped.
    static final int MOST_VLANS = 8;

    private static final int ETHERNET_HEADER = 14, VLAN_TAG = 4, SNAP_HEADER = 8;
    private static final int SLL_HEADER = 16, SLL2_HEADER = 20, FAMILY_HEADER = 4;

    /// PPPoE session header (RFC 2516 section 4) with the PPP protocol field.
    private static final int PPPOE_HEADER = 8;

    /// LLC header of SNAP with organisation 0 (RFC 1042).
    private static final long SNAP = 0xaaaa_0300_0000L;

    /// AF_INET everywhere; AF_INET6 on Linux, NetBSD, FreeBSD and macOS.
    private static final int INET = 2, INET6_LINUX = 10, INET6_NETBSD = 24, INET6_FREEBSD = 28, INET6_MACOS = 30;

    private LinkDecoder() {}

    static Decoded decode(int linkType, Slice frame, int wireLength) {
        return switch (linkType) {
            case LinkType.ETHERNET -> ethernet(frame, wireLength);
            case LinkType.LINUX_SLL -> cooked(frame, wireLength);
            case LinkType.LINUX_SLL2 -> cooked2(frame, wireLength);
            case LinkType.RAW, LinkType.RAW_DLT, LinkType.RAW_DLT_OPENBSD, LinkType.IPV4, LinkType.IPV6 ->
                Decoder.decodeIp(frame, wireLength, Link.NONE);
            case LinkType.NULL, LinkType.LOOP -> family(frame, wireLength);
            default -> new Decoded.UnknownLink(linkType);
        };
    }

    private static Decoded ethernet(Slice frame, int wireLength) {
        if (frame.length() < ETHERNET_HEADER) {
            return Shortfall.inFrame("Ethernet header", frame, wireLength, ETHERNET_HEADER);
        }
        Optional<MacAddress> destination = Optional.of(MacAddress.of(frame.range(0, MacAddress.BYTES)));
        Optional<MacAddress> source = Optional.of(MacAddress.of(frame.range(MacAddress.BYTES, MacAddress.BYTES)));
        Link bare = new Link(source, destination, List.of(), OptionalInt.empty(), ETHERNET_HEADER);
        return tagged(frame, wireLength, bare, frame.u16(12));
    }

    /// Packet type, hardware type, address length, address, protocol.
    private static Decoded cooked(Slice frame, int wireLength) {
        if (frame.length() < SLL_HEADER) {
            return Shortfall.inFrame("SLL header", frame, wireLength, SLL_HEADER);
        }
        Optional<MacAddress> source = cookedSource(frame.u16(4), frame.range(6, 8));
        Link bare = new Link(source, Optional.empty(), List.of(), OptionalInt.of(frame.u16(0)), SLL_HEADER);
        return tagged(frame, wireLength, bare, frame.u16(14));
    }

    /// Protocol, reserved, interface index, hardware type, packet type, address length, address.
    private static Decoded cooked2(Slice frame, int wireLength) {
        if (frame.length() < SLL2_HEADER) {
            return Shortfall.inFrame("SLL2 header", frame, wireLength, SLL2_HEADER);
        }
        Optional<MacAddress> source = cookedSource(frame.u8(11), frame.range(12, 8));
        Link bare = new Link(source, Optional.empty(), List.of(), OptionalInt.of(frame.u8(10)), SLL2_HEADER);
        return tagged(frame, wireLength, bare, frame.u16(0));
    }

    private static Optional<MacAddress> cookedSource(int length, Slice address) {
        return length == MacAddress.BYTES
                ? Optional.of(MacAddress.of(address.range(0, MacAddress.BYTES)))
                : Optional.empty();
    }

    /// Unwraps VLAN tags, a SNAP header and a PPPoE session; what is left is IP or not.
    private static Decoded tagged(Slice frame, int wireLength, Link bare, int firstType) {
        List<Link.Vlan> vlans = new ArrayList<>();
        int at = bare.headerLength();
        int type = firstType;
        while (EtherType.isVlan(type)) {
            Slice tag = frame.from(at);
            if (tag.length() < VLAN_TAG) {
                return Shortfall.inFrame("VLAN tag", tag, wireLength - at, VLAN_TAG);
            }
            if (vlans.size() == MOST_VLANS) {
                return new Decoded.Malformed("more than " + MOST_VLANS + " VLAN tags", tag.offset(), Optional.empty());
            }
            vlans.add(new Link.Vlan(type, tag.u16(0)));
            type = tag.u16(2);
            at += VLAN_TAG;
        }
        if (type < EtherType.SMALLEST && isSnap(frame.from(at))) {
            type = frame.u16(at + SNAP_HEADER - 2);
            at += SNAP_HEADER;
        }
        if (type == EtherType.PPPOE_SESSION && frame.length() - at >= PPPOE_HEADER) {
            type = etherTypeOfPpp(frame.u16(at + PPPOE_HEADER - 2));
            at += PPPOE_HEADER;
        }
        Link link = new Link(bare.source(), bare.destination(), vlans, bare.packetType(), at);
        return type == EtherType.IPV4 || type == EtherType.IPV6
                ? Decoder.decodeIp(frame.from(at), wireLength - at, link)
                : new Decoded.NotIp(link, type);
    }

    /// The protocol field of PPP (RFC 1661 section 2; RFC 1332 and RFC 5072 for the two that matter).
    private static int etherTypeOfPpp(int protocol) {
        return switch (protocol) {
            case 0x0021 -> EtherType.IPV4;
            case 0x0057 -> EtherType.IPV6;
            default -> EtherType.PPPOE_SESSION;
        };
    }

    private static boolean isSnap(Slice bytes) {
        return bytes.length() >= SNAP_HEADER && bytes.i64(0) >>> 16 == SNAP;
    }

    private static Decoded family(Slice frame, int wireLength) {
        if (frame.length() < FAMILY_HEADER) {
            return Shortfall.inFrame("address family", frame, wireLength, FAMILY_HEADER);
        }
        Link link = new Link(Optional.empty(), Optional.empty(), List.of(), OptionalInt.empty(), FAMILY_HEADER);
        // Families are small numbers, so only one of the two byte orders gives one below 2^16.
        int family = frame.u16(0) == 0 ? frame.u16(2) : Integer.reverseBytes(frame.i32(0));
        return switch (family) {
            case INET, INET6_LINUX, INET6_NETBSD, INET6_FREEBSD, INET6_MACOS ->
                Decoder.decodeIp(frame.from(FAMILY_HEADER), wireLength - FAMILY_HEADER, link);
            default -> new Decoded.NotIp(link, family);
        };
    }
}
