package rstprobe.capture;

import java.math.BigInteger;

/// How an interface of a pcapng file counts time: ticks per second and an offset (if_tsresol and if_tsoffset,
/// draft-ietf-opsawg-pcapng section 4.2).
///
/// @param resolution  the option's byte: a negative power of ten, or of two where the top bit is set
/// @param offsetSeconds added to every time
record TimeScale(int resolution, long offsetSeconds) {
    /// Microseconds, which a file means that says nothing.
    static final TimeScale DEFAULT = new TimeScale(6, 0);

    /// Of the resolutions that need no fraction, 0 to 9.
    private static final long[] NANOS_PER_TICK = {
        1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1
    };

    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000L);

    /// Nanoseconds since 1970 of an unsigned count of ticks; what does not fit becomes the nearest that does.
    long nanos(long ticks) {
        if (offsetSeconds == 0 && ticks >= 0 && resolution <= 9) {
            long each = NANOS_PER_TICK[resolution];
            if (ticks <= Long.MAX_VALUE / each) {
                return ticks * each;
            }
        }
        BigInteger perSecond =
                (resolution & 0x80) == 0 ? BigInteger.TEN.pow(resolution) : BigInteger.TWO.pow(resolution & 0x7F);
        BigInteger nanos = new BigInteger(Long.toUnsignedString(ticks))
                .multiply(NANOS_PER_SECOND)
                .divide(perSecond)
                .add(BigInteger.valueOf(offsetSeconds).multiply(NANOS_PER_SECOND));
        return nanos.min(BigInteger.valueOf(Long.MAX_VALUE))
                .max(BigInteger.valueOf(Long.MIN_VALUE))
                .longValueExact();
    }
}
