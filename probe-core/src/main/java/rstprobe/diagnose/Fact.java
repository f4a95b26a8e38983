package rstprobe.diagnose;

import java.util.List;
import java.util.Set;

/// A piece of evidence and every origin it speaks for.
///
/// @param evidence what goes into the report; its `supports` is the origin it speaks for most
/// @param favours  all origins that gain its weight
record Fact(Evidence evidence, Set<Origin> favours) {

    /// A fact that speaks for one or more origins, the first of them most.
    static Fact of(
            String id, Evidence.Family family, int weight, List<Origin> favours, List<Integer> frames, String text) {
        return new Fact(new Evidence(id, family, weight, favours.getFirst(), frames, text), Set.copyOf(favours));
    }

    /// True where no conforming end could have produced it otherwise.
    boolean conclusive() {
        return evidence.weight() >= Weights.CONCLUSIVE;
    }

    /// The same fact, shown as one that speaks for this origin.
    Fact supporting(Origin origin) {
        return new Fact(
                new Evidence(
                        evidence.id(),
                        evidence.family(),
                        evidence.weight(),
                        origin,
                        evidence.frames(),
                        evidence.text()),
                favours);
    }

    /// A fact that is told and weighs nothing.
    static Fact told(String id, Evidence.Family family, List<Integer> frames, String text) {
        return new Fact(new Evidence(id, family, 0, Origin.UNKNOWN, frames, text), Set.of());
    }
}
