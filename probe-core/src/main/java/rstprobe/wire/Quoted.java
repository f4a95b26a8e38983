package rstprobe.wire;

import java.util.Optional;

/// The datagram inside an ICMP error, as far as it was quoted: at least eight transport bytes by RFC 792, often more.
///
/// Its fields are those the complaining hop saw, so TTL, TOS, identification, ports, sequence and options tell what
/// the path changed on the way there. Lengths in it are those of the datagram as sent.
public sealed interface Quoted {
    /// The quoted datagram's IP part, where it could be read.
    Optional<Datagram> datagram();

    /// A quoted TCP segment.
    ///
    /// @param ip the quoted datagram
    /// @param sourcePort 0..65535
    /// @param destinationPort 0..65535
    /// @param sequence the raw 32 bits
    /// @param segment the whole header with the options that are there, where at least 20 bytes of it were quoted
    record Tcp(Datagram ip, int sourcePort, int destinationPort, int sequence, Optional<Decoded.Segment> segment)
            implements Quoted {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.of(ip);
        }

        /// Who sent the segment that drew the error.
        public Endpoint source() {
            return new Endpoint(ip.source(), sourcePort);
        }

        /// Who that segment was for.
        public Endpoint destination() {
            return new Endpoint(ip.destination(), destinationPort);
        }
    }

    /// A quoted UDP header.
    ///
    /// @param ip the quoted datagram
    /// @param sourcePort 0..65535
    /// @param destinationPort 0..65535
    /// @param length as sent
    /// @param checksum as sent
    record Udp(Datagram ip, int sourcePort, int destinationPort, int length, int checksum) implements Quoted {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.of(ip);
        }
    }

    /// A quoted ICMP echo request or reply.
    ///
    /// @param ip the quoted datagram
    /// @param request true for a request, false for a reply
    /// @param identifier 0..65535
    /// @param sequence 0..65535
    record Echo(Datagram ip, boolean request, int identifier, int sequence) implements Quoted {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.of(ip);
        }
    }

    /// A quoted datagram of another protocol, a later fragment, or fewer than eight transport bytes.
    ///
    /// @param ip the quoted datagram
    record Other(Datagram ip) implements Quoted {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.of(ip);
        }
    }

    /// A quotation without a readable IP header.
    ///
    /// @param what why
    /// @param offset where in the frame
    record Unreadable(String what, int offset) implements Quoted {
        @Override
        public Optional<Datagram> datagram() {
            return Optional.empty();
        }
    }
}
