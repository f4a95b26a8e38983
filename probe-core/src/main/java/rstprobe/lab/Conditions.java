package rstprobe.lab;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// What a practice network is like besides its fault.
///
/// @param delayMillis what crossing the bridge takes, each way, 0 to 10 000 ms; a round trip is longer by twice this
/// @param loss the share of frames the bridge loses in each direction, 0 to 1
/// @param seed where the bridge's dice start: the same seed loses the same frames of the same traffic
/// @param ipv6 whether [Lab#serverAddress] is the server's IPv6 address; both families are always there
/// @param serverTree a root directory to take `/usr/sbin/sshd` from instead of this machine's own, for instance an
///   unpacked newer release; it needs `dev/null` and a user `sshd`
/// @param software a folder with the unpacked programs of several Debians, one tree each, for networks that run
///   certain programs; where it is empty, this machine's own must do
public record Conditions(
        int delayMillis, double loss, long seed, boolean ipv6, Optional<Path> serverTree, Optional<Path> software) {

    /// The longest delay, each way, in milliseconds.
    public static final int LONGEST_DELAY_MILLIS = 10_000;

    /// Checks the ranges; throws `IllegalArgumentException` outside them.
    public Conditions {
        Objects.requireNonNull(serverTree);
        Objects.requireNonNull(software);
        if (delayMillis < 0 || delayMillis > LONGEST_DELAY_MILLIS) {
            throw new IllegalArgumentException("delay of " + delayMillis + " ms is not in 0.." + LONGEST_DELAY_MILLIS);
        }
        if (!(loss >= 0 && loss <= 1)) {
            throw new IllegalArgumentException("loss of " + loss + " is not in 0..1");
        }
    }

    /// Without a folder of programs.
    public Conditions(int delayMillis, double loss, long seed, boolean ipv6, Optional<Path> serverTree) {
        this(delayMillis, loss, seed, ipv6, serverTree, Optional.empty());
    }

    /// No delay, no loss, IPv4, this machine's own sshd.
    public static Conditions plain() {
        return new Conditions(0, 0, 1, false, Optional.empty());
    }
}
