package rstprobe.wire;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What one captured frame turned out to be.
public sealed interface Decoded {
    /// The datagram, where there was a readable one.
    Optional<Datagram> datagram();

    /// A decoded thing that sits in a datagram.
    sealed interface InDatagram extends Decoded {
        /// The datagram around it.
        Datagram ip();

        @Override
        default Optional<Datagram> datagram() {
            return Optional.of(ip());
        }
    }

    /// A TCP segment (RFC 9293): its fixed header was captured, its options and payload perhaps in part.
    ///
    /// @param ip the datagram around it
    /// @param sourcePort 0..65535
    /// @param destinationPort 0..65535
    /// @param sequence the raw 32 bits; see [Sequence]
    /// @param acknowledgement the raw 32 bits, also where the ACK flag is off
    /// @param flags the control bits
    /// @param window as sent, not scaled
    /// @param checksum as sent; [Checksums#of(Segment)] verifies it
    /// @param urgentPointer as sent, also where the URG flag is off
    /// @param options the options that are there
    /// @param payload the captured payload bytes
    /// @param payloadLength payload bytes on the wire, from the IP length; of a first fragment: of this fragment
    record Segment(
            Datagram ip,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledgement,
            Flags flags,
            int window,
            int checksum,
            int urgentPointer,
            TcpOptions options,
            Slice payload,
            int payloadLength)
            implements InDatagram {
        /// Who claims to have sent it.
        public Endpoint source() {
            return new Endpoint(ip.source(), sourcePort);
        }

        /// Who it is for.
        public Endpoint destination() {
            return new Endpoint(ip.destination(), destinationPort);
        }

        /// Sequence numbers it takes: payload bytes, and one each for SYN and FIN.
        public int sequenceLength() {
            return payloadLength + (flags.syn() ? 1 : 0) + (flags.fin() ? 1 : 0);
        }

        /// The sequence number after it.
        public int nextSequence() {
            return Sequence.plus(sequence, sequenceLength());
        }
    }

    /// A UDP header (RFC 768).
    ///
    /// @param ip the datagram around it
    /// @param sourcePort 0..65535
    /// @param destinationPort 0..65535
    /// @param length as sent: header and payload
    /// @param checksum as sent; 0 means none on IPv4
    /// @param payload the captured payload bytes
    record UdpDatagram(Datagram ip, int sourcePort, int destinationPort, int length, int checksum, Slice payload)
            implements InDatagram {}

    /// An ICMP or ICMPv6 error (RFC 792, RFC 4443).
    ///
    /// @param ip the datagram around it
    /// @param type as in the RFC of the datagram's version
    /// @param code as in the RFC of the datagram's version
    /// @param checksum as sent; [Checksums#of(IcmpError)] verifies it
    /// @param parameter the raw four bytes after the checksum: pointer, gateway, lengths
    /// @param mtu the next-hop MTU of a packet-too-big; empty in other errors, and where an old router left it 0
    /// @param quoted the datagram that drew the error, as far as it is quoted
    /// @param extensions the RFC 4884 objects after the quotation
    record IcmpError(
            Datagram ip,
            int type,
            int code,
            int checksum,
            int parameter,
            OptionalInt mtu,
            Quoted quoted,
            List<IcmpExtension> extensions)
            implements InDatagram {
        /// Keeps its own copy of the extensions.
        public IcmpError {
            extensions = List.copyOf(extensions);
        }

        /// True for "fragmentation needed" (type 3, code 4; RFC 1191) and ICMPv6 packet-too-big (type 2; RFC 8201).
        public boolean isPacketTooBig() {
            return ip.isV6() ? type == 2 : type == 3 && code == 4;
        }

        /// True where a host has no use for what reached it: nobody at that port, or a packet filter that says so
        /// (type 3, codes 3, 9, 10 and 13 of RFC 792 and RFC 1812; ICMPv6 type 1, codes 1 and 4 of RFC 4443).
        public boolean isRefusal() {
            return ip.isV6()
                    ? type == 1 && (code == 1 || code == 4)
                    : type == 3 && (code == 3 || code == 9 || code == 10 || code == 13);
        }

        /// True where the TTL or hop limit ran out on the way (type 11 or ICMPv6 type 3, code 0): what a hop answers.
        public boolean isTimeExceeded() {
            return type == (ip.isV6() ? 3 : 11) && code == 0;
        }
    }

    /// An ICMP or ICMPv6 echo request or reply.
    ///
    /// @param ip the datagram around it
    /// @param request true for a request, false for a reply
    /// @param identifier 0..65535
    /// @param sequence 0..65535
    /// @param checksum as sent; [Checksums#of(IcmpEcho)] verifies it
    /// @param payload the captured payload bytes
    record IcmpEcho(Datagram ip, boolean request, int identifier, int sequence, int checksum, Slice payload)
            implements InDatagram {}

    /// A datagram of another protocol, tunnels (GRE, IP in IP, ESP) and other ICMP messages included.
    ///
    /// @param ip the datagram
    record OtherDatagram(Datagram ip) implements InDatagram {}

    /// A fragment that is not the first, so without a transport header.
    ///
    /// @param ip the datagram
    record Fragment(Datagram ip) implements InDatagram {}

    /// A frame that carries no IP: ARP, LLDP, spanning tree.
    ///
    /// @param link the frame
    /// @param etherType its EtherType; below 0x0600 an IEEE 802.3 length; of null and loop links the
    ///     address family
    record NotIp(Link link, int etherType) implements Decoded {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.empty();
        }
    }

    /// A link type this decoder does not read.
    ///
    /// @param linkType its number at tcpdump.org/linktypes.html
    record UnknownLink(int linkType) implements Decoded {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.empty();
        }
    }

    /// Bytes that break the rules of the protocol they claim to be.
    ///
    /// @param what which rule
    /// @param offset where in the frame
    /// @param datagram the datagram, where the trouble lies behind a readable IP header
    record Malformed(String what, int offset, Optional<Datagram> datagram) implements Decoded {}

    /// A frame whose header continues beyond what was captured (snap length).
    ///
    /// @param what which header
    /// @param offset where in the frame that header starts
    /// @param datagram the datagram, where its own headers were captured
    record Cut(String what, int offset, Optional<Datagram> datagram) implements Decoded {}
}
