package rstprobe.diagnose;

import java.util.List;

/// One silence of one connection, and what came of it.
///
/// @param attempt  number of the connection
/// @param nanos    from the last segment before it to the question, or to the end that nobody asked for
/// @param ageNanos from the connection's SYN-ACK to that moment
/// @param atNanos  when that was
/// @param end      what came of it
/// @param own      whether the segment that ended it continues the server's socket: the hop count and the
///     timestamps of what the server had said before; false where there is no such segment
/// @param frames   the segment before it, the question with its copies, and the answer
public record Silence(
        int attempt, long nanos, long ageNanos, long atNanos, End end, boolean own, List<Integer> frames) {
    /// What can come of a silence.
    public enum End {
        /// Our question was acknowledged.
        ANSWERED,
        /// Our question drew a reset.
        RESET_ON_QUESTION,
        /// Our question drew nothing, and neither did its copies.
        UNANSWERED,
        /// A reset came, and we had asked nothing.
        RESET,
        /// A FIN came, and we had asked nothing.
        FIN,
        /// The server spoke by itself: whoever counts has counted no further.
        SPOKEN
    }

    public Silence {
        frames = List.copyOf(frames);
    }

    boolean isQuestion() {
        return switch (end) {
            case ANSWERED, RESET_ON_QUESTION, UNANSWERED -> true;
            case RESET, FIN, SPOKEN -> false;
        };
    }

    /// Whether somebody ended the connection and nobody had asked.
    boolean isEnd() {
        return end == End.RESET || end == End.FIN;
    }

    boolean survived() {
        return end == End.ANSWERED;
    }
}
