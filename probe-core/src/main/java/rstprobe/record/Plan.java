package rstprobe.record;

import java.util.Optional;

/// What a run was asked to do and what it may cost.
///
/// @param host           the target as the user wrote it
/// @param user           user name for the authentication method `none`; it is never invented, because servers count
/// unknown ones
/// @param port           TCP port, 1 to 65535
/// @param family         restricts the address family; empty lets the resolver's order decide
/// @param interfaceName  capture here; empty means where the route to the target leaves
/// @param budget         connections this run may open, 1 to 100
/// @param spacingMillis  time for each connection on the average: a few may start together, the others wait
/// @param timeoutMillis  the longest wait for one answer, 100 to 3600000
/// @param typeOfService  TOS byte on every packet of ours; a value no other box would choose, so that an echo shows
/// @param segmentBytes   size of a segment of ours; 0 sends whole messages
public record Plan(
        String host,
        String user,
        int port,
        Optional<Family> family,
        Optional<String> interfaceName,
        int budget,
        int spacingMillis,
        int timeoutMillis,
        int typeOfService,
        int segmentBytes) {
    /// An address family.
    public enum Family {
        IPV4,
        IPV6
    }

    /// DSCP 18 (AF21) as OpenSSH itself uses it: a kernel's answer without a socket echoes it, a packet
    /// filter's reset does not.
    public static final int ECHOED_TYPE_OF_SERVICE = 0x48;

    public static final int DEFAULT_BUDGET = 8;

    /// Four connections in 31 seconds: `ufw limit` shuts out the sixth in thirty.
    public static final int DEFAULT_SPACING_MILLIS = 7_750;

    /// For servers whose limits nobody minds.
    public static final int HURRIED_SPACING_MILLIS = 250;

    public static final int DEFAULT_TIMEOUT_MILLIS = 15_000;
    public static final int MAX_BUDGET = 100;

    /// No IP packet carries more.
    public static final int MAX_SEGMENT_BYTES = 65_535;

    public Plan {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not between 1 and 65535");
        }
        if (budget < 1 || budget > MAX_BUDGET) {
            throw new IllegalArgumentException("budget " + budget + " is not between 1 and " + MAX_BUDGET);
        }
        if (segmentBytes < 0 || segmentBytes > MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "segment size " + segmentBytes + " is not between 0 and " + MAX_SEGMENT_BYTES);
        }
        if (timeoutMillis < 100 || timeoutMillis > 3_600_000) {
            throw new IllegalArgumentException("timeout " + timeoutMillis + " ms is not between 100 ms and 1 h");
        }
    }

    /// The plan for one target with every default.
    public static Plan of(String user, String host, int port) {
        return new Plan(
                host,
                user,
                port,
                Optional.empty(),
                Optional.empty(),
                DEFAULT_BUDGET,
                DEFAULT_SPACING_MILLIS,
                DEFAULT_TIMEOUT_MILLIS,
                ECHOED_TYPE_OF_SERVICE,
                0);
    }
}
