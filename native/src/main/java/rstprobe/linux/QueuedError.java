package rstprobe.linux;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// One entry of a socket's error queue (`struct sock_extended_err`, ip(7) `IP_RECVERR`).
///
/// @param errno what the kernel made of it
/// @param origin who reported it
/// @param type ICMP or ICMPv6 type, 0 for a local error
/// @param code ICMP or ICMPv6 code, 0 for a local error
/// @param information the MTU for `EMSGSIZE`, else 0
/// @param offender the node that sent the ICMP error; empty for a local error
/// @param destination where the refused packet was going, where the kernel says
public record QueuedError(
        Errno errno,
        Origin origin,
        int type,
        int code,
        int information,
        Optional<InetAddress> offender,
        Optional<InetSocketAddress> destination) {

    /// Who reported an error.
    public enum Origin {
        /// This host's own stack.
        LOCAL,
        /// An ICMP message (RFC 792).
        ICMP,
        /// An ICMPv6 message (RFC 4443).
        ICMP6,
        /// Something else, such as a transmit timestamp.
        OTHER
    }
}
