package rstprobe.diagnose;

import java.util.Optional;

/// The stretch of the path where the sender sits: behind hop `after` and not beyond hop `before`, counted as in
/// traceroute.
///
/// @param after   the last hop known to be on our side of it, 0 for this host
/// @param before  the first hop known to be on the other side
/// @param address the sender's own address, where it gave one
public record Hop(int after, int before, Optional<String> address) {}
