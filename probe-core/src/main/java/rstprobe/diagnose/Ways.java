package rstprobe.diagnose;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.wire.IpAddress;

/// The ways that crafted packets of different connections took. Connections are spread over several of equal cost
/// (RFC 2992), and how far the server is on one says nothing of another.
final class Ways {
    private Ways() {}

    /// False where the routers at a hop, by their own complaints, are others for these than for those; true where
    /// either met none that complains.
    static boolean meet(List<Probing> these, List<Probing> those, int hop) {
        Set<IpAddress> one = routers(these, hop);
        Set<IpAddress> other = routers(those, hop);
        return one.isEmpty() || other.isEmpty() || !Collections.disjoint(one, other);
    }

    private static Set<IpAddress> routers(List<Probing> probings, int hop) {
        return probings.stream()
                .filter(probing -> probing.event().ttl() == hop)
                .flatMap(probing -> probing.expired().stream())
                .map(complaint -> complaint.error().ip().source())
                .collect(Collectors.toSet());
    }
}
