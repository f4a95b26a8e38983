package rstprobe.path;

import java.util.List;
import java.util.Optional;

/// What a survey of the path to one target found.
///
/// @param scope    what was asked
/// @param forward  from here to the target
/// @param reverse  from the target to here
/// @param ourMss   the maximum segment size that we announced on the connection; empty without one
/// @param theirMss the one that the server's answer had when it arrived
/// @param clamp    where ours is lowered on the way, as far as hops tell
/// @param flows    what other connections find, where they find another path MTU there; empty where all find the same
/// @param probes   packets that were sent in all, fragments counted by themselves
/// @param rounds   round trips, after the connection stood
public record SurveyFinding(
        SurveyScope scope,
        DirectionFinding forward,
        DirectionFinding reverse,
        Optional<Integer> ourMss,
        Optional<Integer> theirMss,
        Optional<MssClamp> clamp,
        List<FlowMtu> flows,
        int probes,
        int rounds) {
    public SurveyFinding {
        flows = List.copyOf(flows);
    }

    /// How much of the question is answered.
    public enum Status {
        /// Every path MTU that was asked about is known to the byte.
        EXACT("exact"),
        /// Sizes that pass are proven, and the end of at least one direction is open.
        BOUNDED("bounded"),
        /// The target answered nothing.
        UNREACHABLE("unreachable"),
        /// Something answered, and no size is proven in one of the directions.
        UNDETERMINED("undetermined");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// The word in reports.
        public String word() {
            return word;
        }
    }

    /// How much of the question is answered.
    public Status status() {
        boolean nothing = forward.method().isEmpty() && reverse.method().isEmpty() && theirMss.isEmpty();
        if (nothing) {
            return Status.UNREACHABLE;
        }
        boolean oneWay = scope == SurveyScope.THERE;
        if (isExact(forward) && (oneWay || isExact(reverse))) {
            return Status.EXACT;
        }
        return isBounded(forward) && (oneWay || isBounded(reverse)) ? Status.BOUNDED : Status.UNDETERMINED;
    }

    private static boolean isExact(DirectionFinding direction) {
        return direction.standing() instanceof PathMtuStanding.Exact
                || direction.standing() instanceof PathMtuStanding.Local;
    }

    private static boolean isBounded(DirectionFinding direction) {
        return isExact(direction) || direction.standing() instanceof PathMtuStanding.Bounded;
    }

    /// The exit code: 12 for a black hole in any direction, 0 where all that was asked is known and healthy, 4 for a
    /// target that answers nothing, 19 for the rest.
    public int exitCode() {
        if (forward.blackHole() || reverse.blackHole()) {
            return 12;
        }
        return switch (status()) {
            case EXACT -> 0;
            case UNREACHABLE -> 4;
            case BOUNDED, UNDETERMINED -> 19;
        };
    }
}
