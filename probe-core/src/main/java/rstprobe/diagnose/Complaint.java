package rstprobe.diagnose;

import rstprobe.wire.Decoded;

/// An ICMP error about a packet of ours.
///
/// @param frame   its number in the capture
/// @param atNanos when it passed the tap
/// @param error   the error and the datagram it quotes
record Complaint(int frame, long atNanos, Decoded.IcmpError error) {}
