package rstprobe.record;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The ways to the server that attempts of a run take: nearly all the one to the target, some controls another.
///
/// @param target where every attempt goes that has no way of its own
/// @param others by the mode of the control that takes it
record WaysToServer(Target target, Map<Mode, Target> others) {
    WaysToServer {
        others = Map.copyOf(others);
    }

    /// The way to the target, and the one to the name's other family where the name has one, a route leads there, and
    /// it leaves by the interface that is captured on: what nobody sees proves nothing.
    ///
    /// @param alsoFrom where the user allows an attempt from another address of ours
    /// @throws CannotProbe where that attempt would not be seen
    static WaysToServer of(Target target, Plan plan, Optional<OwnAddress> alsoFrom) throws CannotProbe {
        String captured = plan.interfaceName().orElse(target.route().interfaceName());
        Map<Mode, Target> others = new EnumMap<>(Mode.class);
        if (plan.family().isEmpty() && !target.bound()) {
            otherFamily(target)
                    .filter(other -> other.route().source().isPresent()
                            && other.route().interfaceName().equals(captured))
                    .ifPresent(other -> others.put(Mode.OTHER_FAMILY, other));
        }
        if (alsoFrom.isPresent()) {
            Target other = target.from(alsoFrom.get());
            if (!other.route().interfaceName().equals(captured)) {
                throw new CannotProbe(
                        "what leaves from " + ThisHost.text(alsoFrom.get().address()) + " takes interface "
                                + other.route().interfaceName() + ", and the capture is made on " + captured,
                        "name an address that leaves by " + captured);
            }
            others.put(Mode.OTHER_ADDRESS, other);
        }
        return new WaysToServer(target, others);
    }

    private static Optional<Target> otherFamily(Target target) {
        try {
            return Arrays.stream(InetAddress.getAllByName(target.host()))
                    .filter(address -> isIpv4(address) != isIpv4(target.address()))
                    .findFirst()
                    .flatMap(address -> Target.at(target.host(), address));
        } catch (UnknownHostException _) {
            return Optional.empty();
        }
    }

    private static boolean isIpv4(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /// Where an attempt in that mode goes.
    Target of(Mode mode) {
        return others.getOrDefault(mode, target);
    }

    /// Every address that a packet of the run may go to.
    Set<InetAddress> addresses() {
        Set<InetAddress> all = new LinkedHashSet<>(Set.of(target.address()));
        others.values().forEach(other -> all.add(other.address()));
        return all;
    }

    /// What the recording says of the other ways.
    List<Event> told(long atNanos) {
        return others.entrySet().stream()
                .<Event>map(way -> new Event.OtherWay(
                        atNanos,
                        way.getKey(),
                        way.getValue().route().source().map(ThisHost::text).orElse(""),
                        way.getValue().text()))
                .toList();
    }
}
