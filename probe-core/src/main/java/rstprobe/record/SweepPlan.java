package rstprobe.record;

import java.util.List;
import java.util.Optional;
import rstprobe.path.SurveyScope;

/// What a sweep was asked to do and what it may cost.
///
/// @param targets       each once, in the order in which they are surveyed
/// @param scope         what is asked of each
/// @param family        restricts the address family; empty lets the resolver's order decide
/// @param interfaceName probe and capture here; empty means where the route to each target leaves
/// @param timeoutMillis how long a connection may take to stand
/// @param rate          of all that is sent
/// @param perTarget     frames a second to one target at most
/// @param perNetwork    frames a second to one /24 or /64 at most
public record SweepPlan(
        List<SweepTarget> targets,
        SurveyScope scope,
        Optional<Plan.Family> family,
        Optional<String> interfaceName,
        int timeoutMillis,
        SendRate rate,
        SendRate perTarget,
        SendRate perNetwork) {
    /// The survey's own connection, and what the way back may take where no echo is answered.
    public static final int MOST_CONNECTIONS = 9;

    public SweepPlan {
        targets = List.copyOf(targets);
    }

    /// The plan for one of the targets alone.
    Plan of(SweepTarget target) {
        return new Plan(
                target.host(),
                "",
                target.port(),
                family,
                interfaceName,
                MOST_CONNECTIONS,
                Plan.DEFAULT_SPACING_MILLIS,
                timeoutMillis,
                Plan.ECHOED_TYPE_OF_SERVICE,
                0);
    }
}
