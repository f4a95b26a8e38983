package rstprobe.record;

/// How fast frames may leave at most.
///
/// @param framesPerSecond 0 for any number
/// @param bitsPerSecond   of whole Ethernet frames without preamble and check sequence; 0 for any number
public record SendRate(long framesPerSecond, long bitsPerSecond) {
    public SendRate {
        if (framesPerSecond < 0 || bitsPerSecond < 0 || framesPerSecond + bitsPerSecond == 0) {
            throw new IllegalArgumentException("a rate is more than nothing");
        }
    }

    /// So many frames a second, however long.
    public static SendRate ofFrames(long perSecond) {
        return new SendRate(perSecond, 0);
    }

    /// So many bits a second, in however many frames.
    public static SendRate ofBits(long perSecond) {
        return new SendRate(0, perSecond);
    }
}
