package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;
import rstprobe.ssh.Stage;

/// Nobody answered our SYN or its copies. What else of the host answers tells what may be behind it.
///
/// A closed port that resets a SYN shows that the host lives and that the way carries SYNs. A listener answers a
/// segment
/// of no connection with a reset, even where its queue is full and it drops every SYN (RFC 9293 section 3.10.7.2; Linux
/// 6.18, `tcp_rcv_state_process` and `tcp_conn_request`); whoever drops what belongs to no connection drops that
/// segment too.
final class UnansweredSyn {
    /// SYNs leave at 0, 1, 3 and 7 s; errors of packet filters are rate limited to one a second.
    private static final int ENOUGH_SYNS = 3;
    /// A filter that looks at the SYN flag alone, as an access list for `established` does, lets that segment pass too.
    private static final double PORT_ANSWERS = 0.70;

    private static final int MOST_FRAMES = 4;

    private final Attempt attempt;
    private final List<Integer> syns;
    private final List<Probing> elsewhere;
    private final List<Probing> astray;

    private UnansweredSyn(Attempt attempt, List<Integer> syns, List<Probing> probings) {
        this.attempt = attempt;
        this.syns = syns;
        this.elsewhere = made(probings, ActiveTest.Part.CLOSED_PORT);
        this.astray = made(probings, ActiveTest.Part.STRAY);
    }

    /// @param syns the frames of the SYN and its copies
    static Judgement of(Attempt attempt, List<Integer> syns, List<Probing> probings) {
        return new UnansweredSyn(attempt, syns, probings).judgement();
    }

    private static List<Probing> made(List<Probing> probings, ActiveTest.Part part) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.REFERENCE, part))
                .toList();
    }

    private Judgement judgement() {
        boolean portAnswers = answered(astray).findAny().isPresent();
        boolean hostAnswers = portAnswers || answered(elsewhere).findAny().isPresent();
        boolean silent = !hostAnswers && !elsewhere.isEmpty();
        Judgement judgement;
        if (portAnswers) {
            judgement = dropped(
                            PORT_ANSWERS,
                            "nobody answered our SYN, and yet the kernel behind the port answers other segments: a filter"
                                    + " drops SYNs alone, or the listener's queue is full",
                            beside(Cause.ACCEPT_QUEUE_OVERFLOW, Origin.SERVER_KERNEL, 0.20),
                            beside(Cause.RATE_LIMITED, Origin.UNKNOWN, 0.05),
                            beside(Cause.BANNED, Origin.SERVER_FIREWALL, 0.02))
                    .withNextTest("on the server: ss -ltn 'sport = :" + port()
                            + "' (Recv-Q above Send-Q: the queue is full); nstat -az TcpExtListenOverflows"
                            + " TcpExtListenDrops");
        } else if (hostAnswers) {
            judgement = dropped(
                    Weights.SEVERAL_ATTEMPTS,
                    "nobody answered on this port, and the host answers on others: something drops SYNs to the port, or"
                            + " its answers",
                    beside(Cause.ESTABLISHED_DROPPED, Origin.UNKNOWN, 0.04),
                    beside(Cause.CONNECTION_TABLE_FULL, Origin.IN_PATH, 0.03),
                    beside(Cause.BANNED, Origin.SERVER_FIREWALL, 0.02));
        } else {
            judgement = dropped(
                    Weights.SEVERAL_ATTEMPTS,
                    silent
                            ? "nobody answered, on this port or on others: SYNs or their answers are dropped somewhere"
                                    + " on the way, or the host is down"
                            : "nobody answered: the SYN or its answer is dropped somewhere on the way",
                    beside(Cause.HOST_UNREACHABLE, Origin.UNKNOWN, 0.04),
                    silent
                            ? beside(Cause.DSCP_DROPPED, Origin.IN_PATH, 0.03)
                            : beside(Cause.BANNED, Origin.SERVER_FIREWALL, 0.03),
                    silent
                            ? beside(Cause.BANNED, Origin.SERVER_FIREWALL, 0.02)
                            : beside(Cause.ACCEPT_QUEUE_OVERFLOW, Origin.SERVER_KERNEL, 0.02),
                    beside(Cause.CONNECTION_TABLE_FULL, Origin.IN_PATH, 0.02));
        }
        return judgement;
    }

    private Judgement dropped(double most, String summary, Candidate... others) {
        double confidence = syns.size() < ENOUGH_SYNS ? Math.min(most, Weights.ONE_ATTEMPT) : most;
        return Judgement.of(
                        new Verdict.Fault(
                                Cause.SYN_DROPPED,
                                Origin.UNKNOWN,
                                Stage.CONNECT,
                                confidence,
                                Optional.empty(),
                                Optional.empty(),
                                summary),
                        facts())
                .withAlternatives(Candidate.besides(List.of(others), confidence))
                .withNextTest("traceroute -n -T -p " + port() + " "
                        + attempt.conversation().theirs().address()
                        + ": the last hop that answers is the last one the SYN surely reached");
    }

    private List<Fact> facts() {
        Fact unanswered = Fact.told(
                "syn-unanswered",
                Family.SEQUENCE,
                syns,
                attempt.whole()
                        ? "our SYN was sent " + syns.size()
                                + " times and nothing came back, neither SYN-ACK nor reset nor ICMP"
                        : "our SYN was sent " + syns.size() + " times and no answer was observed");
        return Stream.of(
                        Optional.of(unanswered),
                        fact(
                                "closed-port-answers",
                                elsewhere,
                                "the host's closed ports reset our SYNs: it lives, and the way carries SYNs"),
                        fact(
                                "port-answers-stray",
                                astray,
                                "a segment of no connection to the same port drew a reset: what has the port hears us, and"
                                        + " drops SYNs alone"),
                        answered(elsewhere).findAny().isPresent() || !attempt.whole()
                                ? Optional.<Fact>empty()
                                : silence())
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Fact> silence() {
        return elsewhere.isEmpty()
                ? Optional.empty()
                : Optional.of(Fact.told(
                        "closed-ports-silent",
                        Family.SEQUENCE,
                        elsewhere.stream().map(Probing::frame).toList(),
                        "SYNs to other ports of the host were not answered either"));
    }

    private static Optional<Fact> fact(String id, List<Probing> probings, String text) {
        List<Integer> frames = answered(probings)
                .limit(MOST_FRAMES)
                .flatMap(probing ->
                        Stream.of(probing.frame(), probing.reset().orElseThrow().frame()))
                .toList();
        return frames.isEmpty() ? Optional.empty() : Optional.of(Fact.told(id, Family.SEQUENCE, frames, text));
    }

    private static Stream<Probing> answered(List<Probing> probings) {
        return probings.stream().filter(probing -> probing.reset().isPresent());
    }

    private int port() {
        return attempt.conversation().theirs().port();
    }
}
