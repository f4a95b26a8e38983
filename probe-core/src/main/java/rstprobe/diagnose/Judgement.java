package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.RuledOut;

/// A verdict with what it rests on; a [Finding] is a judgement plus what the server said and how far we
/// came.
///
/// @param nextTest worked out only where somebody reads it: to rank the tests takes as long as the verdict does
/// @param weighing what was weighed for it, where it was inferred from a reset
record Judgement(
        Verdict verdict,
        List<Alternative> alternatives,
        List<Evidence> evidence,
        List<RuledOut> ruledOut,
        Optional<Supplier<String>> nextTest,
        Optional<Weighing> weighing) {

    static Judgement of(Verdict verdict, List<Fact> facts) {
        return new Judgement(
                verdict, List.of(), tellingFirst(verdict, facts), List.of(), Optional.empty(), Optional.empty());
    }

    Judgement withVerdict(Verdict other) {
        return new Judgement(other, alternatives, evidence, ruledOut, nextTest, weighing);
    }

    Judgement withAlternatives(List<Alternative> others) {
        return new Judgement(verdict, others, evidence, ruledOut, nextTest, weighing);
    }

    Judgement withRuledOut(List<RuledOut> excluded) {
        return new Judgement(verdict, alternatives, evidence, excluded, nextTest, weighing);
    }

    Judgement withNextTest(String test) {
        return withNextTest(() -> test);
    }

    Judgement withNextTest(Supplier<String> test) {
        return new Judgement(verdict, alternatives, evidence, ruledOut, Optional.of(test), weighing);
    }

    Judgement withMoreEvidence(List<Fact> more) {
        List<Evidence> all = new ArrayList<>(evidence);
        all.addAll(strongestFirst(more));
        return new Judgement(verdict, alternatives, all, ruledOut, nextTest, weighing);
    }

    Judgement withWeighing(Weighing put) {
        return new Judgement(verdict, alternatives, evidence, ruledOut, nextTest, Optional.of(put));
    }

    /// What speaks for the verdict comes first, and says so even where it speaks for others too.
    private static List<Evidence> tellingFirst(Verdict verdict, List<Fact> facts) {
        if (!(verdict instanceof Verdict.Fault fault)) {
            return strongestFirst(facts);
        }
        List<Evidence> evidence = new ArrayList<>(strongestFirst(facts.stream()
                .filter(fact -> fact.favours().contains(fault.origin()))
                .map(fact -> fact.supporting(fault.origin()))
                .toList()));
        evidence.addAll(strongestFirst(facts.stream()
                .filter(fact -> !fact.favours().contains(fault.origin()))
                .toList()));
        return evidence;
    }

    private static List<Evidence> strongestFirst(List<Fact> facts) {
        return facts.stream()
                .map(Fact::evidence)
                .sorted(Comparator.comparingInt(Evidence::weight).reversed())
                .toList();
    }
}
