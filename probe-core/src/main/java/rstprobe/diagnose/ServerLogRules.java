package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.List;

/// The forms of log line with which sshd, and who starts it, name a cause: a line counts for the first that
/// it has.
final class ServerLogRules {
    private static final String SSHD = "sshd|sshd-session|sshd-auth|sshd\\(.*\\)|-sshd|in\\.sshd|";
    private static final String SYSTEMD = "systemd";
    static final String IP = "(?<ip>[0-9A-Fa-f:.]+(?:%\\w+)?)";
    private static final String PORT = " port (?<port>\\d{1,5})";
    private static final String USER = "(?: (?:invalid|illegal|authenticating) user .*)?";

    /// Names of users and whatever else a client says stand further on in a line: a form that begins where
    /// the line begins cannot be forged by them.
    static final String BEGINNING = "^(?:(?:fatal|error|debug\\d|warning): )?(?:[^\\s\"']+: )?";

    /// ECONNABORTED: Linux gives it to the owner of a TCP connection that was destroyed from outside (`tcp_abort`), and
    /// for nothing that comes from the network.
    private static final int DESTROYED = 22;

    /// What `log-child-died` is where the process had let somebody in: OpenSSH says "preauth child" then, too.
    static final ServerLogRule SESSION_KILLED = sshd(
            "log-session-killed",
            "preauth child terminated by signal \\d+",
            Cause.SESSION_KILLED,
            22,
            "the process of a session was killed or crashed");

    private ServerLogRules() {}

    static final List<ServerLogRule> REFUSED = List.of(
            sshd(
                    "log-refused-connect",
                    "refused connect from \\S+ \\(" + IP + "\\)",
                    Cause.TCP_WRAPPERS,
                    30,
                    "TCP wrappers (hosts.allow, hosts.deny) refused the connection"),
            sshd(
                    "log-penalty-drop",
                    "drop connection #\\d+ from \\[" + IP + "]:(?<port>\\d+) on \\[\\S+]:\\d+ penalty: ",
                    Cause.SOURCE_PENALTY,
                    30,
                    "sshd refused the source address because of a penalty"),
            sshd(
                    "log-startups-drop",
                    "drop connection #\\d+ from \\[" + IP
                            + "]:(?<port>\\d+) on \\[\\S+]:\\d+ (?:past )?[Mm]ax[Ss]tartups",
                    Cause.MAX_STARTUPS,
                    30,
                    "sshd refused the connection: too many wait for authentication (MaxStartups)"),
            sshd(
                    "log-startups-throttling",
                    "(?:beginning|in|exited) MaxStartups throttling",
                    Cause.MAX_STARTUPS,
                    15,
                    "sshd was refusing connections by MaxStartups"),
            sshd(
                    "log-penalty-given",
                    "srclimit_penalise: (?:.*: )?(?:new (?<net>\\S+) active|activating (?<ip>[^\\s/]+)\\S*)"
                            + " penalty of [\\d.]+ seconds for ",
                    Cause.SOURCE_PENALTY,
                    15,
                    "sshd put a penalty on the source address"),
            sshd(
                    "log-refuse-connection",
                    "administratively prohibited connection for .+ from " + IP + "(?:" + PORT + ")?",
                    Cause.USER_REFUSED,
                    25,
                    "RefuseConnection of sshd's settings applies to this user or address"),
            sshd(
                    "log-user-not-allowed",
                    "User (?:.+ from " + IP + "|\\S+) not allowed because ",
                    Cause.USER_REFUSED,
                    20,
                    "sshd's settings do not allow the user"),
            sshd(
                    "log-account-refused",
                    "Access denied for user .+ by PAM account configuration",
                    Cause.USER_REFUSED,
                    12,
                    "PAM refused the account"),
            sshd(
                    "log-no-more-sessions",
                    "no more sessions",
                    Cause.MAX_SESSIONS,
                    22,
                    "sshd's settings allow no more sessions on a connection (MaxSessions)"),
            sshd(
                    "log-root-directory",
                    "bad ownership or modes for chroot directory ",
                    Cause.SESSION_KILLED,
                    22,
                    "sshd ended the session, since others may write to the folder it is to be shut into"
                            + " (ChrootDirectory)"),
            sshd(
                    "log-too-many-failures",
                    "(?:Disconnecting" + USER + " " + IP + PORT + ": Too many authentication failures"
                            + "|maximum authentication attempts exceeded for .* from (?<net>[0-9A-Fa-f:.]+) port)",
                    Cause.TOO_MANY_AUTHENTICATION_FAILURES,
                    25,
                    "sshd ended the connection after too many failed authentications"),
            sshd(
                    "log-grace-time",
                    "Timeout before authentication for (?:connection from )?" + IP + "(?:" + PORT + ")?",
                    Cause.GRACE_TIME_EXCEEDED,
                    25,
                    "nobody authenticated within LoginGraceTime"));

