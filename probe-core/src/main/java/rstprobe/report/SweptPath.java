package rstprobe.report;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import rstprobe.path.DirectionFinding;
import rstprobe.path.SurveyFinding;
import rstprobe.record.SweepTarget;
import rstprobe.record.Swept;

/// What a sweep says of one target: what tables and comparisons need, and the whole as JSON.
///
/// @param address in figures; empty where the name has none
/// @param status  `exact`, `bounded`, `unreachable` or `undetermined`
/// @param forward empty where nothing spoke
/// @param reverse empty where nothing spoke
/// @param problem why there is no finding
/// @param json    the element of `targets` in `rstprobe.mtu/1`, on one line
public record SweptPath(
        SweepTarget target,
        Optional<String> address,
        String status,
        Optional<Way> forward,
        Optional<Way> reverse,
        Optional<String> problem,
        String json) {
    private static final String EXACT = SurveyFinding.Status.EXACT.word();
    private static final String UNREACHABLE = SurveyFinding.Status.UNREACHABLE.word();
    private static final int BLACK_HOLE = 12;
    private static final int OPEN = 19;
    private static final int UNREACHED = 4;

    /// One direction.
    ///
    /// @param pathMtu the longest that is delivered; empty where none is proven
    /// @param lost    the shortest that is not
    /// @param signal  what tells the sender of the limit
    /// @param where   between which hops the limit is; empty where that is not known
    /// @param cause   what usually makes a link of that size
    public record Way(
            OptionalInt pathMtu,
            OptionalInt lost,
            boolean blackHole,
            String signal,
            Optional<String> where,
            Optional<String> cause) {
        private static final String LOCAL = DirectionFinding.Signal.LOCAL.word();

        /// Whether the path MTU is known to the byte.
        public boolean isExact() {
            return pathMtu.isPresent()
                    && (signal.equals(LOCAL) || lost.isPresent() && lost.getAsInt() == pathMtu.getAsInt() + 1);
        }

        /// Between which hops, from their numbers.
        public static String between(int after, int before) {
            return "hops " + after + " and " + before;
        }
    }

    /// What became of a target, with its line of JSON.
    public static SweptPath of(Swept swept) {
        return new SweptPath(
                swept.target(),
                swept.address(),
                swept.status().word(),
                way(swept.finding().forward()),
                way(swept.finding().reverse()),
                swept.problem(),
                MtuJson.line(swept));
    }

    private static Optional<Way> way(DirectionFinding direction) {
        return direction
                .method()
                .map(_ -> new Way(
                        direction.standing().passes(),
                        direction.standing().fails(),
                        direction.blackHole(),
                        direction.signal().word(),
                        direction.place().map(place -> Way.between(place.after(), place.before())),
                        MtuJson.likely(direction.standing())));
    }

    /// The target as it is written, with its port where that is not sshd's.
    public String name() {
        int usual = 22;
        String host = target.host();
        return target.port() == usual ? host : (host.contains(":") ? "[" + host + "]" : host) + ":" + target.port();
    }

    /// Whether packets vanish in silence in any direction.
    public boolean blackHole() {
        return Stream.concat(forward.stream(), reverse.stream()).anyMatch(Way::blackHole);
    }

    /// Whether both directions are known to the byte.
    public boolean isExact() {
        return status.equals(EXACT);
    }

    /// Whether the target answered nothing, or has no address or route.
    public boolean isUnreachable() {
        return status.equals(UNREACHABLE);
    }

    /// The exit code that it would have alone.
    public int exitCode() {
        if (blackHole()) {
            return BLACK_HOLE;
        }
        return isExact() ? 0 : isUnreachable() ? UNREACHED : OPEN;
    }

    /// The worst exit code of several: a black hole, then what is undetermined, then what is unreachable.
    public static int exitCode(Stream<SweptPath> paths) {
        int[] seen = paths.mapToInt(SweptPath::exitCode).distinct().toArray();
        for (int code : new int[] {BLACK_HOLE, OPEN, UNREACHED}) {
            for (int one : seen) {
                if (one == code) {
                    return code;
                }
            }
        }
        return 0;
    }

    /// The word that leads a line about it.
    String word() {
        return blackHole() ? "BLACK HOLE" : isExact() ? "ok" : status.toLowerCase(Locale.ROOT);
    }
}
