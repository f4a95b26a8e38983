package rstprobe.record;

import java.net.InetAddress;
import rstprobe.linux.Kernel;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.wire.IpAddress;

/// Asks this machine what a recording must know of it.
final class ThisHost {
    private ThisHost() {}

    static HostFacts facts(Target target, NetworkInterfaceFacts facts) throws LinuxException {
        return new HostFacts(
                facts.name(),
                target.route().source().map(ThisHost::text).orElse(""),
                facts.mtu(),
                Kernel.release(),
                target.route().gateway().map(ThisHost::text),
                facts.offloads().gro()
                        || facts.offloads().lro()
                        || facts.offloads().tso());
    }

    static String text(InetAddress address) {
        return IpAddress.of(address.getAddress()).toString();
    }
}
