package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;

/// A listener with no room for one more connection, whose kernel says so: it answers the end of the handshake with a
/// reset of no socket (Linux with `tcp_abort_on_overflow`), and drops every SYN while the queue stays full.
///
/// One such reset looks like that of a kernel that lost a connection. Yet that has lost nothing which the server never
/// said a word on; and a SYN that nothing answers, where the same kernel answers other segments, is what a full queue
/// makes.
final class QueueOverflow {
    private static final double SYNS_IGNORED_TOO = 0.80;
    private static final double AS_LIKELY = 0.25;

    private QueueOverflow() {}

    /// The judgement with that cause named or told, where a reset without a socket is all that the server said.
    static Judgement refined(Judgement judgement, Attempt attempt, List<Attempt> all) {
        if (!(judgement.verdict() instanceof Verdict.Fault fault)
                || fault.cause() != Cause.CONNECTION_STATE_LOST
                || fault.origin() != Origin.SERVER_KERNEL
                || fault.stage() != Stage.IDENTIFICATION
                || attempt.overheard().isPresent()
                || !onlyReset(attempt)) {
            return judgement;
        }
        Optional<Attempt> ignored = all.stream()
                .filter(other -> other.ending() instanceof Ending.NoAnswer)
                .findFirst();
        if (ignored.isEmpty()) {
            return judgement.withAlternatives(Stream.concat(
                            Stream.of(new Alternative(Cause.ACCEPT_QUEUE_OVERFLOW, Origin.SERVER_KERNEL, AS_LIKELY)),
                            judgement.alternatives().stream())
                    .toList());
        }
        double left = 1 - SYNS_IGNORED_TOO;
        return judgement
                .withVerdict(new Verdict.Fault(
                        Cause.ACCEPT_QUEUE_OVERFLOW,
                        Origin.SERVER_KERNEL,
                        fault.stage(),
                        SYNS_IGNORED_TOO,
                        fault.hop(),
                        Optional.empty(),
                        "reset at identification: the listener's queue is full and the server's kernel aborts what does"
                                + " not fit; later SYNs are not answered at all"))
                .withMoreEvidence(List.of(ignored(attempt, ignored.get())))
                .withAlternatives(List.of(
                        new Alternative(Cause.ESTABLISHED_REJECTED, Origin.SERVER_FIREWALL, left / 2),
                        new Alternative(Cause.CONNECTION_STATE_LOST, Origin.SERVER_KERNEL, left / 2)));
    }

    private static boolean onlyReset(Attempt attempt) {
        return attempt.reset().isPresent() && attempt.first(Seen::genuine).isEmpty();
    }

    private static Fact ignored(Attempt attempt, Attempt other) {
        return Fact.told(
                "syn-ignored-after-reset",
                Family.SEQUENCE,
                Stream.concat(
                                attempt.reset().stream(),
                                other.segments().stream().filter(Seen::ours).limit(4))
                        .map(Seen::frame)
                        .toList(),
                "one connection was reset before the server said a word, and the SYN of another was not answered: a full"
                        + " queue does both");
    }
}
