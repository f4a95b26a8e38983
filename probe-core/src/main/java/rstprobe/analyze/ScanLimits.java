package rstprobe.analyze;

/// The bounds of what a scan keeps; whatever goes beyond one is counted and told.
public final class ScanLimits {
    /// Frames kept from the beginning of a conversation: the handshake, both identification lines and the first
    /// messages of SSH come in fewer.
    public static final int FIRST_FRAMES = 48;

    /// Frames kept before each reset.
    public static final int FRAMES_BEFORE_RESET = 32;

    /// Frames kept after each reset: what still comes is evidence on its own.
    public static final int FRAMES_AFTER_RESET = 16;

    /// Resets of one conversation whose surroundings are kept; the rest are counted.
    public static final int MOST_RESETS_KEPT = 16;

    /// Conversations with a reset that are kept; those of later resets are counted.
    public static final int MOST_ACCUSED = 200_000;

    /// Conversations known at a time while those of a file are counted. Above it the ones that are finished and
    /// silent the longest make room.
    public static final int MOST_CONVERSATIONS = 1 << 20;

    /// Files of one timeline.
    public static final int MOST_FILES = 4_096;

    private ScanLimits() {}
}
