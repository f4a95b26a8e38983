package rstprobe.diagnose;

import java.util.List;
import rstprobe.diagnose.Silence.End;

/// The silences of a search side by side: whether one timer, or one limit of age, does what was seen of them all.
///
/// @param all           in order of time
/// @param ends          those at whose end somebody ended the connection unasked
/// @param spoken        those that the server itself broke
/// @param lost          those at whose end a question was not answered
/// @param survivedNanos the longest behind which a question was answered; 0 without one
record SilenceSet(List<Silence> all, List<Silence> ends, List<Silence> spoken, List<Silence> lost, long survivedNanos) {
    /// Ends of one timer differ by less: its ticks, and the delay of the path.
    static final long SAME_TIMER_NANOS = 1_000_000_000L;
    private static final double SAME_TIMER_SHARE = 0.03;
    /// Ends of one limit of age differ by less: up to 4 s by chance since OpenSSH 9.9.
    private static final long SAME_AGE_NANOS = 4_600_000_000L;

    static SilenceSet of(List<Silence> all) {
        return new SilenceSet(
                all,
                all.stream().filter(Silence::isEnd).toList(),
                all.stream().filter(silence -> silence.end() == End.SPOKEN).toList(),
                all.stream()
                        .filter(silence -> silence.isQuestion() && !silence.survived())
                        .toList(),
                all.stream()
                        .filter(Silence::survived)
                        .mapToLong(Silence::nanos)
                        .max()
                        .orElse(0));
    }

    /// Whether an end came right behind a question of ours, on the same connection.
    boolean followsQuestion() {
        return ends.stream().anyMatch(this::followsQuestion);
    }

    /// Less than half a second after its own question: what nobody asked for comes at other moments.
    private boolean followsQuestion(Silence end) {
        return end.nanos() < SAME_TIMER_NANOS / 2
                && all.stream()
                        .anyMatch(silence -> silence.survived()
                                && silence.attempt() == end.attempt()
                                && end.atNanos() - silence.atNanos() < SAME_TIMER_NANOS / 2)
                && ends.size() == 1;
    }

    /// Whether all ends came after like silences, and nothing survived a longer one; there are ends.
    boolean isOneTimer() {
        long least = ends.stream().mapToLong(Silence::nanos).min().orElseThrow();
        long most = ends.stream().mapToLong(Silence::nanos).max().orElseThrow();
        long same = Math.max(SAME_TIMER_NANOS, (long) (least * SAME_TIMER_SHARE));
        return most - least <= same && survivedNanos <= least + same;
    }

    /// Whether all ends came at like ages, and nothing was answered at a higher one; there are ends.
    boolean isOneAge() {
        long least = ends.stream().mapToLong(Silence::ageNanos).min().orElseThrow();
        long most = ends.stream().mapToLong(Silence::ageNanos).max().orElseThrow();
        long later = all.stream()
                .filter(Silence::survived)
                .mapToLong(Silence::ageNanos)
                .max()
                .orElse(0);
        return most - least <= SAME_AGE_NANOS && later <= least + SAME_AGE_NANOS;
    }
}
