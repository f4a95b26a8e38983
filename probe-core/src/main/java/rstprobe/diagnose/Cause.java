package rstprobe.diagnose;

import java.util.OptionalInt;

/// Why a connection failed: the stable ids that `verdict.cause` carries.
///
/// A cause with an exit code of its own overrides the origin's: a deliberate refusal by sshd comes from the server's
/// process, and yet its exit code says "refused on purpose".
public enum Cause {
    NO_LISTENER("no-listener"),
    REJECTED_WITH_ICMP("rejected-with-icmp"),
    REJECTED_WITH_RESET("rejected-with-reset"),
    SYN_DROPPED("syn-dropped", 4),
    HOST_UNREACHABLE("host-unreachable", 4),
    BANNED("banned", 13),
    RATE_LIMITED("rate-limited", 13),
    ONE_FAMILY_BROKEN("one-family-broken"),
    DUPLICATE_ADDRESS("duplicate-address", 10),
    SYN_PROXY("syn-proxy", 11),
    TCP_WRAPPERS("tcp-wrappers", 13),
    MAX_STARTUPS("max-startups", 13),
    SOURCE_PENALTY("source-penalty", 13),
    CONNECTION_LIMIT("connection-limit", 13),
    GRACE_TIME_EXCEEDED("grace-time-exceeded", 13),
    USER_REFUSED("user-refused", 13),
    TOO_MANY_AUTHENTICATION_FAILURES("too-many-authentication-failures", 13),
    MAX_SESSIONS("max-sessions", 13),
    SSHD_CANNOT_START("sshd-cannot-start", 10),
    LISTENER_STALLED("listener-stalled", 10),
    LISTENER_DIED("listener-died", 10),
    ACCEPT_QUEUE_OVERFLOW("accept-queue-overflow", 10),
    SESSION_PROCESS_DIED("session-process-died", 10),
    SSHD_LACKS_CAPABILITY("sshd-lacks-capability", 10),
    SLOW_DNS("slow-dns", 10),
    SLOW_AUTHENTICATION("slow-authentication", 10),
    KEEPALIVE_EXPIRED("keepalive-expired", 10),
    SESSION_KILLED("session-killed", 10),
    ESTABLISHED_DROPPED("established-dropped"),
    ESTABLISHED_REJECTED("established-rejected"),
    INJECTED_RESET("injected-reset", 11),
    INSPECTED_AND_RESET("inspected-and-reset", 11),
    INSPECTED_AND_DROPPED("inspected-and-dropped", 11),
    FILTERED_AFTER_KEX("filtered-after-kex", 11),
    CONNECTION_TABLE_FULL("connection-table-full"),
    CONNECTION_STATE_LOST("connection-state-lost"),
    IDLE_TIMEOUT("idle-timeout"),
    NO_HEALTHY_BACKEND("no-healthy-backend", 11),
    PROXY_PROTOCOL_MISMATCH("proxy-protocol-mismatch", 11),
    DSCP_DROPPED("dscp-dropped", 11),
    MTU_BLACK_HOLE("mtu-black-hole", 12),
    LARGE_KEX_FAILS("large-kex-fails"),
    LOSSY_PATH("lossy-path", 19),
    NOT_SSH("not-ssh", 15),
    MULTIPLEXER("multiplexer", 15),
    TARPIT("tarpit", 15),
    VERSION_MISMATCH("version-mismatch", 15),
    IDENTIFICATION_GARBLED("identification-garbled", 15),
    NO_COMMON_ALGORITHM("no-common-algorithm", 15),
    STRICT_KEX_VIOLATION("strict-kex-violation"),
    STREAM_CORRUPTED("stream-corrupted"),
    HOST_KEY_FAILURE("host-key-failure"),
    CLOSED_WITHOUT_REASON("closed-without-reason"),
    ABORTED_WITHOUT_REASON("aborted-without-reason"),
    LOCAL_FIREWALL("local-firewall", 14),
    LOCAL_NO_SOCKET("local-no-socket", 14),
    CLIENT_ABORTED("client-aborted", 14),
    INTERMITTENT("intermittent", 19);

    private final String id;
    private final OptionalInt exitCode;

    Cause(String id) {
        this.id = id;
        this.exitCode = OptionalInt.empty();
    }

    Cause(String id, int exitCode) {
        this.id = id;
        this.exitCode = OptionalInt.of(exitCode);
    }

    /// The id in JSON and reports, such as `no-listener`.
    public String id() {
        return id;
    }

    /// The exit code this cause always has; empty where the origin decides.
    public OptionalInt exitCode() {
        return exitCode;
    }
}
