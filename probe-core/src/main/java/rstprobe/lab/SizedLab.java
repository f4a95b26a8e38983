package rstprobe.lab;

/// A practice network whose truth is two path MTUs: `rstprobe mtu` measures it.
///
/// @param scenario the network
/// @param forward  the longest IP packet that is delivered to the server; 0 where nothing is
/// @param reverse  the same from the server to the client
/// @param exitCode 12 where what is longer vanishes unsaid in one direction, 0 where not, 4 where nothing passes
/// @param overIpv6 whether the server is asked for by IPv6
public record SizedLab(Scenario scenario, int forward, int reverse, int exitCode, boolean overIpv6) {}
