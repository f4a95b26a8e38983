package rstprobe.wire;

/// EtherType numbers (IANA ieee-802-numbers).
public final class EtherType {
    /// IPv4 and IPv6.
    public static final int IPV4 = 0x0800, IPV6 = 0x86dd;

    /// VLAN tags: IEEE 802.1Q, 802.1ad, and two numbers used before 802.1ad.
    public static final int VLAN = 0x8100, SERVICE_VLAN = 0x88a8, OLD_QINQ = 0x9100, OLDER_QINQ = 0x9200;

    /// A PPP session over Ethernet (RFC 2516).
    public static final int PPPOE_SESSION = 0x8864;

    /// The smallest EtherType; what is less is an IEEE 802.3 length.
    public static final int SMALLEST = 0x0600;

    private EtherType() {}

    /// True where a VLAN tag follows.
    static boolean isVlan(int etherType) {
        return etherType == VLAN || etherType == SERVICE_VLAN || etherType == OLD_QINQ || etherType == OLDER_QINQ;
    }
}
