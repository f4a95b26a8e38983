package rstprobe.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A network interface in the calling thread's namespace.
///
/// @param name such as `eth0`
/// @param index the kernel's number for it
/// @param mtu the largest IP packet that may leave by it
/// @param up an administrator turned it on
/// @param carrier there is a link below it
/// @param loopback it leads back to this host
/// @param mac its MAC address; empty for a tunnel
/// @param addresses its addresses, IPv4 first
/// @param offloads what it does in the kernel's stead
public record NetworkInterfaceFacts(
        String name,
        int index,
        int mtu,
        boolean up,
        boolean carrier,
        boolean loopback,
        Optional<MacAddress> mac,
        List<InterfaceAddress> addresses,
        Offloads offloads) {
    private static final int IFINFOMSG = 16;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 8;
    private static final int IFF_LOWER_UP = 1 << 16;

    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;

    /// Keeps the addresses from changing.
    public NetworkInterfaceFacts {
        addresses = List.copyOf(addresses);
    }

    /// All interfaces, in the kernel's order. One that vanishes meanwhile is left out.
    public static List<NetworkInterfaceFacts> list() throws IOException {
        Map<Integer, List<InterfaceAddress>> addresses = addressesByIndex();
        List<NetworkInterfaceFacts> interfaces = new ArrayList<>();
        for (Netlink.Answer link : new Netlink(Netlink.RTM_GETLINK, new byte[IFINFOMSG]).dump()) {
            read(link, addresses).ifPresent(interfaces::add);
        }
        return List.copyOf(interfaces);
    }

    /// The interface of that name.
    public static Optional<NetworkInterfaceFacts> named(String name) throws IOException {
        for (NetworkInterfaceFacts each : list()) {
            if (each.name.equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private static Optional<NetworkInterfaceFacts> read(
            Netlink.Answer link, Map<Integer, List<InterfaceAddress>> addresses) throws LinuxException {
        int index = link.body().getInt(4);
        int flags = link.body().getInt(8);
        Map<Integer, ByteBuffer> attributes = link.attributes(IFINFOMSG);
        ByteBuffer mac = attributes.get(IFLA_ADDRESS);
        String name = Netlink.text(attributes.get(IFLA_IFNAME));
        try {
            return Optional.of(new NetworkInterfaceFacts(
                    name,
                    index,
                    attributes.get(IFLA_MTU).getInt(0),
                    (flags & IFF_UP) != 0,
                    (flags & IFF_LOWER_UP) != 0,
                    (flags & IFF_LOOPBACK) != 0,
                    mac == null || mac.limit() != MacAddress.SIZE
                            ? Optional.empty()
                            : Optional.of(MacAddress.of(Netlink.bytes(mac))),
                    addresses.getOrDefault(index, List.of()),
                    Offloads.of(name)));
        } catch (LinuxException gone) {
            if (gone.is(Errno.ENODEV)) {
                return Optional.empty();
            }
            throw gone;
        }
    }

    private static Map<Integer, List<InterfaceAddress>> addressesByIndex() throws IOException {
        Map<Integer, List<InterfaceAddress>> addresses = new HashMap<>();
        for (Netlink.Answer answer : new Netlink(Netlink.RTM_GETADDR, new byte[IFADDRMSG]).dump()) {
            int index = answer.body().getInt(4);
            int prefix = Byte.toUnsignedInt(answer.body().get(1));
            Map<Integer, ByteBuffer> attributes = answer.attributes(IFADDRMSG);
            // On a point-to-point link IFA_ADDRESS is the peer's and IFA_LOCAL is ours.
            ByteBuffer ours = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
            Optional<InetAddress> broadcast = Netlink.address(attributes.get(IFA_BROADCAST), index);
            Netlink.address(ours, index)
                    .map(address -> new InterfaceAddress(address, prefix, broadcast))
                    .ifPresent(addresses.computeIfAbsent(index, ignored -> new ArrayList<>())::add);
        }
        return addresses;
    }

    /// The name of the interface with that index; empty where there is none.
    static String nameOf(int index) throws IOException {
        byte[] message = new byte[IFINFOMSG];
        ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).putInt(4, index);
        try {
            Netlink.Answer link = new Netlink(Netlink.RTM_GETLINK, message).ask();
            return Netlink.text(link.attributes(IFINFOMSG).get(IFLA_IFNAME));
        } catch (LinuxException gone) {
            if (gone.is(Errno.ENODEV)) {
                return "";
            }
            throw gone;
        }
    }
}
