package rstprobe.record;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.Route;
import rstprobe.wire.IpAddress;

/// Where the probes go: one address of the host, and the route to it.
///
/// The address is checked after it was resolved, because a name may lead anywhere.
///
/// @param host what the user wrote
/// @param route how the kernel would send to it
/// @param bound whether the user chose our address on it
public record Target(String host, InetAddress address, Route route, boolean bound) {
    /// C libraries read a part with a leading zero as octal, Java as decimal.
    private static final Pattern OCTAL_OR_DECIMAL = Pattern.compile("(?=.*(^|\\.)0\\d)\\d+(\\.\\d+){1,3}");

    private static final Pattern ZONE = Pattern.compile("%.*");

    /// The least MTU of a link that carries IPv6 (RFC 8200 section 5).
    private static final int IPV6_MTU = 1_280;

    /// A target that is reached from whatever address the kernel picks.
    public Target(String host, InetAddress address, Route route) {
        this(host, address, route, false);
    }

    /// The same target from one address of ours.
    ///
    /// @throws CannotProbe where nothing from there gets there
    public Target from(OwnAddress ours) throws CannotProbe {
        return new Target(host, address, ours.routeTo(address), true);
    }

    /// Resolves a host and looks up the route.
    ///
    /// @throws NoTarget where it has no address of the wanted family, no route, or is one nobody may probe
    public static Target resolve(String host, Optional<Plan.Family> family) throws NoTarget {
        InetAddress address = address(host, family);
        forbid(host, address);
        Route route = route(host, address);
        forbid(host, route);
        return new Target(host, address, route);
    }

    /// Why an address in figures must not be probed; empty where it may be, or is a name of which nobody knows yet.
    public static Optional<String> forbidden(String host) {
        try {
            byte[] bytes = IpAddress.parse(ZONE.matcher(host).replaceFirst("")).toBytes();
            return NoHost.what(InetAddress.getByAddress(bytes)).map(what -> host + " is " + what);
        } catch (IllegalArgumentException | UnknownHostException _) {
            return OCTAL_OR_DECIMAL.matcher(host).matches()
                    ? Optional.of(host + " is read in two ways: write the address without leading zeros")
                    : Optional.empty();
        }
    }

    /// One address of the host; empty where nobody may probe it, or no route leads there.
    static Optional<Target> at(String host, InetAddress address) {
        try {
            forbid(host, address);
            Route route = route(host, address);
            forbid(host, route);
            return Optional.of(new Target(host, address, route));
        } catch (NoTarget _) {
            return Optional.empty();
        }
    }

    /// The address in figures (RFC 5952).
    public String text() {
        return IpAddress.of(address.getAddress()).toString();
    }

    private static InetAddress address(String host, Optional<Plan.Family> family) throws NoTarget {
        InetAddress[] all;
        try {
            all = InetAddress.getAllByName(host);
        } catch (UnknownHostException _) {
            throw new NoTarget(
                    NoTarget.Kind.UNREACHABLE,
                    "cannot resolve " + host + ": no such " + (host.contains("%") ? "interface" : "host"));
        }
        return Arrays.stream(all)
                .filter(candidate ->
                        family.isEmpty() || (family.get() == Plan.Family.IPV4) == (candidate instanceof Inet4Address))
                .findFirst()
                .orElseThrow(() -> new NoTarget(
                        NoTarget.Kind.UNREACHABLE,
                        host + " has no " + (family.orElseThrow() == Plan.Family.IPV4 ? "IPv4" : "IPv6") + " address"));
    }

    private static void forbid(String host, InetAddress address) throws NoTarget {
        if (OCTAL_OR_DECIMAL.matcher(host).matches()) {
            throw new NoTarget(
                    NoTarget.Kind.FORBIDDEN, host + " is read in two ways: write the address without leading zeros");
        }
        Optional<String> what = NoHost.what(address);
        if (what.isPresent()) {
            throw new NoTarget(NoTarget.Kind.FORBIDDEN, host + " is " + what.get());
        }
    }

    private static Route route(String host, InetAddress address) throws NoTarget {
        String target = IpAddress.of(address.getAddress()).toString();
        String named = host.equals(target) ? host : host + " (" + target + ")";
        try {
            return Route.to(address);
        } catch (LinuxException refused) {
            String why = refused.errno().equals(Errno.ENETUNREACH)
                    ? "no route to " + named + tooNarrow(address)
                    : "no route to " + named + ": " + refused.errno().name();
            throw new NoTarget(NoTarget.Kind.UNREACHABLE, why);
        } catch (IOException failed) {
            throw new NoTarget(NoTarget.Kind.UNREACHABLE, "no route to " + named + ": " + failed.getMessage());
        }
    }

    /// Linux takes IPv6, its addresses and routes off an interface whose MTU is too small for it, and says nothing.
    private static String tooNarrow(InetAddress address) {
        try {
            return NetworkInterfaceFacts.list().stream()
                    .filter(each -> address instanceof Inet6Address && each.up() && each.mtu() < IPV6_MTU)
                    .findFirst()
                    .map(each -> ": " + each.name() + " has an MTU of " + each.mtu()
                            + ", and IPv6 takes no link of less" + " than " + IPV6_MTU)
                    .orElse("");
        } catch (IOException _) {
            return "";
        }
    }

    private static void forbid(String host, Route route) throws NoTarget {
        switch (route.kind()) {
            case UNICAST, LOCAL -> {}
            case ANYCAST ->
                throw new NoTarget(
                        NoTarget.Kind.FORBIDDEN, host + " is an anycast address: only single hosts are probed");
            case BROADCAST ->
                throw new NoTarget(
                        NoTarget.Kind.FORBIDDEN, host + " is a broadcast address: only single hosts are probed");
            case MULTICAST ->
                throw new NoTarget(
                        NoTarget.Kind.FORBIDDEN, host + " is a multicast address: only single hosts are probed");
            case BLACKHOLE, UNREACHABLE, PROHIBIT ->
                throw new NoTarget(
                        NoTarget.Kind.UNREACHABLE,
                        "no route to " + host + ": this host's routing table says "
                                + route.kind().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
