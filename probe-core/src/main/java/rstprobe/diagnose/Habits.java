package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a server's software is known to do where it refuses, waits and marks its packets: the release's habits and
/// what its distribution changes of them. What is not known is left out.
///
/// @param software what the identification line told
public record Habits(ServerSoftware software) {
    /// sshd's own limit where nothing is set, seconds (sshd_config(5), LoginGraceTime).
    static final int GRACE_SECONDS = 120;

    /// What sshd says to a connection above MaxStartups; empty where it says nothing, or that is not known.
    public Optional<String> refusalText() {
        if (software.has(OpenSshChange.NOT_ALLOWED_SAID)) {
            return Optional.of("Not allowed at this time");
        }
        return software.has(OpenSshChange.MAX_STARTUPS_SAID) ? Optional.of("Exceeded MaxStartups") : Optional.empty();
    }

    /// Whether TCP wrappers are compiled in, as far as one can know. Debian and Ubuntu patch them in (seen in 9.2 and
    /// 10.0); upstream dropped them with 6.7.
    public Optional<Boolean> tcpWrappers() {
        if (software.product() != ServerSoftware.Product.OPENSSH) {
            return software.product() == ServerSoftware.Product.UNKNOWN ? Optional.empty() : Optional.of(false);
        }
        if (software.debianLike()) {
            return Optional.of(true);
        }
        boolean plain = software.system() == ServerSoftware.Platform.UNKNOWN;
        return plain && software.has(OpenSshChange.TCP_WRAPPERS_REMOVED) ? Optional.of(false) : Optional.empty();
    }

    /// Names under which its processes log, all that exist where the release is not known.
    public List<String> logNames() {
        if (software.product() == ServerSoftware.Product.DROPBEAR) {
            return List.of("dropbear");
        }
        if (software.precedes(OpenSshChange.SESSION_PROCESS)) {
            return List.of("sshd");
        }
        return software.precedes(OpenSshChange.AUTH_PROCESS)
                ? List.of("sshd", "sshd-session")
                : List.of("sshd", "sshd-session", "sshd-auth");
    }

    /// How it marks its packets (IP TOS byte); empty where the distribution decides and it is not known how.
    public Optional<String> marking() {
        if (software.product() == ServerSoftware.Product.DROPBEAR) {
            return Optional.of("0x48 from its first byte");
        }
        if (software.release().isEmpty() || !software.openSsh()) {
            return Optional.empty();
        }
        if (software.has(OpenSshChange.DSCP_EF) || software.debianLike() && software.has(OpenSshChange.MLKEM_FIRST)) {
            return Optional.of("EF (0xb8) from its first byte");
        }
        boolean old = software.precedes(OpenSshChange.DSCP_AF21);
        boolean reverted = software.debianLike() && software.precedes(OpenSshChange.STRICT_KEX);
        if (old || reverted) {
            return Optional.of("0x10 for a terminal and 0x08 for the rest, after authentication");
        }
        return software.debianLike()
                ? Optional.empty()
                : Optional.of("AF21 (0x48) for a terminal and CS1 (0x20) for the rest, after authentication"
                        + (software.system() == ServerSoftware.Platform.UNKNOWN
                                ? ", unless its packager changed that"
                                : ""));
    }

    /// The key exchange that its defaults put first, with the size of the client's message; empty where not known.
    public Optional<String> keyExchange() {
        if (software.has(OpenSshChange.MLKEM_FIRST)) {
            return Optional.of("mlkem768x25519-sha256, for which the client sends 1232 bytes at once");
        }
        return software.has(OpenSshChange.SNTRUP_FIRST)
                ? Optional.of("sntrup761x25519-sha512, for which the client sends 1208 bytes at once")
                : Optional.empty();
    }

    /// Whether a grace time that ran out leaves a line in the log: Debian's fix of CVE-2024-6387 in 9.2 took it out.
    boolean logsGraceTime() {
        return !(software.system() == ServerSoftware.Platform.DEBIAN
                && software.release().filter(new Release(9, 2)::equals).isPresent());
    }

    /// Whether MaxStartups may have lost slots for good (9.8 to 10.0), or the release is not known.
    boolean mayLeakSlots() {
        return !software.precedes(OpenSshChange.SESSION_PROCESS) && !software.has(OpenSshChange.SLOT_LEAK_FIXED);
    }

    /// What is known, in at most seven sentences; none where nothing is.
    public List<String> told() {
        List<String> told = new ArrayList<>();
        if (software.product() == ServerSoftware.Product.OPENSSH) {
            openSsh(told);
        } else if (software.product() == ServerSoftware.Product.DROPBEAR) {
            told.add(
                    "above 5 unauthenticated connections of one source, or 30 in all, it closes without a word or a log line");
        } else if (software.product() == ServerSoftware.Product.TAILSCALE) {
            told.add("it is built into tailscaled: no sshd, no sshd_config; access is the tailnet's policy");
        }
        marking().ifPresent(marks -> told.add("marks its packets " + marks));
        return List.copyOf(told);
    }

    private void openSsh(List<String> told) {
        if (software.release().isEmpty()) {
            return;
        }
        told.add(refusalText()
                .map(text -> "above MaxStartups (10:30:100 by default) it says \"" + text + "\""
                        + (software.has(OpenSshChange.SOURCE_PENALTIES)
                                ? ", and so it does to a penalised source"
                                : ""))
                .orElse("above MaxStartups (10:30:100 by default) it closes without a word"));
        told.add(
                software.has(OpenSshChange.SOURCE_PENALTIES)
                        ? "has " + OpenSshChange.SOURCE_PENALTIES.what()
                        : "knows no penalties by source, which came with " + OpenSshChange.SOURCE_PENALTIES.since());
        tcpWrappers()
                .ifPresent(built -> told.add(
                        built
                                ? "honours /etc/hosts.deny: a refusal is 5.0 s of silence and then the end"
                                : "does not read /etc/hosts.deny, unless its packager patched that in again"));
        told.add("ends a login after LoginGraceTime, " + GRACE_SECONDS + " s by default"
                + (software.has(OpenSshChange.GRACE_JITTER) ? ", " + OpenSshChange.GRACE_JITTER.what() : "")
                + (logsGraceTime() ? "" : ", and logs nothing of it"));
        keyExchange().ifPresent(kex -> told.add("its defaults begin with " + kex));
        told.add("logs as " + String.join(", ", logNames()));
    }
}
