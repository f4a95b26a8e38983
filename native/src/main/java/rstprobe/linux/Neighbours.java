package rstprobe.linux;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The kernel's neighbour table: ARP (RFC 826) and neighbour discovery (RFC 4861).
public final class Neighbours {
    private static final int NDMSG = 12;
    private static final int NDMSG_STATE = 8;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    /// `NUD_INCOMPLETE | NUD_FAILED`: asked for, or nobody answered.
    private static final int UNKNOWN = 0x01 | 0x20;

    private Neighbours() {}

    /// The MAC address of a node on an interface's link; empty where the kernel does not know it. The kernel learns it
    /// when something is sent there, not by this question.
    public static Optional<MacAddress> of(int interfaceIndex, InetAddress address) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(NDMSG).order(ByteOrder.nativeOrder());
        message.put(0, (byte) SocketAddress.family(address)).putInt(4, interfaceIndex);
        Netlink question = new Netlink(Netlink.RTM_GETNEIGH, message.array()).with(NDA_DST, address.getAddress());
        try {
            Netlink.Answer answer = question.ask();
            ByteBuffer mac = answer.attributes(NDMSG).get(NDA_LLADDR);
            boolean known = (answer.body().getShort(NDMSG_STATE) & UNKNOWN) == 0;
            return known && mac != null && mac.limit() == MacAddress.SIZE
                    ? Optional.of(MacAddress.of(Netlink.bytes(mac)))
                    : Optional.empty();
        } catch (LinuxException refused) {
            if (refused.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
