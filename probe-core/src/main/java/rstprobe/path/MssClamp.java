package rstprobe.path;

/// A router lowers the maximum segment size of connections.
///
/// @param sent    what we announce
/// @param arrived what is left of it behind the router
/// @param after   the last hop that saw what we sent; 0 for this host
/// @param before  the first hop that saw the lower one
public record MssClamp(int sent, int arrived, int after, int before) {}
