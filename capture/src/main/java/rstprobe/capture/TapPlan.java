package rstprobe.capture;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a tap is to capture, where, and how much of it.
///
/// @param interfaceName the interface's name, `eth0`
/// @param filter        a pcap-filter(7) expression; an empty one captures everything
/// @param snapLength    how many bytes of a frame are kept, 1 to [CaptureLimits#MAX_FRAME_BYTES]
/// @param bufferBytes   how large the kernel's buffer is, [#MIN_BUFFER_BYTES] to [#MAX_BUFFER_BYTES]
public record TapPlan(String interfaceName, String filter, int snapLength, int bufferBytes) {
    /// Whole frames, even those of 64 KiB that segmentation offload makes. Few of them fit the buffer: see
    /// [#SNAP_LENGTH].
    public static final int WHOLE_FRAMES = CaptureLimits.MAX_FRAME_BYTES;

    /// All of a jumbo frame, and of every handshake message that segmentation offload glues together.
    ///
    /// In immediate mode the kernel sets aside the same room for each frame, large or small, in powers of two. This
    /// length and the kernel's header fit 16 KiB exactly, so that a buffer of 16 MiB holds 1024 frames; with
    /// [#WHOLE_FRAMES] it holds 256. On `lo` each frame takes the room of two.
    public static final int SNAP_LENGTH = 16_256;

    /// 16 MiB: room for 1024 frames while the sink is away or the machine is busy.
    public static final int BUFFER_BYTES = 16 << 20;

    /// The smallest buffer libpcap divides into frames of 64 KiB without trouble.
    public static final int MIN_BUFFER_BYTES = 256 << 10;

    /// The largest buffer taken: it is locked memory.
    public static final int MAX_BUFFER_BYTES = 1 << 30;

    /// The most addresses one filter names; the kernel takes 4096 instructions, an IPv6 address costs some 20.
    public static final int MAX_TARGETS = 64;

    /// Linux's IFNAMSIZ less its final zero byte, in bytes.
    private static final int MAX_NAME_LENGTH = 15;

