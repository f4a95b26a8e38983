package rstprobe.diagnose;

import java.util.Optional;
import java.util.OptionalLong;

/// A rule of a packet filter on the server that may end a connection to the port.
///
/// @param command     what was run to read it
/// @param line        the rule as it was printed
/// @param deed        what it does to a packet
/// @param namesPort   whether it, or the rule that leads to it, names the port
/// @param client      whether it is about the client: true where it names an address or set that holds
///     it, false where it names others, empty where it names nobody
/// @param established whether it is for segments of established connections alone
/// @param limited     whether it acts above a rate or a number only
/// @param ban         whether it belongs to a program that bans addresses
/// @param packets     how many packets it met; empty where nobody counts
record FilterRule(
        String command,
        String line,
        Deed deed,
        boolean namesPort,
        Optional<Boolean> client,
        boolean established,
        boolean limited,
        boolean ban,
        OptionalLong packets) {

    /// What follows a rule that ends whatever no other lets in.
    static final String NOT_BEFORE = "no rule before accepts port ";

    /// What a rule does to a packet.
    enum Deed {
        RESET,
        ICMP,
        DROP
    }

    Cause cause() {
        if (ban) {
            return Cause.BANNED;
        }
        if (limited) {
            return Cause.RATE_LIMITED;
        }
        return switch (deed) {
            case RESET -> established ? Cause.ESTABLISHED_REJECTED : Cause.REJECTED_WITH_RESET;
            case ICMP -> established ? Cause.ESTABLISHED_REJECTED : Cause.REJECTED_WITH_ICMP;
            case DROP -> established ? Cause.ESTABLISHED_DROPPED : Cause.SYN_DROPPED;
        };
    }
}
