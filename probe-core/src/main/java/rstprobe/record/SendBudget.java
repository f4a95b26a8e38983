package rstprobe.record;

/// How fast frames may leave, as a value that steps: so many a second, so many bits a second, or both.
///
/// It counts in time (the generic cell rate algorithm of ITU-T I.371): each frame takes the time that it is worth,
/// and may leave as soon as what left before it has taken its own, less a little for whoever wakes late. What was not
/// used a while ago is gone.
final class SendBudget {
    private static final double NANOS = 1e9;
    private static final int BITS = 8;

    private final double nanosPerFrame;
    private final double nanosPerByte;
    private final long slackNanos;
    private double framesFreeAt;
    private double bytesFreeAt;

    private SendBudget(double nanosPerFrame, double nanosPerByte, long slackNanos) {
        this.nanosPerFrame = nanosPerFrame;
        this.nanosPerByte = nanosPerByte;
        this.slackNanos = slackNanos;
    }

    /// @param slackNanos how much of what was not used just now may be made up for
    static SendBudget of(SendRate rate, long slackNanos) {
        return new SendBudget(
                rate.framesPerSecond() == 0 ? 0 : NANOS / rate.framesPerSecond(),
                rate.bitsPerSecond() == 0 ? 0 : BITS * NANOS / rate.bitsPerSecond(),
                slackNanos);
    }

    /// When the next frame may leave.
    long freeAtNanos() {
        return (long) Math.max(framesFreeAt, bytesFreeAt);
    }

    /// Whether a frame may leave.
    boolean permits(long atNanos) {
        return freeAtNanos() <= atNanos;
    }

    /// So many frames leave, with so many bytes in all.
    void spend(long atNanos, int frames, long bytes) {
        framesFreeAt = Math.max(framesFreeAt, atNanos - slackNanos) + frames * nanosPerFrame;
        bytesFreeAt = Math.max(bytesFreeAt, atNanos - slackNanos) + bytes * nanosPerByte;
    }
}
