package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;
import static rstprobe.diagnose.ServerLogRules.BEGINNING;
import static rstprobe.diagnose.ServerLogRules.IP;
import static rstprobe.diagnose.ServerLogRules.rule;

import java.util.List;

/// The forms of log line with which dropbear, the kernel and the programs that ban addresses name a cause.
final class OtherLogRules {
    private static final String DROPBEAR = "dropbear";
    private static final String KERNEL = "kernel|";

    private OtherLogRules() {}

    static final List<ServerLogRule> DROPBEARS = List.of(
            dropbear("log-dropbear-grace", "Timeout before auth", Cause.GRACE_TIME_EXCEEDED, 25),
            dropbear("log-dropbear-tries", "Max auth tries reached", Cause.TOO_MANY_AUTHENTICATION_FAILURES, 25),
            dropbear("log-dropbear-algorithm", "No matching algo .*", Cause.NO_COMMON_ALGORITHM, 30),
            dropbear("log-dropbear-version", "Incompatible remote version.*", Cause.VERSION_MISMATCH, 25),
            dropbear(
                    "log-dropbear-corrupted",
                    "(?:Integrity error|Bad packet size|bad buf_).*",
                    Cause.STREAM_CORRUPTED,
                    20));

    static final List<ServerLogRule> AROUND = List.of(
            rule(
                    "log-banned",
                    "fail2ban\\.actions|fail2ban-server|fail2ban",
                    "\\[[^\\[\\]]*ssh[^\\[\\]]*] (?:Restore )?Ban " + IP,
                    Cause.BANNED,
                    SERVER_FIREWALL,
                    22,
                    "fail2ban banned the address"),
            rule(
                    "log-blocked",
                    "sshguard",
                    "Blocking \"?(?<net>[0-9A-Fa-f:./]+)\"? for \\d+ secs",
                    Cause.BANNED,
                    SERVER_FIREWALL,
                    22,
                    "sshguard blocked the address"),
            kernel(
                    "log-limit-block",
                    "\\[UFW LIMIT BLOCK] .*SRC=" + IP + " .*PROTO=TCP .*SPT=(?<port>\\d+) DPT=(?<dpt>\\d+)",
                    Cause.RATE_LIMITED,
                    SERVER_FIREWALL,
                    25,
                    "ufw limits how often an address may connect, and refused it"),
            kernel(
                    "log-ufw-block",
                    "\\[UFW BLOCK] .*SRC=" + IP + " .*PROTO=TCP .*SPT=(?<port>\\d+) DPT=(?<dpt>\\d+)",
                    Cause.SYN_DROPPED,
                    SERVER_FIREWALL,
                    20,
                    "ufw blocked a packet"),
            kernel(
                    "log-table-full",
                    "nf_conntrack: (?:nf_conntrack: )?table full, dropping packet",
                    Cause.CONNECTION_TABLE_FULL,
                    SERVER_KERNEL,
                    25,
                    "the server's connection table was full: its kernel drops what it cannot track"),
            kernel(
                    "log-out-of-memory",
                    "(?:Out of memory|[Mm]emory cgroup out of memory): Kill(?:ed)? process \\d+ \\(sshd[^)]*\\)"
                            + "|oom-kill:.*task=sshd",
                    Cause.SESSION_PROCESS_DIED,
                    SERVER_PROCESS,
                    22,
                    "the kernel killed sshd for want of memory"),
            kernel(
                    "log-seccomp",
                    "type=1326 .*comm=\"sshd[^\"]*\".* sig=31",
                    Cause.SESSION_PROCESS_DIED,
                    SERVER_PROCESS,
                    25,
                    "the kernel killed sshd for a system call that its sandbox forbids"),
            kernel(
                    "log-segfault",
                    "sshd\\S*\\[\\d+]: segfault|traps: sshd\\S*\\[\\d+] general protection",
                    Cause.SESSION_PROCESS_DIED,
                    SERVER_PROCESS,
                    22,
                    "sshd crashed"),
            kernel(
                    "log-pids-limit",
                    "cgroup: fork rejected by pids controller in \\S*ssh",
                    Cause.SSHD_CANNOT_START,
                    SERVER_PROCESS,
                    25,
                    "the control group's limit on tasks keeps sshd from making processes"),
            kernel(
                    "log-syn-flooding",
                    "Possible SYN flooding on port (?:\\S+:)?(?<dpt>\\d+)(?:\\.|:) ",
                    Cause.ACCEPT_QUEUE_OVERFLOW,
                    SERVER_KERNEL,
                    12,
                    "the kernel saw more connection attempts on the port than its queue takes"),
            kernel(
                    "log-access-denied",
                    "apparmor=\"DENIED\".*sshd|avc: +denied .*comm=\"sshd",
                    Cause.SSHD_CANNOT_START,
                    SERVER_PROCESS,
                    8,
                    "a security module denied sshd something"));

    private static ServerLogRule dropbear(String id, String why, Cause cause, int weight) {
        String from = "(?: from <(?<ip>[0-9A-Fa-f:.]+):(?<port>\\d+)>)?";
        return rule(
                id,
                DROPBEAR,
                BEGINNING + "(?:Exit before auth|Early exit)" + from + "(?:: \\(user [^)]*\\))?: " + why,
                cause,
                SERVER_PROCESS,
                weight,
                "dropbear ended the connection before authentication and said why");
    }

    private static ServerLogRule kernel(String id, String line, Cause cause, Origin origin, int weight, String text) {
        return rule(id, KERNEL, line, cause, origin, weight, text);
    }
}
