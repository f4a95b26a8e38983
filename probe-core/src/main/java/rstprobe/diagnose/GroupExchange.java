package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// A key exchange in which the server is to choose a group (RFC 4419), and does not.
///
/// From OpenSSH 10.0 on sshd has no group to fall back to: where its file of groups has none that fits, its monitor
/// logs
/// "no matching DH grp found", and we wait until the grace time ends.
final class GroupExchange {
    private static final String METHOD = "diffie-hellman-group-exchange-";

    private GroupExchange() {}

    /// Whether both sides settled on such an exchange.
    static boolean agreedIn(Attempt attempt) {
        return attempt.observed(Observation.Negotiated.class)
                .anyMatch(agreed -> agreed.kex().startsWith(METHOD));
    }

    /// The verdict on a silence behind our request for a group.
    static Optional<Judgement> silent(Attempt attempt, Stage stage) {
        if (stage != Stage.KEX || !agreedIn(attempt)) {
            return Optional.empty();
        }
        Optional<Seen> request = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .reduce((_, last) -> last);
        Optional<Seen> taken = request.flatMap(own -> attempt.first(seen -> seen.genuine()
                && seen.frame() > own.frame()
                && Sequence.atMost(own.segment().nextSequence(), seen.segment().acknowledgement())));
        boolean answered = request.filter(own -> attempt.first(seen -> seen.genuine()
                                && seen.frame() > own.frame()
                                && seen.segment().payloadLength() > 0)
                        .isPresent())
                .isPresent();
        return answered ? Optional.empty() : taken.map(seen -> unanswered(request.orElseThrow(), seen));
    }

    private static Judgement unanswered(Seen request, Seen taken) {
        Fact fact = Fact.told(
                "no-group-chosen",
                Family.SEQUENCE,
                List.of(request.frame(), taken.frame()),
                "the server's TCP took our request for a Diffie-Hellman group, and no group came");
        return Judgement.of(
                        new Verdict.Fault(
                                Cause.NO_COMMON_ALGORITHM,
                                Origin.SERVER_PROCESS,
                                Stage.KEX,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                Optional.empty(),
                                "silent at kex: the server is to choose a group for the key exchange and has none that"
                                        + " fits (/etc/ssh/moduli)"),
                        List.of(fact))
                .withAlternatives(List.of(
                        new Alternative(Cause.SESSION_PROCESS_DIED, Origin.SERVER_PROCESS, 0.12),
                        new Alternative(Cause.LARGE_KEX_FAILS, Origin.SERVER_PROCESS, 0.10)))
                .withNextTest("read the server's log for \"no matching DH grp found\", and count the lines of"
                        + " /etc/ssh/moduli; ssh -o KexAlgorithms=curve25519-sha256 needs no such group");
    }
}
