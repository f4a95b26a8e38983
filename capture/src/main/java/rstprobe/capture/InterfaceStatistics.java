package rstprobe.capture;

/// What a capture file says an interface saw and lost.
///
/// @param interfaceId which interface of the capture
/// @param counters    the counts; one the file does not have is 0
/// @param atNanos     when they were read, nanoseconds since 1970
public record InterfaceStatistics(int interfaceId, TapStatistics counters, long atNanos) {}
