package rstprobe.diagnose;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;
import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.Quoted;

/// An ICMP error answered our SYN: it names its sender and quotes our datagram as it was when it got
/// there.
final class Unreachable {
    private static final int DESTINATION_UNREACHABLE = 3;
    private static final int DESTINATION_UNREACHABLE_V6 = 1;
    /// The TTLs that systems send with.
    private static final List<Integer> INITIAL_TTLS = List.of(64, 128, 255);
    /// The address may be a translator's, and what is missing the host behind it.
    private static final double ABOUT_ITSELF = 0.80;
    /// A host that looks for a neighbour in vain asks three times, a second apart, before it complains (RFC 4861
    /// section 10; Linux asks as often over IPv4). A filter answers at once what it answers at all.
    private static final long LOOKED_NANOS = 900_000_000;

    private Unreachable() {}

    /// The first destination-unreachable about this attempt.
    static Optional<Complaint> complaint(Attempt attempt) {
        return attempt.complaints().stream()
                .filter(heard -> isUnreachable(heard.error()) && quotesOurSyn(attempt, heard.error()))
                .findFirst();
    }

    /// Whoever did not see our SYN cannot know its number.
    private static boolean quotesOurSyn(Attempt attempt, Decoded.IcmpError error) {
        return error.quoted() instanceof Quoted.Tcp quoted
                && attempt.syn()
                        .filter(syn -> syn.segment().sequence() != quoted.sequence())
                        .isEmpty();
    }

    static boolean isUnreachable(Decoded.IcmpError error) {
        return error.type() == (error.ip().isV6() ? DESTINATION_UNREACHABLE_V6 : DESTINATION_UNREACHABLE);
    }

    static Judgement of(Attempt attempt, Complaint complaint, List<Attempt> all) {
        Decoded.IcmpError error = complaint.error();
        boolean byTarget = byTarget(attempt, error);
        Optional<Hop> hop = hop(attempt, error);
        String from = error.ip().source().toString();
        Fact fact = Fact.of(
                "icmp-unreachable",
                Family.ICMP,
                Weights.CONCLUSIVE,
                List.of(byTarget ? Origin.SERVER_FIREWALL : Origin.IN_PATH),
                Stream.concat(attempt.syn().map(Seen::frame).stream(), Stream.of(complaint.frame()))
                        .toList(),
                from + " answered our SYN with ICMP type " + error.type() + " code " + error.code() + " ("
                        + meaning(error) + ")"
                        + hop.map(where -> "; by the TTLs it is " + words(where))
                                .orElse(""));
        Verdict verdict = verdict(attempt, complaint, byTarget, hop, confidence(attempt, error, all));
        List<Fact> facts = Stream.concat(Stream.of(fact), late(attempt, complaint).stream())
                .toList();
        return Judgement.of(verdict, facts).withAlternatives(others(attempt, complaint, verdict));
    }

