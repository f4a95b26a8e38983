package rstprobe.diagnose;

import java.util.List;
import java.util.Set;

/// A piece of evidence and every origin it speaks for.
///
/// @param evidence what goes into the report; its `supports` is the origin it speaks for most
/// @param favours  all origins that gain its weight
/// @param guess    the weight it would have had nothing been fitted
record Fact(Evidence evidence, Set<Origin> favours, int guess) {

    /// A fact that speaks for one or more origins, the first of them most.
    ///
    /// @param guess its weight where calibration knows none for this id
    static Fact of(
            String id, Evidence.Family family, int guess, List<Origin> favours, List<Integer> frames, String text) {
        int weight = WeightTable.committed().weight(id, guess);
        return new Fact(new Evidence(id, family, weight, favours.getFirst(), frames, text), Set.copyOf(favours), guess);
    }

    /// Whether one with this id is among some.
    static boolean among(List<Fact> facts, String id) {
        return facts.stream().anyMatch(fact -> fact.evidence().id().equals(id));
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
                favours,
                guess);
    }

    /// A fact that is told and weighs nothing.
    static Fact told(String id, Evidence.Family family, List<Integer> frames, String text) {
        return new Fact(new Evidence(id, family, 0, Origin.UNKNOWN, frames, text), Set.of(), 0);
    }
}
