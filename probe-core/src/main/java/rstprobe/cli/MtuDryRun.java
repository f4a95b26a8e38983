package rstprobe.cli;

import java.time.Duration;
import rstprobe.path.SurveyScope;
import rstprobe.record.Plan;
import rstprobe.record.SweepPlan;
import rstprobe.report.Sanitizer;

/// What a survey of the path MTU would send.
final class MtuDryRun {
    /// What a survey sends on the average.
    private static final int USUAL_PACKETS = 110;

    private static final int USUAL_BYTES = 150_000;
    private static final int PACKETS_ONE_WAY = 45;
    private static final int BYTES_ONE_WAY = 55_000;

    private static final String COST =
            "  cost       sshd 9.8 and newer counts a second against this address for the connection\n";

    private MtuDryRun() {}

    /// What a sweep would send.
    static String of(SweepPlan plan) {
        long targets = plan.targets().size();
        long bits = plan.rate().bitsPerSecond();
        long frames = plan.rate().framesPerSecond();
        boolean oneWay = plan.scope() == SurveyScope.THERE;
        int each = oneWay ? PACKETS_ONE_WAY : USUAL_PACKETS;
        double seconds = Math.max(
                bits == 0 ? 0 : targets * (oneWay ? BYTES_ONE_WAY : USUAL_BYTES) * 8.0 / bits,
                frames == 0 ? 0 : targets * each / (double) frames);
        return "Nothing is sent. A sweep of " + targets + " targets would:\n"
                + "  capture    TCP on the targets' ports and what ICMP tells, on the interfaces of the routes,\n"
                + "             never promiscuous; no incident folder is written\n"
                + "  connect    once to each"
                + (oneWay ? "" : ", and to a target that answers no echo eight times more at most")
                + "; it\n"
                + "             says its identification, and ends with SSH_MSG_DISCONNECT; nobody logs in\n"
                + "  probe      about " + each + " packets to each, "
                + (bits == 0 ? "" : bits / 1000 + " kbit")
                + (bits > 0 && frames > 0 ? " and " : "") + (frames == 0 ? "" : frames + " packets")
                + " a second in all,\n"
                + "             " + plan.perTarget().framesPerSecond() + " packets a second to a target, "
                + plan.perNetwork().framesPerSecond() + " to a /24 or /64\n"
                + "  last       about " + DurationWords.told(Duration.ofSeconds(Math.max(1, Math.round(seconds))))
                + ", and longer where targets are silent\n";
    }

    static String of(Plan plan, SurveyScope scope) {
        return scope == SurveyScope.THERE ? oneWay(plan) : whole(plan);
    }

    private static String oneWay(Plan plan) {
        return begin(plan)
                + "  probe      the way there: segments that repeat bytes which the server has, 20 at once or so,\n"
                + "             each round trip once; where nothing else is answered, datagrams to port 33434,\n"
                + "             few a second\n"
                + mark(plan)
                + "  last       2 round trips and some 50 packets of up to the interface's MTU; more where packets\n"
                + "             are lost, or the path takes a size that no link is known to have; 2 minutes at most\n"
                + COST;
    }

    private static String begin(Plan plan) {
        return "Nothing is sent. A survey would:\n"
                + "  capture    what is to and from " + Sanitizer.terminal(plan.host()) + " and ICMP errors, on "
                + Sanitizer.terminal(plan.interfaceName().orElse("the interface of the route"))
                + ", never promiscuous\n"
                + "  connect    once, to port " + plan.port()
                + "; it says its identification, and ends with SSH_MSG_DISCONNECT\n";
    }

    private static String mark(Plan plan) {
        return "  mark       every packet with type of service 0x" + Integer.toHexString(plan.typeOfService()) + "\n";
    }

    private static String whole(Plan plan) {
        return begin(plan)
                + "  probe      the way there: segments that repeat bytes which the server has, 50 at once at most,\n"
                + "             each round trip once; where nothing else is answered, datagrams to port 33434,\n"
                + "             few a second; the way back: ICMP echoes in two fragments each\n"
                + "  talk       where the way back has a limit: one key exchange on that connection; nobody logs in\n"
                + "             and where no echo is answered, eight more connections at most, one after the other,\n"
                + "             that ask for shorter segments\n"
                + mark(plan)
                + "  last       4 round trips and some 100 packets of up to the interface's MTU; at one loss in five\n"
                + "             6 round trips and some 200; 2 minutes at most\n"
                + COST;
    }
}
