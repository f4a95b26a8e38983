package rstprobe.record;

/// How messages are cut into segments, and how fast these leave.
///
/// @param wholeFrom     from which message on nothing is cut any more; 0 cuts none
/// @param segmentBytes  bytes a segment
/// @param gapNanos      time between two segments that were cut
/// @param ownSegments   every message is at least a segment of its own, marked so that the kernel cannot merge it
record Pace(int wholeFrom, int segmentBytes, long gapNanos, boolean ownSegments) {
    /// At most twenty packets a second go to one target.
    private static final long LEAST_GAP_NANOS = 50_000_000;
    private static final int EVERY_MESSAGE = Integer.MAX_VALUE;

    /// Where round trips exceed a third of a second, the byte that draws an answer is one of the last two or three.
    private static final long MOST_GAP_NANOS = 500_000_000;

    /// One byte a segment is for the identification, the message that devices match; what follows goes whole. The gap
    /// exceeds a round trip, so the byte that draws an answer is the last one that left.
    ///
    /// @param roundTripNanos as the kernel measured it, 0 where it did not
    static Pace of(Mode mode, int segmentBytes, long roundTripNanos) {
        return switch (mode) {
            case BYTES -> new Pace(1, 1, Math.clamp(roundTripNanos * 3 / 2, LEAST_GAP_NANOS, MOST_GAP_NANOS), true);
            case TALK, LISTEN, NONSSH, AFTER, PROMPT, SMALL, UNMARKED, OTHER_FAMILY, OTHER_ADDRESS, ALGORITHM, SURVEY ->
                segmentBytes > 0
                        ? new Pace(EVERY_MESSAGE, segmentBytes, LEAST_GAP_NANOS, true)
                        : new Pace(0, EVERY_MESSAGE, 0, false);
        };
    }

    int bytesFor(int messageIndex) {
        return messageIndex < wholeFrom ? segmentBytes : EVERY_MESSAGE;
    }

    long gapFor(int messageIndex) {
        return messageIndex < wholeFrom ? gapNanos : 0;
    }
}
