package rstprobe.path;

import java.util.Optional;

/// The stretch of the path where a limit sits, hops counted as in traceroute.
///
/// @param after         the last hop that what is too long has reached; 0 for this host
/// @param before        the first hop known to be beyond the limit
/// @param afterAddress  where that hop answered
/// @param beforeAddress where that hop answered
public record LimitPlace(int after, int before, Optional<String> afterAddress, Optional<String> beforeAddress) {}
