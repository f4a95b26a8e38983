package rstprobe.linux;

import java.net.InetAddress;
import java.util.Optional;

/// An address of an interface.
///
/// @param address ours
/// @param prefix bits of its network, 0 to 32 or 128
/// @param broadcast the network's broadcast address, IPv4 only
public record InterfaceAddress(InetAddress address, int prefix, Optional<InetAddress> broadcast) {}
