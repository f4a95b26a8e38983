package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;

/// Something that answers SYNs for a server, and asks the server only when the client has answered too.
///
/// It opens the window when the server has answered it: until then it is closed, which no listener's is.
final class SynProxy {
    /// A window of 0 alone, where nothing tells the two apart.
    private static final double OF_ONE_DISTANCE = 0.55;

    private SynProxy() {}

    /// Whether the SYN-ACK had a closed window and nothing ever opened it.
    static boolean standsAlone(Attempt attempt) {
        return closed(attempt).isPresent() && attempt.first(Seen::genuine).isEmpty();
    }

    /// The SYN-ACK with a closed window, and what shows that another speaks behind it.
    static Optional<Fact> fact(Attempt attempt) {
        return closed(attempt).map(answer -> {
            int ttl = answer.segment().ip().ttl();
            Optional<Seen> other =
                    attempt.first(seen -> seen.genuine() && seen.segment().ip().ttl() != ttl);
            return Fact.told(
                    "syn-ack-with-closed-window",
                    Family.SHAPE,
                    other.map(seen -> List.of(answer.frame(), seen.frame())).orElse(List.of(answer.frame())),
                    "the SYN-ACK has window 0: it was made before anybody could take what we say"
                            + other.map(seen -> "; what came after it has TTL "
                                            + seen.segment().ip().ttl() + " where it has " + ttl)
                                    .orElse("; nothing opened it"));
        });
    }

    /// The judgement of a reset that ended such a connection before its window opened: what it comes from is the
    /// server's
    /// own answer to the proxy's SYN.
    static Judgement refined(Judgement judgement, Attempt attempt, List<Attempt> all) {
        Optional<Seen> reset = attempt.reset();
        if (reset.isEmpty() || !standsAlone(attempt) || attempt.overheard().isPresent()) {
            return judgement;
        }
        boolean alike = all.stream()
                        .filter(other -> other.reset().isPresent() && standsAlone(other))
                        .count()
                > 1;
        boolean elsewhere = closed(attempt).orElseThrow().segment().ip().ttl()
                != reset.get().segment().ip().ttl();
        double confidence = elsewhere ? alike ? Proof.ATTEMPTS_ALIKE.limit() : Weights.ONE_ATTEMPT : OF_ONE_DISTANCE;
        String summary =
                "reset at identification: our SYN was answered with a closed window, by something in front of the"
                        + " server, and the server refused the connection that this opened to it";
        Verdict verdict = confidence >= Weights.NAMED
                ? new Verdict.Fault(
                        Cause.SYN_PROXY,
                        Origin.PROXY,
                        Stage.IDENTIFICATION,
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        summary)
                : new Verdict.Undetermined(
                        Optional.of(Cause.SYN_PROXY), Stage.IDENTIFICATION, confidence, Optional.empty(), summary);
        return judgement
                .withVerdict(verdict)
                .withMoreEvidence(List.of(refused(attempt, reset.get())))
                .withAlternatives(Candidate.besides(
                        List.of(
                                Candidate.beside(Cause.NO_LISTENER, Origin.SERVER_KERNEL, 0.10),
                                Candidate.beside(Cause.NO_HEALTHY_BACKEND, Origin.PROXY, 0.08),
                                Candidate.beside(Cause.REJECTED_WITH_RESET, Origin.SERVER_FIREWALL, 0.04)),
                        confidence))
                .withNextTest("on the server: tcpdump -ni any 'tcp port "
                        + attempt.conversation().theirs().port()
                        + "': whose SYN arrives there after ours was answered, and what answers it");
    }

    private static Fact refused(Attempt attempt, Seen reset) {
        Seen answer = closed(attempt).orElseThrow();
        return Fact.told(
                "syn-ack-with-closed-window",
                Family.SHAPE,
                List.of(answer.frame(), reset.frame()),
                "the SYN-ACK has window 0, which no listener's has, and the reset came before it opened; the one has TTL "
                        + answer.segment().ip().ttl() + ", the other "
                        + reset.segment().ip().ttl());
    }

    private static Optional<Seen> closed(Attempt attempt) {
        return attempt.synAck().filter(answer -> answer.segment().window() == 0);
    }
}
