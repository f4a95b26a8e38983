package rstprobe.path;

import java.util.List;

/// A size that links and tunnels are known to have, and what it usually means.
///
/// The tunnels' sizes are what is left of an outer packet of 1500 bytes after their headers: IP in IP takes 20
/// (RFC 2003), GRE 24 (RFC 2784), VXLAN 50 (RFC 7348), WireGuard 60 over IPv4 and 80 over IPv6, PPPoE 8
/// (RFC 2516). How common each is is a guess that orders probes and proves nothing.
///
/// @param bytes      of the longest IP packet that it takes
/// @param commonness how often it is met, relative to the others; Ethernet is 100
/// @param cause      an id for reports, such as `wireguard`
/// @param what       the same in words
public record LinkMtu(int bytes, int commonness, String cause, String what) {
    private static final List<LinkMtu> ALL = List.of(
            new LinkMtu(65_535, 2, "loopback", "the longest IP packet"),
            new LinkMtu(9_216, 2, "jumbo-frames", "a switch's longest jumbo frames"),
            new LinkMtu(9_001, 4, "cloud-jumbo", "a cloud network with jumbo frames"),
            new LinkMtu(9_000, 12, "jumbo-frames", "Ethernet with jumbo frames"),
            new LinkMtu(8_951, 1, "vxlan", "VXLAN over jumbo frames of 9001"),
            new LinkMtu(8_950, 3, "vxlan", "VXLAN over jumbo frames"),
            new LinkMtu(8_896, 2, "cloud-jumbo", "a cloud network's longest packets"),
            new LinkMtu(8_500, 4, "transit-gateway", "a cloud's transit gateway"),
            new LinkMtu(1_508, 1, "vlan-slack", "Ethernet with room for two tags"),
            new LinkMtu(1_504, 2, "vlan-slack", "Ethernet with room for a tag"),
            new LinkMtu(1_500, 100, "ethernet", "Ethernet"),
            new LinkMtu(1_496, 4, "unaccounted-tag", "a VLAN tag or MPLS label that nobody accounted for"),
            new LinkMtu(1_492, 20, "pppoe", "PPPoE"),
            new LinkMtu(1_488, 2, "unaccounted-tag", "two MPLS labels that nobody accounted for"),
            new LinkMtu(1_480, 10, "ipip", "IP in IP, or 6in4"),
            new LinkMtu(1_476, 10, "gre", "GRE"),
            new LinkMtu(1_472, 4, "gre", "GRE with a key"),
            new LinkMtu(1_468, 1, "macsec", "MACsec"),
            new LinkMtu(1_464, 2, "gtp", "a mobile network's GTP-U"),
            new LinkMtu(1_460, 10, "cloud-default", "a cloud network's default, L2TP or DS-Lite"),
            new LinkMtu(1_454, 4, "pppoe", "PPPoE with a provider's own tunnel"),
            new LinkMtu(1_450, 14, "vxlan", "VXLAN or Geneve, as in container overlays"),
            new LinkMtu(1_446, 4, "ipsec", "IPsec, ESP with AES-GCM"),
            new LinkMtu(1_442, 2, "geneve", "Geneve with options"),
            new LinkMtu(1_440, 10, "wireguard", "WireGuard over IPv4"),
            new LinkMtu(1_438, 6, "ipsec", "IPsec, ESP with AES-CBC"),
            new LinkMtu(1_432, 3, "wireguard", "WireGuard over IPv4 over PPPoE"),
            new LinkMtu(1_430, 4, "vxlan", "VXLAN over IPv6"),
            new LinkMtu(1_422, 4, "ipsec", "IPsec, ESP with AES-CBC through NAT"),
            new LinkMtu(1_420, 18, "wireguard", "WireGuard, as it comes"),
            new LinkMtu(1_418, 2, "ipsec", "GRE within IPsec"),
            new LinkMtu(1_412, 4, "wireguard", "WireGuard over PPPoE"),
            new LinkMtu(1_410, 3, "vxlan", "VXLAN over a cloud's 1460"),
            new LinkMtu(1_406, 3, "ipsec", "a cloud's VPN"),
            new LinkMtu(1_400, 20, "vpn-convention", "the usual setting of VPN gateways"),
            new LinkMtu(1_394, 1, "wireguard", "WireGuard over PPPoE with a provider's own tunnel"),
            new LinkMtu(1_390, 3, "ipsec", "IPsec, ESP with AES-CBC"),
            new LinkMtu(1_386, 1, "ipsec", "a cloud's VPN over IPv6"),
            new LinkMtu(1_380, 6, "vpn-convention", "a firewall's VPN"),
            new LinkMtu(1_372, 1, "vpn-convention", "a VPN client"),
            new LinkMtu(1_360, 5, "vpn-convention", "a firewall's VPN"),
            new LinkMtu(1_350, 4, "vpn-convention", "a firewall's VPN"),
            new LinkMtu(1_340, 2, "vpn-convention", "an overlay of a mobile or cloud network"),
            new LinkMtu(1_300, 3, "vpn-convention", "a VPN client"),
            new LinkMtu(1_280, 14, "ipv6-minimum", "the least that IPv6 allows, which many overlays take"),
            new LinkMtu(1_006, 1, "slip", "an old serial line"),
            new LinkMtu(576, 5, "dial-up", "an old dial-up line, or a packet-too-big that nobody should believe"),
            new LinkMtu(552, 2, "linux-minimum", "the least that Linux believes"),
            new LinkMtu(508, 1, "dial-up", "an old dial-up line"),
            new LinkMtu(296, 1, "dial-up", "an old dial-up line"));

    /// Every one, longest first.
    public static List<LinkMtu> all() {
        return ALL;
    }

    /// Cipher blocks of 16 bytes leave inner packets whose length and two bytes of trailer are a multiple of that
    /// (RFC 4303 section 2.4).
    private static final int ESP_BLOCK = 16;

    private static final int ESP_TRAILER = 2;
    private static final int SHORTEST_ESP = 1_300;
    private static final int LONGEST_ESP = 1_446;

    /// What a limit of that size usually means, likeliest first: links of that size, or IPsec by its arithmetic; empty
    /// where nothing is known of it.
    public static List<LinkMtu> likely(int bytes) {
        List<LinkMtu> known = of(bytes);
        boolean fits = bytes >= SHORTEST_ESP && bytes <= LONGEST_ESP && (bytes + ESP_TRAILER) % ESP_BLOCK == 0;
        return known.isEmpty() && fits
                ? List.of(new LinkMtu(bytes, 1, "ipsec", "IPsec, ESP with a cipher of 16-byte blocks"))
                : known;
    }

    /// What links of that size are; empty where none is known.
    public static List<LinkMtu> of(int bytes) {
        return ALL.stream().filter(link -> link.bytes == bytes).toList();
    }
}
