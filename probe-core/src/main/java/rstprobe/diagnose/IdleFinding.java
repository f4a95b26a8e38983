package rstprobe.diagnose;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a search for an idle timer found.
///
/// @param status        as of every verdict
/// @param kind          what happens when the timer runs out; empty where none was found
/// @param origin        who ended the connections; empty where nobody did
/// @param confidence    probability, by the rule of succession over connections that agree
/// @param exitCode      of the command
/// @param summary       one sentence without a full stop
/// @param lowerNanos    the longest silence that a connection survived
/// @param upperNanos    the shortest that none survived; empty where none was found
/// @param evidence      what it rests on
/// @param candidates    devices whose default that is
/// @param keepAlive     seconds for `ServerAliveInterval`; empty where it does not help, or none is needed
/// @param nextTest      what would change the verdict
/// @param silences      every silence that was ended, in order of time
public record IdleFinding(
        Status status,
        Optional<Kind> kind,
        Optional<Origin> origin,
        double confidence,
        int exitCode,
        String summary,
        long lowerNanos,
        OptionalLong upperNanos,
        List<Evidence> evidence,
        List<IdleTimer> candidates,
        OptionalInt keepAlive,
        Optional<String> nextTest,
        List<Silence> silences) {
    private static final long EXACT_NANOS = 2_000_000_000L;

    public IdleFinding {
        evidence = List.copyOf(evidence);
        candidates = List.copyOf(candidates);
        silences = List.copyOf(silences);
    }

    /// The three verdicts there are.
    public enum Status {
        /// No idle timeout as far as was looked.
        HEALTHY,
        /// A timer was found.
        FAULT,
        /// Something ended connections, and the evidence does not say what.
        UNDETERMINED;

        /// The word in JSON.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What happens when a timer runs out.
    public enum Kind {
        /// Whoever counts resets the connection by itself.
        RESET_AT_EXPIRY,
        /// Whoever counts closes it with a FIN.
        FIN_AT_EXPIRY,
        /// It forgets the connection; the next segment of ours draws a reset.
        FORGET_AND_RESET,
        /// It forgets the connection; what comes later vanishes.
        FORGET_AND_SILENCE,
        /// The server ends every connection at an age, however much is said on it.
        SERVER_LIMIT;

        /// The word in JSON, such as `forget-and-reset`.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// Whether the timer is known to within a second.
    public boolean exact() {
        return upperNanos.isPresent() && upperNanos.getAsLong() - lowerNanos <= EXACT_NANOS;
    }

    /// The middle of the bracket, in seconds.
    public double seconds() {
        return (lowerNanos + (upperNanos.orElse(lowerNanos) - lowerNanos) / 2.0) / 1e9;
    }
}
