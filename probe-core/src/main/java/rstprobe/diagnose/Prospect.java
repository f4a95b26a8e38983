package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Weighing.Kind;
import rstprobe.diagnose.Weighing.Said;
import rstprobe.record.ActiveTest;

/// What an active test may show, and how often it does where one of those whom it favours most sent the reset.
///
/// The shares are rounded from the networks of the calibration half, each network counted once; where it has too few
/// of a kind, the reason is given instead.
///
/// @param kinds whether a refused SYN or a reset connection is asked about
/// @param share 0 to 1
/// @param facts that are seen together
record Prospect(ActiveTest test, Set<Kind> kinds, double share, List<Said> facts) {
    private static final Set<Kind> REFUSED = EnumSet.of(Kind.REFUSED);
    private static final Set<Kind> RESET = EnumSet.of(Kind.RESET);
    private static final Set<Kind> EITHER = EnumSet.of(Kind.REFUSED, Kind.RESET);

    private static final Said AS_FAR_AS_HOST = fact(
            "reference-ttl-equal",
            Family.TTL,
            Weights.TTL_EQUAL,
            SERVER_PROCESS,
            SERVER_KERNEL,
            SERVER_FIREWALL,
            PROXY);
    private static final Said ELSEWHERE = fact("reference-ttl-differs", Family.TTL, Weights.TTL_FAR, IN_PATH, ON_PATH);
    private static final Said NOT_THE_HOSTS_TCP = fact(
            "reference-echoes-tos-reset-does-not",
            Family.TOS,
            Weights.REFERENCE_TOS_DIFFERS,
            SERVER_FIREWALL,
            IN_PATH,
            ON_PATH);
    private static final Said THE_KERNELS_OWN =
            fact("reset-equals-reference", Family.SHAPE, Weights.EQUALS_REFERENCE, SERVER_KERNEL);
    private static final Said ENDS_AT_HOST = fact(
            "conversation-ends-at-host",
            Family.TTL,
            Weights.ENDS_AT_HOST,
            SERVER_PROCESS,
            SERVER_KERNEL,
            SERVER_FIREWALL);
    private static final Said STOPS_SHORT =
            fact("trigger-stops-short", Family.ICMP, Weights.DRAWN_SHORT_OF_SERVER, IN_PATH, ON_PATH);

