package rstprobe.ssh;

import java.security.SecureRandom;

/// Where a handshake gets its key share from once the key exchange is agreed on. Called at most once a handshake,
/// never for `diffie-hellman-group-exchange-sha256`; may wait for another thread that is making the share.
@FunctionalInterface
public interface KeyShares {
    /// A share for the key exchange of that name; never one that served before.
    KeyShare share(String kex);

    /// Made when asked for.
    static KeyShares fresh(SecureRandom random) {
        return kex -> KeyShare.of(kex, random);
    }
}