    public TapPlan {
        if (interfaceName.isEmpty() || interfaceName.length() > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException(
                    "an interface name has 1 to " + MAX_NAME_LENGTH + " characters: \"" + interfaceName + "\"");
        }
        if (snapLength < 1 || snapLength > CaptureLimits.MAX_FRAME_BYTES) {
            throw new IllegalArgumentException(
                    "a snapshot length is 1 to " + CaptureLimits.MAX_FRAME_BYTES + ", not " + snapLength);
        }
        if (bufferBytes < MIN_BUFFER_BYTES || bufferBytes > MAX_BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    "a buffer has " + MIN_BUFFER_BYTES + " to " + MAX_BUFFER_BYTES + " bytes, not " + bufferBytes);
        }
        filter = filter.strip();
    }

    /// [#SNAP_LENGTH] bytes of each frame through a buffer of 16 MiB.
    public TapPlan(String interfaceName, String filter) {
        this(interfaceName, filter, SNAP_LENGTH, BUFFER_BYTES);
    }

    /// The filter for TCP conversations with one port of these addresses, and for every ICMP error.
    ///
    /// Errors are not limited to those that quote the target: a router on the way sends them from an address of its
    /// own, and a broken NAT quotes addresses we never used, which is a finding. ARP and neighbour discovery stay
    /// out, as do ICMP echoes. Fragments after the first and IPv6 extension headers hide the port: these
    /// are taken by address alone.
    ///
    /// @param targets the addresses of the target, both families welcome, 1 to [#MAX_TARGETS]
    /// @param port    1 to 65535
    public static String filterFor(Set<InetAddress> targets, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
        }
        return joined(
                targets,
                "(tcp port " + port + " or " + LATER_FRAGMENT + ")",
                "(tcp port " + port + " or " + EXTENSION_HEADER + ")");
    }

    /// The filter for every IP datagram to or from these addresses, and for every ICMP error: what a search for the
    /// path MTU needs, which probes with ICMP, UDP and TCP alike.
    ///
    /// @param targets the addresses of the target, both families welcome, 1 to [#MAX_TARGETS]
    public static String filterForHosts(Set<InetAddress> targets) {
        return joined(targets, "ip", "(ip6 and not (ip6[6] = 58 and ip6[40] >= 130 and ip6[40] <= 137))");
    }

    /// The filter for a search for the path MTU to more targets than a filter can name: what comes from these ports
    /// of anybody's or goes there, ICMP echo replies and errors, first fragments, and nothing long that this host
    /// sends itself, since a prober knows what it sends.
    ///
    /// @param ports of the targets; where they are more than [#MAX_TARGETS], all of TCP is taken
    public static String filterForSweep(Set<Integer> ports) {
        String from = either("tcp src port ", ports);
        String to = either("tcp dst port ", ports);
        return from + " or (" + to + " and ((ip and ip[2:2] < " + LONGEST_OWN + ") or (ip6 and ip6[4:2] < "
                + LONGEST_OWN
                + "))) or (icmp and icmp[0] != 8) or (ip6 and ((ip6[6] = 58 and (ip6[40] < 128 or ip6[40] = 129))"
                + " or (ip6[6] = 44 and ip6[42:2] & 0xfff8 = 0)))";
    }

    /// The filter for everybody's TCP conversations with one of these ports, and for every ICMP error.
    ///
    /// @param ports 1 to [#MAX_TARGETS] of them
    public static String filterForPorts(Set<Integer> ports) {
        if (ports.isEmpty() || ports.size() > MAX_TARGETS) {
            throw new IllegalArgumentException("a filter is for 1 to " + MAX_TARGETS + " ports, not " + ports.size());
        }
        return either("tcp port ", ports) + " or " + ICMP_ERROR + " or " + ICMP6_ERROR;
    }

    private static String either(String word, Set<Integer> ports) {
        return ports.size() > MAX_TARGETS
                ? "tcp"
                : "(" + ports.stream().sorted().map(port -> word + port).collect(Collectors.joining(" or ")) + ")";
    }

    /// Bytes of an IP packet; what the kernel sends on such a connection is shorter.
    private static final int LONGEST_OWN = 640;

    /// RFC 791 section 3.1: the fragment offset, 13 bits.
    private static final String LATER_FRAGMENT = "(ip[6:2] & 0x1fff != 0)";

    /// RFC 8200 section 4: hop-by-hop, routing, fragment, authentication and destination options in front of TCP.
    private static final String EXTENSION_HEADER =
            "(ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60)";

    /// RFC 792: unreachable 3, source quench 4, redirect 5, time exceeded 11, parameter problem 12.
    private static final String ICMP_ERROR =
            "(icmp and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 5 or icmp[0] = 11 or icmp[0] = 12))";

    /// RFC 4443 section 2.1: errors have types below 128. The byte is looked up by its place, since older libpcap
    /// cannot index `icmp6`.
    private static final String ICMP6_ERROR = "(ip6 and ip6[6] = 58 and ip6[40] < 128)";

    private static String joined(Set<InetAddress> targets, String with4, String with6) {
        if (targets.isEmpty() || targets.size() > MAX_TARGETS) {
            throw new IllegalArgumentException(
                    "a filter is for 1 to " + MAX_TARGETS + " addresses, not " + targets.size());
        }
        List<String> hosts4 = hosts(targets, true);
        List<String> hosts6 = hosts(targets, false);
        StringBuilder filter = new StringBuilder(ICMP_ERROR).append(" or ").append(ICMP6_ERROR);
        if (!hosts4.isEmpty()) {
            filter.append(" or (")
                    .append(with4)
                    .append(" and (")
                    .append(either("ip host ", hosts4))
                    .append("))");
        }
        if (!hosts6.isEmpty()) {
            filter.append(" or (")
                    .append(with6)
                    .append(" and (")
                    .append(either("ip6 host ", hosts6))
                    .append("))");
        }
        return filter.toString();
    }

    private static List<String> hosts(Set<InetAddress> targets, boolean four) {
        return targets.stream()
                .filter(target -> target instanceof Inet4Address == four)
                .map(TapPlan::numeric)
                .distinct()
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /// The address in figures, without the zone of a link-local one.
    private static String numeric(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    private static String either(String word, List<String> hosts) {
        return hosts.stream().map(host -> word + host).collect(Collectors.joining(" or "));
    }
}
