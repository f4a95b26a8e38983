package rstprobe.record;

/// One target of a sweep as the user named it.
///
/// @param host a name or an address in figures
/// @param port 1 to 65535
public record SweepTarget(String host, int port) {
    public SweepTarget {
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("no target: '" + host + "', port " + port);
        }
    }
}
