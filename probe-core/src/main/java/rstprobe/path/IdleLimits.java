package rstprobe.path;

/// What a search may do.
///
/// @param upToNanos  the longest silence of interest
/// @param lifeNanos  how long after its opening a connection is of use; it is closed then
/// @param atOnce     connections open at a time, 2 to 64
public record IdleLimits(long upToNanos, long lifeNanos, int atOnce) {
    static final int MOST_RENEWALS = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// The most connections at a time.
    public static final int MOST_AT_ONCE = 64;

    public IdleLimits {
        if (upToNanos < NANOS_PER_SECOND) {
            throw new IllegalArgumentException("the longest silence is at least 1 s");
        }
        if (atOnce < 2 || atOnce > MOST_AT_ONCE) {
            throw new IllegalArgumentException("connections are 2 to " + MOST_AT_ONCE);
        }
    }

    /// The same with another longest silence, where that is shorter.
    IdleLimits upTo(long nanos) {
        return new IdleLimits(Math.max(NANOS_PER_SECOND, Math.min(upToNanos, nanos)), lifeNanos, atOnce);
    }

    /// Connections that may be opened in all, those for control and for the last bit included.
    public int total() {
        return atOnce + renewals() + 2;
    }

    int renewals() {
        return Math.min(MOST_RENEWALS, atOnce / 2);
    }
}
