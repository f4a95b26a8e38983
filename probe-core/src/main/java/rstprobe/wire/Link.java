package rstprobe.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What the link layer says of a frame.
///
/// @param source the sending station's Ethernet address, where the link has one: a reset from another station
///     than the server's other segments is evidence
/// @param destination the receiving station's Ethernet address; cooked captures (SLL) do not keep it
/// @param vlans the VLAN tags, outermost first
/// @param packetType of a cooked capture: 0 to us, 1 broadcast, 2 multicast, 3 to others, 4 from us
/// @param headerLength bytes before the datagram
public record Link(
        Optional<MacAddress> source,
        Optional<MacAddress> destination,
        List<Vlan> vlans,
        OptionalInt packetType,
        int headerLength) {
    /// No link layer: raw IP, or a datagram quoted by an ICMP error.
    public static final Link NONE = new Link(Optional.empty(), Optional.empty(), List.of(), OptionalInt.empty(), 0);

    /// Keeps its own copy of the tags.
    public Link {
        vlans = List.copyOf(vlans);
    }

    /// One tag of IEEE 802.1Q or 802.1ad.
    ///
    /// @param protocol the EtherType that announced it, such as 0x8100 or 0x88a8
    /// @param control priority (3 bits), drop eligible (1 bit) and identifier (12 bits)
    public record Vlan(int protocol, int control) {
        /// The VLAN identifier, 0..4095.
        public int identifier() {
            return control & 0xfff;
        }

        /// The priority, 0..7.
        public int priority() {
            return control >>> 13;
        }
    }
}
