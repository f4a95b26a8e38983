package rstprobe.lab;

import java.time.Duration;

/// A practice network that stands still for a while: `rstprobe ssh` finds nothing wrong with it, `rstprobe
/// idle` does.
///
/// @param scenario the network
/// @param timer    what `rstprobe idle` should measure: a silence, or the age at which the server ends a
///     connection
/// @param kind     what happens then, in the word of its verdict
/// @param exitCode its exit code
public record TimedLab(Scenario scenario, Duration timer, String kind, int exitCode) {}
