package rstprobe.diagnose;

/// The last byte of ours that drew the reset.
///
/// @param message name of our message, such as `identification`
/// @param bytes   how many of its bytes had left when the reset was drawn, at least 1
public record Trigger(String message, int bytes) {}
