package rstprobe.lab;

/// What the bridge of a lab did with frames, both directions together.
///
/// @param bridged frames that came in at one end and left at the other
/// @param injected frames forged by a device on the link
/// @param lost frames lost by the dice
/// @param dropped frames a device on the link dropped or kept back, and frames too large for the link
///   they had to leave by
/// @param overflowed frames that found the queue full
public record BridgeCounters(long bridged, long injected, long lost, long dropped, long overflowed) {}