    private static final List<Prospect> TABLE = List.of(
            // Three of four kernels that refused do so on their closed ports alike; the fourth returns no type of
            // service.
            new Prospect(ActiveTest.REFERENCE, REFUSED, 0.75, List.of(THE_KERNELS_OWN, AS_FAR_AS_HOST)),
            // The one filter on a server's host, and by `nf_reject_iphdr_put` any of Linux.
            new Prospect(ActiveTest.REFERENCE, REFUSED, 0.75, List.of(NOT_THE_HOSTS_TCP, AS_FAR_AS_HOST)),
            // Four of five devices on the way; the fifth, before a router that levels hop counts, shows no distance.
            new Prospect(ActiveTest.REFERENCE, REFUSED, 0.75, List.of(NOT_THE_HOSTS_TCP, ELSEWHERE)),
            // Six of eight servers; two of three proxies; four of six devices on the way.
            new Prospect(ActiveTest.REFERENCE, RESET, 0.7, List.of(ENDS_AT_HOST, AS_FAR_AS_HOST)),
            new Prospect(
                    ActiveTest.REFERENCE,
                    RESET,
                    0.65,
                    List.of(fact("conversation-ends-before-host", Family.TTL, Weights.ENDS_BEFORE_HOST, PROXY))),
            new Prospect(ActiveTest.REFERENCE, RESET, 0.65, List.of(ELSEWHERE)),
            // The one kernel that had lost its connections, as every Linux would.
            new Prospect(ActiveTest.REFERENCE, RESET, 0.7, List.of(THE_KERNELS_OWN, ENDS_AT_HOST, AS_FAR_AS_HOST)),
            // Four of nine networks whose server had not ended the connection; where it sent a FIN or its kernel
            // could not be kept apart, it did not show.
            new Prospect(
                    ActiveTest.LIVENESS,
                    RESET,
                    0.45,
                    List.of(fact(
                            "server-still-knows-connection",
                            Family.SEQUENCE,
                            Weights.SERVER_STILL_LIVES,
                            SERVER_FIREWALL,
                            IN_PATH,
                            ON_PATH,
                            PROXY))),
            // Eight of eleven whose server, or proxy, had.
            new Prospect(
                    ActiveTest.LIVENESS,
                    RESET,
                    0.7,
                    List.of(fact(
                            "server-no-longer-knows-connection",
                            Family.SEQUENCE,
                            Weights.SERVER_IS_GONE,
                            SERVER_PROCESS,
                            SERVER_KERNEL,
                            PROXY))),
            // Every kernel of Linux behind bleached markings did; the other half is for paths that lose what carries IP
            // options.
            new Prospect(
                    ActiveTest.RECORD_ROUTE,
                    REFUSED,
                    0.5,
                    List.of(fact("reset-echoes-record-route", Family.TOS, Weights.ROUTE_ECHOED, SERVER_KERNEL, PROXY))),
            // So was every filter of Linux silent, on the host and before it.
            new Prospect(
                    ActiveTest.RECORD_ROUTE,
                    REFUSED,
                    0.5,
                    List.of(fact(
                            "reference-echoes-record-route-port-is-silent",
                            Family.TOS,
                            Weights.ROUTE_SWALLOWED,
                            SERVER_FIREWALL,
                            IN_PATH))),
            // Two of six devices that refused; those that follow streams were never left in doubt so long.
            new Prospect(
                    ActiveTest.BAD_CHECKSUM,
                    EITHER,
                    0.3,
                    List.of(fact(
                            "wrong-checksum-answered",
                            Family.SHAPE,
                            Weights.WRONG_CHECKSUM_ANSWERED,
                            IN_PATH,
                            ON_PATH))),
            // One of eleven devices on the way.
            new Prospect(
                    ActiveTest.MIRROR,
                    EITHER,
                    0.1,
                    List.of(
                            fact("reset-copies-ttl", Family.TTL, Weights.MIRRORED, IN_PATH, ON_PATH),
                            fact("reset-copies-identification", Family.IP_ID, Weights.MIRRORED, IN_PATH, ON_PATH))),
            // Three of four taps that could be swept.
            new Prospect(
                    ActiveTest.SWEEP,
                    EITHER,
                    0.75,
                    List.of(STOPS_SHORT, fact("trigger-travels-on", Family.ICMP, Weights.TRAVELS_ON, ON_PATH))),
            // Four of six filters on the way; the last router, and one that levels hop counts, show otherwise.
            new Prospect(
                    ActiveTest.SWEEP,
                    EITHER,
                    0.65,
                    List.of(STOPS_SHORT, fact("trigger-is-swallowed", Family.ICMP, Weights.TRAVELS_ON, IN_PATH))),
            // What is at the server's distance can be drawn nowhere else; the way back must show it too.
            new Prospect(
                    ActiveTest.SWEEP,
                    EITHER,
                    0.75,
                    List.of(fact(
                            "trigger-must-reach-server",
                            Family.ICMP,
                            Weights.DRAWN_AT_SERVER,
                            SERVER_PROCESS,
                            SERVER_KERNEL,
                            SERVER_FIREWALL))),
            // Four of six devices on the way look at what we say.
            new Prospect(
                    ActiveTest.PREFIX,
                    RESET,
                    0.65,
                    List.of(fact("trigger-is-content", Family.TRIGGER, Weights.DRAWN_BY_CONTENT, IN_PATH, ON_PATH))));

    private static Said fact(String id, Family family, int guess, Origin... favours) {
        return new Said(id, family, guess, EnumSet.copyOf(Arrays.asList(favours)), true);
    }

    /// All that is foreseen; an echo, which only tells what a type of service is worth, shows nothing by itself.
    static Stream<Prospect> of(ActiveTest test, Kind kind) {
        return TABLE.stream()
                .filter(prospect -> prospect.test() == test && prospect.kinds().contains(kind));
    }
}
