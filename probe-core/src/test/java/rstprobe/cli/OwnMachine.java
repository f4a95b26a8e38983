package rstprobe.cli;

import java.util.stream.Stream;

/// Runs a command as if it had a machine of its own: network, mounts and processes. All of it ends with this process.
public final class OwnMachine {
    private OwnMachine() {}

    /// The words of a command line that runs this one there.
    public static String[] running(String... command) {
        return Stream.concat(
                        Stream.of(
                                "setpriv",
                                "--pdeathsig",
                                "KILL",
                                "unshare",
                                "--net",
                                "--mount",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc"),
                        Stream.of(command))
                .toArray(String[]::new);
    }
}
