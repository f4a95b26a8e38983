package rstprobe.cli;

import java.nio.file.Path;
import java.util.Optional;
import rstprobe.record.Plan;

/// Where a run stands: the folder that it writes into, the interface that it captures on, one family of addresses or
/// the
/// other.
final class VantageOptions {
    private Path into = Path.of(".");
    private Optional<String> interfaceName = Optional.empty();
    private boolean four;
    private boolean six;

    void addTo(Vocabulary words) {
        words.option(
                "--into",
                "DIR",
                Reading.FILE,
                folder -> into = folder,
                "Where the incident folder goes (default: here).");
        words.option(
                "-i --interface",
                "IFACE",
                Reading.TEXT,
                name -> interfaceName = Optional.of(name),
                "Probe and capture on this interface (default: where the route leaves).");
        words.either(
                new Vocabulary.Flag("-4", given -> four = given, "IPv4 only."),
                new Vocabulary.Flag("-6", given -> six = given, "IPv6 only."));
    }

    Path into() {
        return into;
    }

    Optional<String> interfaceName() {
        return interfaceName;
    }

    Optional<Plan.Family> family() {
        if (four) {
            return Optional.of(Plan.Family.IPV4);
        }
        return six ? Optional.of(Plan.Family.IPV6) : Optional.empty();
    }
}
