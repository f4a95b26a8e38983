package rstprobe.cli;

import java.nio.file.Path;
import java.util.Optional;
import rstprobe.lab.Conditions;

/// What practice networks are built with: the family of their addresses, and where their programs come from.
final class LabBuild {
    private static final String VARIABLE = "RSTPROBE_SOFTWARE";

    private boolean ipv6;
    private Optional<Path> serverTree = Optional.empty();
    private Optional<Path> software = Optional.empty();

    void addTo(Vocabulary words) {
        words.flag("-6", given -> ipv6 = given, "Reach the server by IPv6.");
        words.option(
                "--server-tree",
                "DIR",
                Reading.PATH,
                folder -> serverTree = Optional.of(folder),
                "Take sshd from this root directory, such as an unpacked newer Debian.");
        words.option(
                "--software",
                "DIR",
                Reading.PATH,
                folder -> software = Optional.of(folder),
                "Take the programs that networks run from this folder of unpacked Debians (default: $" + VARIABLE
                        + ", else this machine's own).");
    }

    /// @param overIpv6 whether the network wants it so, whatever the user said
    Conditions conditions(int delayMillis, double loss, long seed, boolean overIpv6) {
        try {
            return new Conditions(delayMillis, loss, seed, ipv6 || overIpv6, serverTree, software());
        } catch (IllegalArgumentException wrong) {
            throw new WrongWords(wrong.getMessage());
        }
    }

    private Optional<Path> software() {
        return software.or(() -> Optional.ofNullable(System.getenv(VARIABLE))
                .filter(named -> !named.isEmpty())
                .map(Path::of));
    }
}
