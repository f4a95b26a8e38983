package rstprobe.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where the programs of practice networks come from.
final class LabSoftware {
    private static final String VARIABLE = "RSTPROBE_SOFTWARE";

    @Option(
            names = "--software",
            paramLabel = "DIR",
            description = "Take the programs that networks run from this folder of unpacked Debians" + " (default: $"
                    + VARIABLE + ", else this machine's own).")
    private Optional<Path> folder = Optional.empty();

    Optional<Path> folder() {
        return folder.or(() -> Optional.ofNullable(System.getenv(VARIABLE))
                .filter(named -> !named.isEmpty())
                .map(Path::of));
    }
}