    /// What is refused of many tries tells little while others may follow; a login that comes later takes it back.
    static final List<ServerLogRule> DENIED = List.of(sshd(
            "log-key-refused",
            "Failed (?:publickey|password|keyboard-interactive\\S*|hostbased|gssapi-with-mic) for .* from " + IP + PORT,
            Cause.USER_REFUSED,
            11,
            "sshd refused what the client logged in with"));

    static final List<ServerLogRule> MISREAD = List.of(
            rule(
                    "log-proxy-protocol",
                    SSHD,
                    BEGINNING + "(?:client sent invalid protocol identifier|Bad protocol version identification)"
                            + " ['\"]PROXY (?:TCP|UNKNOWN)(?:[46] (?:::ffff:)?" + IP
                            + " \\S+ (?<port>\\d{1,5}) )?",
                    Cause.PROXY_PROTOCOL_MISMATCH,
                    PROXY,
                    25,
                    "a load balancer speaks the PROXY protocol to sshd, which does not know it"),
            rule(
                    "log-strict-kex",
                    SSHD,
                    BEGINNING + "(?:Disconnecting" + USER + " " + IP + PORT + ": )?strict KEX violation: ",
                    Cause.STRICT_KEX_VIOLATION,
                    IN_PATH,
                    22,
                    "a message came in the key exchange that a client does not send there: somebody added it"),
            sshd(
                    "log-invalid-identifier",
                    "client sent invalid protocol identifier |banner line (?:too long|contains invalid characters)",
                    Cause.IDENTIFICATION_GARBLED,
                    12,
                    "what arrived in place of an identification was none"),
            sshd(
                    "log-bad-version",
                    "Bad protocol version identification .+ from " + IP + "(?:" + PORT + ")?",
                    Cause.IDENTIFICATION_GARBLED,
                    20,
                    "what arrived in place of an identification was none"),
            sshd(
                    "log-banner-format",
                    "banner exchange: Connection from " + IP + PORT + ": invalid format",
                    Cause.IDENTIFICATION_GARBLED,
                    20,
                    "what arrived in place of an identification was none"),
            sshd(
                    "log-version-differs",
                    "Protocol major versions differ(?: for " + IP + "(?:" + PORT + ")?)?",
                    Cause.VERSION_MISMATCH,
                    20,
                    "client and server speak different versions of SSH"),
            sshd(
                    "log-no-common-algorithm",
                    "(?:Unable to negotiate|unable to negotiate) with " + IP + PORT + ": no matching ",
                    Cause.NO_COMMON_ALGORITHM,
                    30,
                    "client and server have an algorithm too few in common"),
            sshd(
                    "log-no-common-algorithm-old",
                    "no (?:kex alg|hostkey alg|matching (?:cipher|mac) found)",
                    Cause.NO_COMMON_ALGORITHM,
                    15,
                    "client and server have an algorithm too few in common"),
            rule(
                    "log-stream-corrupted",
                    SSHD,
                    BEGINNING + "(?:ssh_dispatch_run_fatal: Connection from " + IP + PORT
                            + ": (?:message authentication code incorrect|Connection corrupted|invalid format"
                            + "|bad packet|incorrect signature|incomplete message))",
                    Cause.STREAM_CORRUPTED,
                    IN_PATH,
                    25,
                    "what sshd read is not what the client sent"),
            sshd(
                    "log-no-moduli",
                    "WARNING: could not open \\S+ \\([^)]*\\), using fixed modulus|WARNING: no suitable primes|no matching DH grp found",
                    Cause.NO_COMMON_ALGORITHM,
                    12,
                    "sshd has no primes for the key exchange that the client asked for"),
            rule(
                    "log-bad-packet",
                    SSHD,
                    BEGINNING + "(?:Bad packet length \\d+\\.?|Corrupted MAC on input|padding error: need )",
                    Cause.STREAM_CORRUPTED,
                    IN_PATH,
                    12,
                    "what sshd read is not what the client sent"));

