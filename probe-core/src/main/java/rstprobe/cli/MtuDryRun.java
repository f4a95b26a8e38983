package rstprobe.cli;

import rstprobe.record.Plan;
import rstprobe.report.Sanitizer;

/// What a survey of the path MTU would send.
final class MtuDryRun {
    private MtuDryRun() {}

    static String of(Plan plan) {
        return "Nothing is sent. A survey would:\n"
                + "  capture    what is to and from " + Sanitizer.terminal(plan.host()) + " and ICMP errors, on "
                + Sanitizer.terminal(plan.interfaceName().orElse("the interface of the route"))
                + ", never promiscuous\n"
                + "  connect    once, to port " + plan.port()
                + "; it says its identification, and ends with SSH_MSG_DISCONNECT\n"
                + "  probe      the way there: segments that repeat bytes which the server has, 50 at once at most,\n"
                + "             each round trip once; the way back: ICMP echoes in two fragments each\n"
                + "  talk       where the way back has a limit: one key exchange on that connection; nobody logs in\n"
                + "             and where no echo is answered, eight more connections at most, one after the other,\n"
                + "             that ask for shorter segments\n"
                + "  mark       every packet with type of service 0x" + Integer.toHexString(plan.typeOfService())
                + "\n"
                + "  last       4 round trips and some 100 packets of up to the interface's MTU; at one loss in five\n"
                + "             6 round trips and some 200; 2 minutes at most\n"
                + "  cost       sshd 9.8 and newer counts a second against this address for the connection\n";
    }
}
