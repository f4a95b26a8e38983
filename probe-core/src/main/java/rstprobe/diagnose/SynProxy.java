package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;

/// Something that answers SYNs for a server, and asks the server only when the client has answered too.
///
/// It opens the window when the server has answered it: until then it is closed, which no listener's is.
final class SynProxy {
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

    private static Optional<Seen> closed(Attempt attempt) {
        return attempt.synAck().filter(answer -> answer.segment().window() == 0);
    }
}
