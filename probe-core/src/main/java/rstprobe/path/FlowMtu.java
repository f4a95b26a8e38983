package rstprobe.path;

/// The path MTU that some connections find where several links share the load.
///
/// @param bytes the longest IP packet that passes
/// @param flows how many of the ports that were tried find this one
public record FlowMtu(int bytes, int flows) {}
