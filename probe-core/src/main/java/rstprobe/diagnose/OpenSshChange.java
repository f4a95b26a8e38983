package rstprobe.diagnose;

/// What releases of OpenSSH (portable) changed of what a connection shows, each with the release that brought it.
///
/// Tags were read from the release tags of the source; what distributions change is in [Habits]. A security fix, such
/// as strict key exchange, is often in an older package too.
enum OpenSshChange {
    TCP_WRAPPERS_REMOVED(6, 7, "no TCP wrappers (hosts.deny), unless the distribution patches them in again"),
    CBC_CIPHERS_OFF(6, 7, "CBC ciphers off on servers"),
    REVERSE_LOOKUP_OFF(6, 8, "UseDNS no by default"),
    OLDEST_ALGORITHMS_OFF(7, 0, "ssh-dss and diffie-hellman-group1-sha1 off"),
    PROTOCOL_1_REMOVED(7, 4, "protocol 1 gone from the server"),
    DSCP_AF21(7, 8, "marks AF21 (0x48) and CS1 (0x20) after authentication"),
    IDENTIFICATION_RENAMED(8, 0, "log lines of the first stage begin with kex_exchange_identification"),
    MAX_STARTUPS_SAID(8, 2, "says \"Exceeded MaxStartups\" where it refuses above MaxStartups"),
    GROUP14_SHA1_OFF(8, 2, "diffie-hellman-group14-sha1 off"),
    SETTINGS_DIRECTORY(8, 2, "reads /etc/ssh/sshd_config.d where its configuration includes it"),
    THROTTLING_LOGGED(8, 4, "logs the begin of MaxStartups throttling as an error"),
    PER_SOURCE_MAX_STARTUPS(8, 5, "PerSourceMaxStartups (none by default)"),
    RSA_SHA1_OFF(8, 8, "ssh-rsa signatures with SHA-1 off"),
    SNTRUP_FIRST(9, 0, "sntrup761x25519-sha512 first, a message of 1208 bytes from the client"),
    UNUSED_CONNECTION_TIMEOUT(9, 2, "ChannelTimeout and UnusedConnectionTimeout (off by default)"),
    STRICT_KEX(9, 6, "strict key exchange"),
    SESSION_PROCESS(9, 8, "sessions run as sshd-session, which is what the log calls them"),
    SOURCE_PENALTIES(9, 8, "PerSourcePenalties on by default: up to 600 s without service for one source"),
    NOT_ALLOWED_SAID(9, 8, "says \"Not allowed at this time\" where it refuses, be it MaxStartups or a penalty"),
    REFUSE_CONNECTION(9, 9, "RefuseConnection closes at the first authentication request"),
    GRACE_JITTER(9, 9, "up to 4 s late at random"),
    AUTH_PROCESS(10, 0, "authentication runs as sshd-auth"),
    MLKEM_FIRST(10, 0, "mlkem768x25519-sha256 first, a message of 1232 bytes from the client"),
    FINITE_FIELDS_OFF(10, 0, "finite-field Diffie-Hellman off on servers; DSA gone"),
    DSCP_EF(10, 1, "marks EF (0xb8) from its first byte, and CS0 for bulk"),
    SLOT_LEAK_FIXED(10, 1, "the leak of MaxStartups slots of 9.8 to 10.0 is fixed"),
    IDENTIFICATION_BY_AUTH(10, 3, "the identification comes from sshd-auth; penalty for invalid users");

    private final Release since;
    private final String what;

    OpenSshChange(int major, int minor, String what) {
        this.since = new Release(major, minor);
        this.what = what;
    }

    /// The first release that has it.
    Release since() {
        return since;
    }

    /// What it is, in words that follow a release.
    String what() {
        return what;
    }
}
