package rstprobe.analyze;

/// A conversation that was reset, as the flight recorder has it. Its frames are numbered from 1; which tap saw one is
/// the frame's interface.
///
/// @param accused    the conversation
/// @param sinceNanos when the first reset came that is told now; earlier ones were told before
public record FlightRecord(AccusedConversation accused, long sinceNanos) {}
