package rstprobe.record;

import java.util.Optional;
import rstprobe.path.SurveyFinding;

/// What became of one target of a sweep.
///
/// @param address in figures; empty where the name has none
/// @param finding nothing, where there is a problem
/// @param problem why there is no finding, one sentence without a full stop
public record Swept(SweepTarget target, Optional<String> address, SurveyFinding finding, Optional<String> problem) {}
