package rstprobe.path;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The packet-too-big errors of a direction, one entry for each sender and size; a claim that repeats costs nothing.
final class Claims {
    /// More different ones are no router's.
    private static final int MOST = 16;

    private final Map<String, Said> said = new LinkedHashMap<>();

    private static final class Said {
        private final Heard.TooBig first;
        private int count;
        private int shortest = Integer.MAX_VALUE;

        private Said(Heard.TooBig first) {
            this.first = first;
        }
    }

    /// @return true where it says something new
    boolean add(Heard.TooBig claim, int probeBytes) {
        String key = claim.from() + " " + claim.mtu();
        boolean isNew = !said.containsKey(key);
        if (isNew && said.size() >= MOST) {
            return false;
        }
        Said entry = said.computeIfAbsent(key, _ -> new Said(claim));
        entry.count++;
        entry.shortest = Math.min(entry.shortest, probeBytes);
        return isNew;
    }

    /// What the proof says of each.
    List<MtuClaim> judged(PathMtuStanding standing) {
        List<MtuClaim> judged = new ArrayList<>();
        said.values()
                .forEach(entry -> judged.add(new MtuClaim(
                        entry.first.from(),
                        entry.first.mtu(),
                        entry.first.frame(),
                        entry.count,
                        truth(entry, standing))));
        return judged;
    }

    private static MtuClaim.Truth truth(Said entry, PathMtuStanding standing) {
        int mtu = entry.first.mtu();
        if (mtu == 0) {
            return MtuClaim.Truth.UNNAMED;
        }
        if (entry.shortest <= mtu) {
            return MtuClaim.Truth.REFUTED;
        }
        return switch (standing) {
            case PathMtuStanding.Exact(int pathMtu, double _) ->
                mtu == pathMtu
                        ? MtuClaim.Truth.PROVEN
                        : mtu < pathMtu ? MtuClaim.Truth.TOO_LOW : MtuClaim.Truth.FURTHER;
            case PathMtuStanding.Local(int pathMtu) -> mtu < pathMtu ? MtuClaim.Truth.TOO_LOW : MtuClaim.Truth.OPEN;
            case PathMtuStanding.Bounded(int delivered, var _) ->
                mtu < delivered ? MtuClaim.Truth.TOO_LOW : MtuClaim.Truth.OPEN;
            case PathMtuStanding.Open _, PathMtuStanding.Silent _, PathMtuStanding.Changed _ -> MtuClaim.Truth.OPEN;
        };
    }

    /// The error that comes for a packet of that size and tells its sender of a size that passes.
    ///
    /// @param passes the longest that passes
    Optional<Heard.TooBig> usable(int bytes, int passes, int floor) {
        return said.values().stream()
                .filter(entry -> entry.shortest <= bytes)
                .map(entry -> entry.first)
                .filter(claim -> claim.mtu() >= floor && claim.mtu() <= passes)
                .findFirst();
    }

    /// Whether any came for a packet of that size or a shorter one.
    boolean cameFor(int bytes) {
        return said.values().stream().anyMatch(entry -> entry.shortest <= bytes);
    }
}
