package rstprobe.cli;

import java.util.Optional;
import rstprobe.record.Plan;

/// One family of addresses or the other.
final class FamilyOptions {
    private boolean four;
    private boolean six;

    void addTo(Vocabulary words) {
        words.either(
                new Vocabulary.Flag("-4", given -> four = given, "IPv4 only."),
                new Vocabulary.Flag("-6", given -> six = given, "IPv6 only."));
    }

    Optional<Plan.Family> family() {
        if (four) {
            return Optional.of(Plan.Family.IPV4);
        }
        return six ? Optional.of(Plan.Family.IPV6) : Optional.empty();
    }
}
