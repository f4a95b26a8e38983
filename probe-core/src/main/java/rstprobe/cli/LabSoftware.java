package rstprobe.cli;

import java.nio.file.Path;
import java.util.Optional;

/// Where the programs of practice networks come from.
final class LabSoftware {
    private static final String VARIABLE = "RSTPROBE_SOFTWARE";

    private Optional<Path> folder = Optional.empty();

    void addTo(Vocabulary words) {
        words.option(
                "--software",
                "DIR",
                Reading.PATH,
                named -> folder = Optional.of(named),
                "Take the programs that networks run from this folder of unpacked Debians (default: $" + VARIABLE
                        + ", else this machine's own).");
    }

    Optional<Path> folder() {
        return folder.or(() -> Optional.ofNullable(System.getenv(VARIABLE))
                .filter(named -> !named.isEmpty())
                .map(Path::of));
    }
}
