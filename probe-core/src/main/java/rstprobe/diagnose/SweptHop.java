package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.record.ActiveTest.Part;

/// Where the sender of a reset sits, by how far its trigger had to go and how far the reset came.
///
/// The two estimates are independent. Where they agree, one hop or one link is named; where they do not, both stay
/// open.
final class SweptHop {
    private SweptHop() {}

    /// Empty where neither a sweep nor a copied TTL tells.
    static Optional<Hop> of(Seen reset, List<Probing> probings) {
        return copier(probings).or(() -> swept(TtlSweep.of(reset, probings)));
    }

    /// A device that gives its resets the TTL that the trigger had left: both ways cost the same hops, so whatever TTL
    /// a trigger starts with, twice the hops to the device are gone when the reset is here.
    private static Optional<Hop> copier(List<Probing> probings) {
        List<Probing> drawing = probings.stream()
                .filter(probing -> probing.event().part() == Part.TRIGGER)
                .filter(probing -> probing.reset().isPresent())
                .toList();
        List<Integer> lost = drawing.stream()
                .map(probing -> probing.event().ttl()
                        - probing.reset().orElseThrow().segment().ip().ttl())
                .distinct()
                .toList();
        boolean moves = drawing.stream()
                        .map(probing -> probing.event().ttl())
                        .distinct()
                        .count()
                > 1;
        return moves && lost.size() == 1 && lost.getFirst() > 0 && lost.getFirst() % 2 == 0
                ? Optional.of(new Hop(lost.getFirst() / 2, lost.getFirst() / 2 + 1, Optional.empty()))
                : Optional.empty();
    }

    private static Optional<Hop> swept(TtlSweep sweep) {
        Optional<Probing> drawn = sweep.drawn();
        OptionalInt distance = sweep.distance();
        if (drawn.isEmpty()) {
            return Optional.empty();
        }
        int first = drawn.get().event().ttl();
        if (distance.isEmpty()) {
            return TtlSweep.expiredOnTheWay(drawn.get())
                    ? Optional.of(new Hop(first - 1, first, Optional.empty()))
                    : Optional.empty();
        }
        if (first >= distance.getAsInt()) {
            return sweep.lastRouterRejects()
                    ? Optional.of(new Hop(first - 2, first - 1, sweep.router(first - 1)))
                    : Optional.empty();
        }
        return Optional.of(shortOfServer(sweep, drawn.get()));
    }

    private static Hop shortOfServer(TtlSweep sweep, Probing drawn) {
        int first = drawn.event().ttl();
        if (drawn.expired().isPresent()) {
            return new Hop(first - 1, first, Optional.empty());
        }
        int back = TtlSweep.hopsBack(drawn.reset().orElseThrow().segment());
        if (back == first - 2) {
            return new Hop(first - 2, first - 1, sweep.router(first - 1));
        }
        return back == first - 1
                ? new Hop(first - 1, first, Optional.empty())
                : new Hop(Math.max(0, first - 2), first, Optional.empty());
    }
}
