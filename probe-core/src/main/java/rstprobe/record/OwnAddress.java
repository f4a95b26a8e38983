package rstprobe.record;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import rstprobe.linux.Route;
import rstprobe.wire.IpAddress;

/// An address of this host that the user chose to connect from.
///
/// @param address one that an interface here has; nothing is ever sent from another
public record OwnAddress(InetAddress address) {
    private static final String LIST = "list this host's addresses: ip -brief address";

    /// @param text an address in figures
    /// @throws CannotProbe where this host does not have it
    public static OwnAddress of(String text) throws CannotProbe {
        try {
            InetAddress address = InetAddress.getByAddress(IpAddress.parse(text).toBytes());
            if (address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) == null) {
                throw notOurs(text);
            }
            return new OwnAddress(address);
        } catch (IllegalArgumentException | IOException _) {
            throw notOurs(text);
        }
    }

    private static CannotProbe notOurs(String text) {
        return new CannotProbe("'" + text + "' is no address of this host", LIST);
    }

    /// The family that connections from here have.
    public Plan.Family family() {
        return address instanceof Inet4Address ? Plan.Family.IPV4 : Plan.Family.IPV6;
    }

    /// How the kernel sends from here.
    ///
    /// @throws CannotProbe where it does not
    Route routeTo(InetAddress target) throws CannotProbe {
        String way = "from " + ThisHost.text(address) + " to " + ThisHost.text(target);
        if ((target instanceof Inet4Address) != (family() == Plan.Family.IPV4)) {
            throw new CannotProbe("nothing goes " + way + ", they are of two families", LIST);
        }
        try {
            Route route = Route.from(address, target);
            if (route.source().isPresent()) {
                return route;
            }
        } catch (IOException failed) {
            throw new CannotProbe("no route leads " + way + ": " + failed.getMessage(), LIST);
        }
        throw new CannotProbe("this host's routing table refuses to send " + way, LIST);
    }
}
