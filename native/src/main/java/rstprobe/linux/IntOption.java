package rstprobe.linux;

import java.net.Inet6Address;
import java.net.InetAddress;

/// A socket option whose value is an `int` (`linux/in.h`, `linux/in6.h`, `linux/tcp.h`, `asm-generic/socket.h`).
public enum IntOption {
    /// Type of service, the DSCP and ECN bits, 0 to 255.
    IP_TOS(Level.IP, 1),
    /// Time to live of what is sent, 1 to 255.
    IP_TTL(Level.IP, 2),
    /// 1: the program writes the IPv4 header itself (raw sockets).
    IP_HDRINCL(Level.IP, 3),
    /// Don't Fragment: one of [#PMTUDISC_DONT], [#PMTUDISC_WANT], [#PMTUDISC_DO], [#PMTUDISC_PROBE].
    IP_MTU_DISCOVER(Level.IP, 10),
    /// 1: keep ICMP errors in the error queue.
    IP_RECVERR(Level.IP, 11),
    /// The path MTU the kernel believes in; read-only, connected sockets only.
    IP_MTU(Level.IP, 14),
    /// 1: an address that is not ours may be bound.
    IP_FREEBIND(Level.IP, 15),
    /// Hop limit of what is sent, 1 to 255; -1 is the route's.
    IPV6_UNICAST_HOPS(Level.IPV6, 16),
    /// IPv6 twin of [#IP_MTU_DISCOVER].
    IPV6_MTU_DISCOVER(Level.IPV6, 23),
    /// IPv6 twin of [#IP_MTU].
    IPV6_MTU(Level.IPV6, 24),
    /// IPv6 twin of [#IP_RECVERR].
    IPV6_RECVERR(Level.IPV6, 25),
    /// 1: an IPv6 socket that takes no IPv4-mapped address.
    IPV6_V6ONLY(Level.IPV6, 26),
    /// IPv6 twin of [#IP_HDRINCL].
    IPV6_HDRINCL(Level.IPV6, 36),
    /// Traffic class, 0 to 255.
    IPV6_TCLASS(Level.IPV6, 67),
    /// IPv6 twin of [#IP_FREEBIND].
    IPV6_FREEBIND(Level.IPV6, 78),
    /// 1: no Nagle delay (RFC 9293 3.7.4). Bytes written in turn may still share a segment.
    TCP_NODELAY(Level.TCP, 1),
    /// Largest segment payload; set before connect it is the MSS option of the SYN (88 to 32767).
    TCP_MAXSEG(Level.TCP, 2),
    /// Seconds of idleness before the first keepalive.
    TCP_KEEPIDLE(Level.TCP, 4),
    /// Seconds between keepalives.
    TCP_KEEPINTVL(Level.TCP, 5),
    /// Keepalives without answer that end the connection.
    TCP_KEEPCNT(Level.TCP, 6),
    /// How often a SYN is sent again before connect fails, 1 to 127.
    TCP_SYNCNT(Level.TCP, 7),
    /// 1: acknowledge at once, until the kernel thinks otherwise.
    TCP_QUICKACK(Level.TCP, 12),
    /// Milliseconds that sent bytes may stay unacknowledged before the connection ends (RFC 5482).
    TCP_USER_TIMEOUT(Level.TCP, 18),
    /// 1: a local address in TIME_WAIT may be bound.
    SO_REUSEADDR(Level.SOCKET, 2),
    /// The pending error; reading it clears it.
    SO_ERROR(Level.SOCKET, 4),
    /// Send buffer bytes; the kernel doubles what is set.
    SO_SNDBUF(Level.SOCKET, 7),
    /// Receive buffer bytes; the kernel doubles what is set and caps it at `net.core.rmem_max`.
    SO_RCVBUF(Level.SOCKET, 8),
    /// 1: keepalives are sent.
    SO_KEEPALIVE(Level.SOCKET, 9),
    /// [#SO_RCVBUF] without the cap; needs `CAP_NET_ADMIN`.
    SO_RCVBUFFORCE(Level.SOCKET, 33),
    /// Firewall mark of what is sent; needs `CAP_NET_ADMIN` or `CAP_NET_RAW`.
    SO_MARK(Level.SOCKET, 36),
    /// Address family, `AF_INET` 2 or `AF_INET6` 10; read-only.
    SO_DOMAIN(Level.SOCKET, 39),
    /// Index of the only interface to use; 0 is any.
    SO_BINDTOIFINDEX(Level.SOCKET, 62);

    /// Never set DF.
    public static final int PMTUDISC_DONT = 0;
    /// Set DF, follow packet-too-big, fragment locally what is larger.
    public static final int PMTUDISC_WANT = 1;
    /// Always DF, follow packet-too-big. The one for TCP: under PROBE a SYN leaves without DF.
    public static final int PMTUDISC_DO = 2;
    /// Always DF, ignore what the kernel learned of the path. The one for UDP and raw probes.
    public static final int PMTUDISC_PROBE = 3;

    private final int level;
    private final int number;

    IntOption(int level, int number) {
        this.level = level;
        this.number = number;
    }

    /// The option that means the same for the address's family: `IP_TTL.on(an IPv6 address)` is `IPV6_UNICAST_HOPS`,
    /// and back. An option that knows no family is its own twin.
    public IntOption on(InetAddress address) {
        return on(address instanceof Inet6Address);
    }

    IntOption on(boolean ipv6) {
        return switch (this) {
            case IP_TOS, IPV6_TCLASS -> ipv6 ? IPV6_TCLASS : IP_TOS;
            case IP_TTL, IPV6_UNICAST_HOPS -> ipv6 ? IPV6_UNICAST_HOPS : IP_TTL;
            case IP_HDRINCL, IPV6_HDRINCL -> ipv6 ? IPV6_HDRINCL : IP_HDRINCL;
            case IP_MTU_DISCOVER, IPV6_MTU_DISCOVER -> ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER;
            case IP_RECVERR, IPV6_RECVERR -> ipv6 ? IPV6_RECVERR : IP_RECVERR;
            case IP_MTU, IPV6_MTU -> ipv6 ? IPV6_MTU : IP_MTU;
            case IP_FREEBIND, IPV6_FREEBIND -> ipv6 ? IPV6_FREEBIND : IP_FREEBIND;
            case IPV6_V6ONLY,
                    TCP_NODELAY,
                    TCP_MAXSEG,
                    TCP_KEEPIDLE,
                    TCP_KEEPINTVL,
                    TCP_KEEPCNT,
                    TCP_SYNCNT,
                    TCP_QUICKACK,
                    TCP_USER_TIMEOUT,
                    SO_REUSEADDR,
                    SO_ERROR,
                    SO_SNDBUF,
                    SO_RCVBUF,
                    SO_KEEPALIVE,
                    SO_RCVBUFFORCE,
                    SO_MARK,
                    SO_DOMAIN,
                    SO_BINDTOIFINDEX -> this;
        };
    }

    int level() {
        return level;
    }

    int number() {
        return number;
    }

    /// Option levels; constants of an enum cannot name its own static fields.
    static final class Level {
        static final int IP = 0;
        static final int SOCKET = 1;
        static final int TCP = 6;
        static final int IPV6 = 41;

        private Level() {}
    }
}
