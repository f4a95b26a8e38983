package rstprobe.analyze;

import java.util.Set;

/// What a flight recorder watches, and how much it keeps.
///
/// @param ports       TCP ports of servers, 1 to [#MOST_PORTS] of them
/// @param memoryBytes of its memory, [#LEAST_MEMORY] to [#MOST_MEMORY]
/// @param keepNanos   how far it looks back at most, though its memory may reach farther
/// @param waitNanos   how long it waits after a reset for what still comes
public record FlightPlan(Set<Integer> ports, long memoryBytes, long keepNanos, long waitNanos) {
    /// Ports of one recorder.
    public static final int MOST_PORTS = 16;

    /// Bytes of the smallest and of the largest memory.
    public static final long LEAST_MEMORY = FlightRing.LEAST_BYTES, MOST_MEMORY = 64L << 30;

    private static final int LAST_PORT = 65_535;

    public FlightPlan {
        ports = Set.copyOf(ports);
        if (ports.isEmpty() || ports.size() > MOST_PORTS) {
            throw new IllegalArgumentException("1 to " + MOST_PORTS + " ports can be watched, not " + ports.size());
        }
        for (int port : ports) {
            if (port < 1 || port > LAST_PORT) {
                throw new IllegalArgumentException("a port is 1 to " + LAST_PORT + ", not " + port);
            }
        }
        if (memoryBytes < LEAST_MEMORY || memoryBytes > MOST_MEMORY) {
            throw new IllegalArgumentException("the memory has " + (LEAST_MEMORY >> 20) + "m to " + (MOST_MEMORY >> 30)
                    + "g, not " + memoryBytes + " bytes");
        }
        if (keepNanos <= 0 || waitNanos < 0) {
            throw new IllegalArgumentException("what is kept for no time is not kept");
        }
    }
}
