package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;

/// A reset whose TTL no router has lowered was sent on our own link. Where the target is behind a gateway,
/// it is not the target's; where the server's own segments or its kernel's resets come the same way,
/// TTLs are rewritten on the path and mean nothing.
final class OwnLink {
    /// What systems start with; 32 is left out, since a far reset may have come down to it.
    private static final Set<Integer> INITIAL = Set.of(64, 128, 255);

    private OwnLink() {}

    static Optional<Fact> of(Attempt attempt, Seen reset, Optional<String> gateway, List<Probing> probings) {
        int ttl = reset.segment().ip().ttl();
        boolean usual = attempt.segments().stream()
                        .anyMatch(seen -> !seen.ours()
                                && !seen.reset()
                                && seen.segment().ip().ttl() == ttl)
                || probings.stream()
                        .filter(ReferenceReset::echoes)
                        .flatMap(probing -> probing.reset().stream())
                        .anyMatch(known -> known.segment().ip().ttl() == ttl);
        if (gateway.isEmpty() || !INITIAL.contains(ttl) || usual) {
            return Optional.empty();
        }
        return Optional.of(Fact.of(
                "reset-never-routed",
                Family.TTL,
                Weights.NEVER_ROUTED,
                List.of(IN_PATH),
                List.of(reset.frame()),
                "the reset arrived with TTL " + ttl + ", which no router has lowered, but the target is behind "
                        + gateway.get() + ": it was sent on our own link"));
    }
}
