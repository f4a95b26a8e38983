package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.ActiveTest;

/// Whether a conversation ends where its address does.
///
/// A proxy that takes connections on the way speaks with its own TTL, and the host it stands for answers on its
/// other ports, and to echoes, with another one. The TTL moves by one where connections take ways of different
/// length, so every conversation must show the one and every other answer the other.
final class ConversationDistance {
    private static final int LEAST_ANSWERS = 4;
    /// So many conversations on one side and answers on the other rule out that chance sorted them: where half of
    /// all connections take a way with a hop more, once in a thousand times.
    private static final int LEAST_CONVERSATIONS_APART = 3;

    private static final int LEAST_ANSWERS_APART = 7;

    static final String AT_HOST = "conversation-ends-at-host";
    private static final String ELSEWHERE = "closed-ports-from-elsewhere";

    private ConversationDistance() {}

    static Optional<Fact> of(Attempt attempt, Seen reset, List<Attempt> all, List<Probing> probings) {
        List<Seen> host = probings.stream()
                .filter(probing -> probing.is(ActiveTest.REFERENCE, ActiveTest.Part.CLOSED_PORT))
                .flatMap(probing -> probing.reset().stream())
                .toList();
        if (host.size() < LEAST_ANSWERS) {
            return Optional.empty();
        }
        List<Attempt> opened =
                all.stream().filter(other -> other.synAck().isPresent()).toList();
        List<Seen> spoken = opened.stream().flatMap(ConversationDistance::first).toList();
        Set<Integer> near = ttls(spoken);
        Set<Integer> far = ttls(host);
        boolean sorted = near.size() == 1 && far.size() == 1;
        if (attempt.synAck().isEmpty() || !sorted || !near.contains(ttl(reset))) {
            return Optional.empty();
        }
        int nearer = near.iterator().next() - far.iterator().next();
        if (nearer == 0) {
            return Optional.of(Fact.of(
                    AT_HOST,
                    Family.TTL,
                    Weights.ENDS_AT_HOST,
                    List.of(SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL),
                    frames(spoken, reset, host),
                    "whoever talks on this port is as far away (TTL " + ttl(reset)
                            + ") as the host that answers on its other ports"));
        }
        boolean enough = opened.size() >= LEAST_CONVERSATIONS_APART && host.size() >= LEAST_ANSWERS_APART;
        if (nearer < 0 || nearer > ResetRules.NEAR_HOPS || !enough) {
            return Optional.empty();
        }
        return Optional.of(Fact.of(
                "conversation-ends-before-host",
                Family.TTL,
                Weights.ENDS_BEFORE_HOST,
                List.of(PROXY),
                frames(spoken, reset, host),
                "whoever talks on this port is " + nearer + (nearer == 1 ? " hop" : " hops")
                        + " nearer (TTL " + ttl(reset) + ") than the host that answers on its other ports (TTL "
                        + ttl(host.getFirst()) + "): something in front of it takes the connections"));
    }

    /// That the host's closed ports answer from farther away than a conversation ends: too little, by itself,
    /// to tell a proxy from ways of different length.
    static Optional<Fact> elsewhere(Seen end, List<Probing> probings) {
        return probings.stream()
                .filter(probing -> probing.is(ActiveTest.REFERENCE, ActiveTest.Part.CLOSED_PORT))
                .flatMap(probing -> probing.reset().stream())
                .filter(answer -> ttl(answer) < ttl(end))
                .findFirst()
                .map(answer -> Fact.told(
                        ELSEWHERE,
                        Family.TTL,
                        List.of(end.frame(), answer.frame()),
                        "closed ports of this host answer with TTL " + ttl(answer)
                                + ", the conversation ended with TTL " + ttl(end)
                                + ": a proxy may have taken it, or the ways differ"));
    }

    /// Whether one more conversation would tell a proxy from ways of different length.
    static boolean wantsAnother(List<Evidence> evidence) {
        return evidence.stream().anyMatch(fact -> fact.id().equals(ELSEWHERE));
    }

    private static List<Integer> frames(List<Seen> spoken, Seen reset, List<Seen> host) {
        return Stream.of(spoken.getFirst(), reset, host.getFirst(), host.getLast())
                .map(Seen::frame)
                .distinct()
                .toList();
    }

    /// The SYN-ACK and what was said after it; a conversation whose SYN-ACK came from elsewhere than its data
    /// shows both.
    private static Stream<Seen> first(Attempt attempt) {
        return Stream.concat(
                attempt.synAck().stream(), attempt.segments().stream().filter(Seen::genuine));
    }

    private static Set<Integer> ttls(List<Seen> segments) {
        return segments.stream().map(ConversationDistance::ttl).collect(Collectors.toSet());
    }

    private static int ttl(Seen seen) {
        return seen.segment().ip().ttl();
    }
}
