package rstprobe.cli;

import rstprobe.path.IdleLimits;
import rstprobe.record.Plan;
import rstprobe.report.Sanitizer;

/// What a search for an idle timer would send.
final class IdleDryRun {
    private static final double NANOS = 1e9;

    private IdleDryRun() {}

    static String of(Plan plan, IdleLimits limits, KeyOptions keys) {
        return "Nothing is sent. A search would:\n"
                + "  capture    TCP with " + Sanitizer.terminal(plan.host()) + " port " + plan.port()
                + " and ICMP errors, on "
                + Sanitizer.terminal(plan.interfaceName().orElse("the interface of the route"))
                + ", never promiscuous\n"
                + "  connect    " + limits.total() + " times at most, " + limits.atOnce()
                + " open at a time, at least " + plan.spacingMillis() + " ms apart"
                + (keys.wanted()
                        ? "\n  log in     on each, as '" + Sanitizer.terminal(plan.user()) + "', with " + keys.told()
                                + ",\n             if the host key is known; no session is opened\n"
                        : "; nobody logs in\n")
                + "  say        " + (keys.wanted() ? "what a login takes" : "SSH identification on each")
                + "; then silence; then now and then SSH_MSG_IGNORE, 16 bytes\n"
                + "  mark       every packet with type of service 0x" + Integer.toHexString(plan.typeOfService())
                + " and don't-fragment\n"
                + "  last       1.4 times the timer on average, 2 times and 20 s at most; without a timer "
                + Math.round(1.15 * limits.upToNanos() / NANOS) + " s,\n"
                + (keys.wanted()
                        ? ""
                        : "             or two minutes and a half where the server ends what nobody logs in on\n")
                + "  cost       sshd 9.8 and newer counts a second against this address for each connection, and ten\n"
                + "             for each that a timer cut off from it in secret: three of those on average, and it may\n"
                + "             refuse this address for half a minute, two minutes after the search\n";
    }
}
