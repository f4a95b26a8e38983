package rstprobe.record;

import java.util.List;
import java.util.Optional;
import rstprobe.path.DirectionFinding;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyScope;

/// What became of one target of a sweep.
///
/// @param address in figures; empty where the name has none
/// @param status  how much of the question is answered
/// @param finding of nothing, where there is a problem
/// @param problem why there is no finding, one sentence without a full stop
public record Swept(
        SweepTarget target,
        Optional<String> address,
        SurveyFinding.Status status,
        SurveyFinding finding,
        Optional<String> problem) {
    /// It was surveyed.
    public static Swept measured(SweepTarget target, String address, SurveyFinding finding) {
        return new Swept(target, Optional.of(address), finding.status(), finding, Optional.empty());
    }

    /// It could not be surveyed.
    ///
    /// @param status whether that is the target's or its network's doing, or nobody knows
    /// @param why    one sentence without a full stop
    static Swept without(SweepTarget target, Optional<String> address, SurveyFinding.Status status, String why) {
        SurveyFinding nothing = new SurveyFinding(
                SurveyScope.WHOLE,
                DirectionFinding.unknown(),
                DirectionFinding.unknown(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                0,
                0);
        return new Swept(target, address, status, nothing, Optional.of(why));
    }
}