    /// An error that only a repeated SYN drew: errors are rate limited (Linux sends one a second to each address,
    /// `icmp_ratelimit`), or somebody had just been answered before us.
    private static Optional<Fact> late(Attempt attempt, Complaint complaint) {
        List<Seen> before = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn() && seen.atNanos() <= complaint.atNanos())
                .toList();
        return before.size() < 2
                ? Optional.empty()
                : Optional.of(
                        Fact.told(
                                "error-for-repeated-syn",
                                Family.ICMP,
                                Stream.concat(before.stream().map(Seen::frame), Stream.of(complaint.frame()))
                                        .toList(),
                                "only our SYN number " + before.size()
                                        + " drew the error: whoever sends it limits their rate, so its silence proves nothing"));
    }

    /// The same rule may have been written by hand, by a ban or by a limit: the error is the same. A filter can say
    /// that
    /// a host is missing, and a translator can say so of the one behind it.
    private static List<Alternative> others(Attempt attempt, Complaint complaint, Verdict verdict) {
        if (!(verdict instanceof Verdict.Fault fault)) {
            return List.of();
        }
        List<Candidate> others = List.of();
        if (fault.cause() == Cause.REJECTED_WITH_ICMP) {
            others = List.of(
                    saysItCannotReachItself(attempt, complaint)
                            ? Candidate.beside(Cause.NO_HEALTHY_BACKEND, Origin.PROXY, 0.12)
                            : Candidate.beside(Cause.RATE_LIMITED, fault.origin(), 0.05),
                    Candidate.beside(Cause.BANNED, fault.origin(), 0.06));
        } else if (fault.cause() == Cause.HOST_UNREACHABLE) {
            others = byTarget(attempt, complaint.error())
                    ? List.of(
                            Candidate.beside(Cause.NO_HEALTHY_BACKEND, Origin.PROXY, 0.20),
                            Candidate.beside(Cause.REJECTED_WITH_ICMP, Origin.SERVER_FIREWALL, 0.10))
                    : List.of(Candidate.beside(Cause.REJECTED_WITH_ICMP, Origin.IN_PATH, 0.08));
        }
        return others.isEmpty()
                ? List.of()
                : Candidate.besides(others, fault.confidence()).stream()
                        .sorted(Comparator.comparingDouble(Alternative::confidence)
                                .reversed())
                        .toList();
    }

    /// No host that is missing answers for itself, and none is beyond its own network. Only what stands for another may
    /// look for that one in vain, which takes its time.
    private static boolean saysItCannotReachItself(Attempt attempt, Complaint complaint) {
        return isUnreachable(complaint.error())
                && !IcmpMeaning.isPolicy(complaint.error())
                && byTarget(attempt, complaint.error())
                && nanosSinceQuoted(attempt, complaint) < LOOKED_NANOS;
    }

    /// From the SYN that it quotes, by its identification, or from the last before it.
    private static long nanosSinceQuoted(Attempt attempt, Complaint complaint) {
        List<Seen> before = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn() && seen.atNanos() <= complaint.atNanos())
                .toList();
        OptionalInt quoted = complaint
                .error()
                .quoted()
                .datagram()
                .map(Datagram::identification)
                .orElse(OptionalInt.empty());
        return before.stream()
                .filter(seen ->
                        quoted.isPresent() && quoted.equals(seen.segment().ip().identification()))
                .findFirst()
                .or(() -> before.stream().reduce((first, second) -> second))
                .map(seen -> complaint.atNanos() - seen.atNanos())
                .orElse(0L);
    }

    /// A box on our own link that had lowered the TTL before it complained was forwarding: it is a router and
    /// not the target. Any other address proves less, since a target with several may answer from one we do
    /// not know (RFC 1122 section 3.2.2), and a bridge that rejects borrows the target's.
    private static double confidence(Attempt attempt, Decoded.IcmpError error, List<Attempt> all) {
        long agreeing = all.stream()
                .filter(other -> other.complaints().stream().anyMatch(heard -> same(heard.error(), error)))
                .count();
        return agreeing > 1 && forwards(attempt, error) ? Weights.CONCLUSIVE_LIMIT : Weights.SEVERAL_ATTEMPTS;
    }

    private static boolean forwards(Attempt attempt, Decoded.IcmpError error) {
        return !byTarget(attempt, error)
                && INITIAL_TTLS.contains(error.ip().ttl())
                && routers(attempt, error).filter(routers -> routers == 1).isPresent();
    }

    static boolean byTarget(Attempt attempt, Decoded.IcmpError error) {
        return error.ip().source().equals(attempt.conversation().theirs().address());
    }

    private static boolean same(Decoded.IcmpError one, Decoded.IcmpError other) {
        return one.type() == other.type()
                && one.code() == other.code()
                && one.ip().source().equals(other.ip().source());
    }

    private static Verdict verdict(
            Attempt attempt, Complaint complaint, boolean byTarget, Optional<Hop> hop, double confidence) {
        Decoded.IcmpError error = complaint.error();
        String from = error.ip().source().toString();
        if (saysItCannotReachItself(attempt, complaint)) {
            return fault(
                    Cause.REJECTED_WITH_ICMP,
                    Origin.SERVER_FIREWALL,
                    Math.min(confidence, ABOUT_ITSELF),
                    hop,
                    from + " says of itself: " + meaning(error)
                            + "; a host that is missing cannot, so a packet filter there rejects the connection");
        }
        if (isUnreachable(error) && IcmpMeaning.isPolicy(error)) {
            return fault(
                    Cause.REJECTED_WITH_ICMP,
                    byTarget ? Origin.SERVER_FIREWALL : Origin.IN_PATH,
                    confidence,
                    hop,
                    (byTarget
                                    ? "a packet filter on the server, or a bridge before it,"
                                    : "a packet filter on the way, " + from + ",")
                            + " rejects the connection: " + meaning(error));
        }
        if (isUnreachable(error) || error.isTimeExceeded()) {
            return fault(
                    Cause.HOST_UNREACHABLE,
                    byTarget ? Origin.UNKNOWN : Origin.IN_PATH,
                    confidence,
                    hop,
                    from + " cannot reach " + attempt.conversation().theirs().address() + ": " + meaning(error));
        }
        return new Verdict.Undetermined(
                Optional.empty(),
                Stage.CONNECT,
                Weights.ONE_ATTEMPT,
                Optional.empty(),
                "no connection, and " + from + " complained of our SYN: ICMP type " + error.type() + " code "
                        + error.code());
    }

    private static Verdict fault(Cause cause, Origin origin, double confidence, Optional<Hop> hop, String summary) {
        return new Verdict.Fault(cause, origin, Stage.CONNECT, confidence, hop, Optional.empty(), summary);
    }

    private static String meaning(Decoded.IcmpError error) {
        return error.isTimeExceeded() ? "the TTL ran out, as in a routing loop" : IcmpMeaning.of(error);
    }

    private static String words(Hop hop) {
        return hop.before() == hop.after() + 1
                ? "hop " + hop.before()
                : "hop " + (hop.after() + 1) + " or " + hop.before();
    }

    /// Where the sender is, counted in hops. The TTL it quotes is ours less the routers before it, and
    /// less one more where it had begun to forward (Linux rejects in FORWARD after that); the error's
    /// own TTL tells which, where it came back by as many hops. Without that both stay possible.
    private static Optional<Hop> hop(Attempt attempt, Decoded.IcmpError error) {
        Optional<Integer> lowered = routers(attempt, error);
        if (lowered.isEmpty()) {
            return Optional.empty();
        }
        int routers = lowered.get();
        Optional<String> from = Optional.of(error.ip().source().toString());
        Set<Integer> possible = Stream.of(routers, routers + 1)
                .filter(number -> number >= 1)
                .filter(number -> INITIAL_TTLS.contains(error.ip().ttl() + number - 1))
                .collect(Collectors.toSet());
        if (possible.size() == 1) {
            int number = possible.iterator().next();
            return Optional.of(new Hop(number - 1, number, from));
        }
        return Optional.of(new Hop(Math.max(routers - 1, 0), routers + 1, from));
    }

    /// By how much our TTL had been lowered when the sender saw our SYN.
    private static Optional<Integer> routers(Attempt attempt, Decoded.IcmpError error) {
        Optional<Integer> sent = attempt.syn().map(syn -> syn.segment().ip().ttl());
        Optional<Integer> quoted = error.quoted().datagram().map(datagram -> datagram.ttl());
        return sent.isEmpty() || quoted.isEmpty() || quoted.get() > sent.get() || error.isTimeExceeded()
                ? Optional.empty()
                : Optional.of(sent.get() - quoted.get());
    }
}
