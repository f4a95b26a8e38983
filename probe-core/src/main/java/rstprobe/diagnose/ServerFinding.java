package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// A fact read on the server that would explain a failed connection.
///
/// @param id        stable name of the rule that found it, such as `log-refused-connect`
/// @param cause     what it would be the cause of
/// @param origin    who would have ended the connection
/// @param weight    strength in decibans (10 = ten times likelier); 0 for a fact that is only told
/// @param whom      whom it concerns
/// @param command   what was run to read it
/// @param lines     the lines that show it, without secrets
/// @param text      one sentence for a person
/// @param atSeconds when it last happened, seconds since the Unix epoch by the server's clock; empty for
///     a state
/// @param ports     ports of the client that the lines name
public record ServerFinding(
        String id,
        Cause cause,
        Origin origin,
        int weight,
        Whom whom,
        String command,
        List<String> lines,
        String text,
        OptionalDouble atSeconds,
        Set<Integer> ports) {

    /// From here on a finding counts as a fault of the server's; below it is worth a look.
    public static final int FAULT_WEIGHT = 10;

    /// The most lines that are cited for one finding.
    public static final int MAX_LINES = 3;

    /// Whom a finding concerns.
    public enum Whom {
        /// The client that was asked about.
        CLIENT,
        /// Whoever connects.
        EVERYBODY,
        /// Somebody, and it does not say who.
        SOMEBODY,
        /// Clients other than the one that was asked about.
        OTHERS;

        /// The word in JSON and reports.
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public ServerFinding {
        lines = List.copyOf(lines);
        ports = Set.copyOf(ports);
    }

    /// A state of the server that concerns everybody.
    static ServerFinding state(
            String id, Cause cause, Origin origin, int weight, String command, List<String> lines, String text) {
        return new ServerFinding(
                id,
                cause,
                origin,
                weight,
                Whom.EVERYBODY,
                command,
                lines.stream().limit(MAX_LINES).toList(),
                text,
                OptionalDouble.empty(),
                Set.of());
    }

    /// The same, concerning somebody else, or more strongly.
    ServerFinding concerning(Whom other, int decibans) {
        return new ServerFinding(id, cause, origin, decibans, other, command, lines, text, atSeconds, ports);
    }

    /// Whether it is strong enough to be called a fault.
    public boolean isFault() {
        return weight >= FAULT_WEIGHT;
    }

    /// The line that shows it best.
    public Optional<String> line() {
        return lines.stream().findFirst();
    }
}