    static final List<ServerLogRule> BROKEN = List.of(
            sshd(
                    "log-no-host-keys",
                    "no hostkeys available -- exiting",
                    Cause.SSHD_CANNOT_START,
                    25,
                    "sshd found no host key that it may use, and quit"),
            sshd(
                    "log-key-permissions",
                    "Permissions \\d+ for '\\S*host\\S*' are too open|@? *WARNING: UNPROTECTED PRIVATE KEY FILE",
                    Cause.SSHD_CANNOT_START,
                    20,
                    "sshd does not use a host key that others may read"),
            sshd(
                    "log-privsep-directory",
                    "Missing privilege separation directory: \\S+"
                            + "|\\S+ must be owned by root and not group or world-writable",
                    Cause.SSHD_CANNOT_START,
                    25,
                    "sshd misses its directory for privilege separation, and quit"),
            sshd(
                    "log-exec-failed",
                    "exec of \\S+ failed|rexec of \\S+ failed|rexec version mismatch|OpenSSL version mismatch"
                            + "|\\S+ does not exist or is not executable|error while loading shared libraries",
                    Cause.SSHD_CANNOT_START,
                    25,
                    "sshd's program or a library was replaced while it ran: its children do not start"),
            sshd(
                    "log-fork-failed",
                    "fork: (?:Resource temporarily unavailable|Cannot allocate memory)"
                            + "|fork of unprivileged child failed|fork: ",
                    Cause.SSHD_CANNOT_START,
                    25,
                    "sshd cannot make another process: a limit on tasks or memory"),
            sshd(
                    "log-chroot-refused",
                    "chroot\\(\"[^\"]*\"\\): Operation not permitted|linux_audit_write_entry failed",
                    Cause.SSHD_LACKS_CAPABILITY,
                    25,
                    "sshd lacks a capability, as in a container that gives too few"),
            sshd(
                    "log-child-died",
                    "[Ss]ession process \\d+ (?=.*(?:unpriv child crash|killed by signal \\d))(?:unpriv child crash )?"
                            + "(?:for connection from " + IP + ")?|preauth child terminated by signal \\d+"
                            + "|privsep_preauth: preauth child (?:terminated|exited)",
                    Cause.SESSION_PROCESS_DIED,
                    22,
                    "a process of sshd died before authentication"),
            rule(
                    "log-socket-destroyed",
                    SSHD,
                    BEGINNING + "(?:Connection from (?:user \\S+ )?" + IP + PORT
                            + ": |read: )?Software caused connection abort",
                    Cause.ABORTED_WITHOUT_REASON,
                    SERVER_PROCESS,
                    DESTROYED,
                    "somebody on the server destroyed the connection's socket, as `ss -K` does"),
            sshd(
                    "log-cannot-bind",
                    "Bind to port \\d+ on \\S+ failed|Cannot bind any address",
                    Cause.NO_LISTENER,
                    20,
                    "sshd could not take its port"),
            sshd(
                    "log-keepalive",
                    "Timeout, client not responding(?: from user \\S+ " + IP + PORT + ")?"
                            + "|terminating inactive connection from user \\S+ (?<net>[0-9A-Fa-f:.]+)",
                    Cause.KEEPALIVE_EXPIRED,
                    20,
                    "sshd ended a session because nothing came from the client"),
            sshd(
                    "log-listener-stopped",
                    "Received signal \\d+; terminating",
                    Cause.LISTENER_DIED,
                    12,
                    "sshd's listener was stopped"),
            rule(
                    "log-unit-died",
                    SYSTEMD,
                    "ssh\\S*: Main process exited, code=(?:killed|dumped)|ssh\\S*\\.service: .*oom-kill"
                            + "|ssh\\S*: Main process exited, code=exited, status=[1-9]",
                    Cause.LISTENER_DIED,
                    SERVER_PROCESS,
                    18,
                    "systemd saw sshd's main process die"),
            rule(
                    "log-unit-gave-up",
                    SYSTEMD,
                    "ssh\\S*: (?:Start request repeated too quickly|Trigger limit hit)",
                    Cause.NO_LISTENER,
                    SERVER_KERNEL,
                    18,
                    "systemd gave up starting sshd"),
            rule(
                    "log-socket-limit",
                    SYSTEMD,
                    "ssh\\S*: Too many incoming connections \\(\\d+\\), dropping connection",
                    Cause.CONNECTION_LIMIT,
                    SERVER_PROCESS,
                    20,
                    "the socket unit's limit on connections was reached"),
            rule(
                    "log-xinetd",
                    "xinetd",
                    "FAIL: \\S*ssh\\S* (?:address|per_source_limit|service_limit|connections per second).* from="
                            + "(?:::ffff:)?" + IP,
                    Cause.CONNECTION_LIMIT,
                    SERVER_PROCESS,
                    25,
                    "xinetd refused the connection by one of its limits"));

    private static ServerLogRule sshd(String id, String line, Cause cause, int weight, String text) {
        return rule(id, SSHD, BEGINNING + "(?:" + line + ")", cause, SERVER_PROCESS, weight, text);
    }

    static ServerLogRule rule(
            String id, String program, String line, Cause cause, Origin origin, int weight, String text) {
        return ServerLogRule.of(id, program, line, cause, origin, weight, text);
    }
}
