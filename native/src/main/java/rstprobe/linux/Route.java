package rstprobe.linux;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Where the kernel would send a packet, as `ip route get` shows it.
///
/// @param kind what happens to the packet
/// @param interfaceName the interface it leaves by; empty where the route refuses
/// @param interfaceIndex its index; 0 where the route refuses
/// @param source our address the kernel would pick; empty where the route refuses
/// @param gateway the next router; empty where the target is on the link
/// @param mtu the route's MTU, set by an administrator or learned from a packet-too-big; empty: the interface's
/// @param mtuLearned whether that MTU was learned and will expire
public record Route(
        Kind kind,
        String interfaceName,
        int interfaceIndex,
        Optional<InetAddress> source,
        Optional<InetAddress> gateway,
        OptionalInt mtu,
        boolean mtuLearned) {

    /// What happens to the packet (`RTN_` constants of `linux/rtnetlink.h`, whose numbers are the ordinals plus one).
    public enum Kind {
        /// It goes to one host.
        UNICAST,
        /// It is for this host.
        LOCAL,
        /// It goes to all hosts on a link.
        BROADCAST,
        /// It goes to the nearest of several hosts.
        ANYCAST,
        /// It goes to a group.
        MULTICAST,
        /// It is dropped in silence; connect says `EINVAL`.
        BLACKHOLE,
        /// It is refused; connect says `EHOSTUNREACH`.
        UNREACHABLE,
        /// It is refused; connect says `EACCES`.
        PROHIBIT
    }

    private static final int RTMSG = 12;
    private static final int RTMSG_TYPE = 7;
    private static final int RTM_SRC_LENGTH = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_SRC = 2;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_CACHEINFO = 12;
    private static final int RTA_VIA = 18;
    private static final int RTAX_MTU = 2;
    private static final int CACHEINFO_EXPIRES = 8;

    /// Asks for the route to an address.
    ///
    /// @throws LinuxException `ENETUNREACH` where there is none
    public static Route to(InetAddress target) throws IOException {
        return to(target, Optional.empty());
    }

    /// Asks for the route that a packet from that address of ours takes, which rules may send another way.
    ///
    /// @param source one of this host's addresses, of the target's family
    /// @throws LinuxException where there is none
    public static Route from(InetAddress source, InetAddress target) throws IOException {
        Route route = to(target, Optional.of(source));
        return new Route(
                route.kind,
                route.interfaceName,
                route.interfaceIndex,
                route.kind.compareTo(Kind.BLACKHOLE) >= 0 ? Optional.empty() : Optional.of(source),
                route.gateway,
                route.mtu,
                route.mtuLearned);
    }

    private static Route to(InetAddress target, Optional<InetAddress> source) throws IOException {
        byte[] address = target.getAddress();
        byte[] message = new byte[RTMSG];
        message[0] = (byte) SocketAddress.family(target);
        message[1] = (byte) (address.length * Byte.SIZE);
        source.ifPresent(ours -> message[RTM_SRC_LENGTH] = message[1]);
        Netlink question = new Netlink(Netlink.RTM_GETROUTE, message).with(RTA_DST, address);
        source.ifPresent(ours -> question.with(RTA_SRC, ours.getAddress()));
        if (target instanceof Inet6Address scoped && scoped.getScopeId() != 0) {
            question.with(RTA_OIF, scoped.getScopeId());
        }
        try {
            return read(question.ask());
        } catch (LinuxException refused) {
            // IPv4 answers a refusing route with the errno that connect would get.
            return refusing(refused);
        }
    }

    private static Route refusing(LinuxException refused) throws LinuxException {
        if (refused.is(Errno.EINVAL)) {
            return refusing(Kind.BLACKHOLE);
        }
        if (refused.is(Errno.EHOSTUNREACH)) {
            return refusing(Kind.UNREACHABLE);
        }
        if (refused.is(Errno.EACCES)) {
            return refusing(Kind.PROHIBIT);
        }
        throw refused;
    }

    private static Route refusing(Kind kind) {
        return new Route(kind, "", 0, Optional.empty(), Optional.empty(), OptionalInt.empty(), false);
    }

    private static Route read(Netlink.Answer answer) throws IOException {
        int type = answer.body().get(RTMSG_TYPE);
        if (type < 1 || type > Kind.values().length) {
            throw new LinuxException("rtnetlink route type " + type, Errno.EPROTO);
        }
        Kind kind = Kind.values()[type - 1];
        if (kind.compareTo(Kind.BLACKHOLE) >= 0) {
            return refusing(kind);
        }
        Map<Integer, ByteBuffer> attributes = answer.attributes(RTMSG);
        ByteBuffer out = attributes.get(RTA_OIF);
        int index = out == null ? 0 : out.getInt(0);
        OptionalInt mtu = mtu(attributes);
        return new Route(
                kind,
                NetworkInterfaceFacts.nameOf(index),
                index,
                Netlink.address(attributes.get(RTA_PREFSRC), index),
                gateway(attributes, index),
                mtu,
                mtu.isPresent() && expires(attributes));
    }

    private static Optional<InetAddress> gateway(Map<Integer, ByteBuffer> attributes, int index) {
        ByteBuffer via = attributes.get(RTA_VIA); // struct rtvia: the gateway's family, then its address
        ByteBuffer address =
                via == null || via.limit() < 2 ? attributes.get(RTA_GATEWAY) : via.slice(2, via.limit() - 2);
        return Netlink.address(address, index);
    }

    private static OptionalInt mtu(Map<Integer, ByteBuffer> attributes) {
        ByteBuffer metrics = attributes.get(RTA_METRICS);
        ByteBuffer mtu = metrics == null ? null : Netlink.attributes(metrics, 0).get(RTAX_MTU);
        return mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu.getInt(0));
    }

    private static boolean expires(Map<Integer, ByteBuffer> attributes) {
        ByteBuffer cache = attributes.get(RTA_CACHEINFO);
        return cache != null && cache.limit() >= CACHEINFO_EXPIRES + 4 && cache.getInt(CACHEINFO_EXPIRES) != 0;
    }

    /// The node whose MAC address a frame to the target must carry: the gateway, or the target itself.
    public InetAddress nextHop(InetAddress target) {
        return gateway.orElse(target);
    }
}
