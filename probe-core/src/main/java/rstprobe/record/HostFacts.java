package rstprobe.record;

import java.util.Optional;

/// The machine a recording was made on, as far as it bears on the verdict.
///
/// @param interfaceName where the packets left
/// @param address       our address there
/// @param mtu           MTU of the interface in bytes
/// @param kernel        kernel release, such as `6.18.44`
/// @param gateway       the first router, empty where the target is on the link
/// @param offloads      `true` where the NIC merges segments before they are captured
public record HostFacts(
        String interfaceName, String address, int mtu, String kernel, Optional<String> gateway, boolean offloads) {}
