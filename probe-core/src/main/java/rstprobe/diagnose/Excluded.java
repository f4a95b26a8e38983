package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Finding.RuledOut;

/// The explanations that conclusive facts leave no room for.
///
/// Only what a fact excludes by itself is named: what is merely unlikely stays among the alternatives.
final class Excluded {
    private static final List<Origin> ENDS = List.of(Origin.SERVER_PROCESS, Origin.SERVER_KERNEL);

    private Excluded() {}

    static List<RuledOut> by(List<Fact> facts) {
        List<RuledOut> excluded = new ArrayList<>();
        facts.stream()
                .filter(Fact::conclusive)
                .forEach(fact -> what(fact)
                        .ifPresent(what -> excluded.add(new RuledOut(
                                what, fact.evidence().text(), fact.evidence().frames()))));
        return List.copyOf(excluded);
    }

    private static Optional<String> what(Fact fact) {
        if (ENDS.stream().anyMatch(fact.favours()::contains)) {
            return Optional.empty();
        }
        return Optional.of(
                fact.favours().contains(Origin.SERVER_FIREWALL)
                        ? "the server's process or kernel ended the connection"
                        : "the server or its host ended the connection");
    }
}
