package rstprobe.path;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a survey found in one direction.
///
/// @param oracle        what spoke; empty where nothing did
/// @param blackHole     whether what is too long is lost without its sender being told of a size that passes
/// @param place         where the limit sits, as far as hops told
/// @param fragmentsPass whether what is too long passes in fragments, so that a router is the limit and no link;
///     empty where that was not asked
/// @param unsaid        a length that vanishes unsaid although shorter ones that do not pass are told of; empty where
///     none is known
/// @param lossShare     of probes that are not too long, from even odds; 0 where none was lost
/// @param rounds        round trips waited for
public record DirectionFinding(
        PathMtuStanding standing,
        Optional<Oracle> oracle,
        Signal signal,
        boolean blackHole,
        Optional<LimitPlace> place,
        Optional<Boolean> fragmentsPass,
        List<MtuClaim> claims,
        OptionalInt unsaid,
        double lossShare,
        int probes,
        int rounds,
        long nanos) {
    /// What tells the sender of the limit.
    public enum Signal {
        /// Nothing: what is too long vanishes.
        SILENCE("silence"),
        /// An ICMP error, whatever size it names.
        PACKET_TOO_BIG("packet-too-big"),
        /// The sender's own interface.
        LOCAL("local"),
        /// No limit was found, or what becomes of what is too long was not seen.
        NONE("none");

        private final String word;

        Signal(String word) {
            this.word = word;
        }

        /// The word in reports.
        public String word() {
            return word;
        }
    }

    public DirectionFinding {
        claims = List.copyOf(claims);
    }

    /// That nothing is known of it.
    public static DirectionFinding unknown() {
        return new DirectionFinding(
                new PathMtuStanding.Silent(),
                Optional.empty(),
                Signal.NONE,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                0,
                0,
                0,
                0);
    }

    /// The protocol of what spoke; empty where nothing did.
    public Optional<String> method() {
        return oracle.map(Oracle::protocol);
    }
}
