package rstprobe.path;

/// A probe of a flight, and what became of it.
///
/// @param bytes of the whole IP packet, its header included
public record SizedProbe(int bytes, Fate fate) {}
