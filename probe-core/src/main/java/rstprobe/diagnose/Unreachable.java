package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;
import rstprobe.wire.Decoded;
import rstprobe.wire.Quoted;

/// An ICMP error answered our SYN: it names its sender and quotes our datagram as it was when it got
/// there.
final class Unreachable {
    private static final int DESTINATION_UNREACHABLE = 3;
    private static final int DESTINATION_UNREACHABLE_V6 = 1;
    /// The TTLs that systems send with.
    private static final List<Integer> INITIAL_TTLS = List.of(64, 128, 255);

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

    private static boolean isUnreachable(Decoded.IcmpError error) {
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
        return Judgement.of(verdict(attempt, error, byTarget, hop, confidence(attempt, error, all)), List.of(fact));
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

    private static boolean byTarget(Attempt attempt, Decoded.IcmpError error) {
        return error.ip().source().equals(attempt.conversation().theirs().address());
    }

    private static boolean same(Decoded.IcmpError one, Decoded.IcmpError other) {
        return one.type() == other.type()
                && one.code() == other.code()
                && one.ip().source().equals(other.ip().source());
    }

    private static Verdict verdict(
            Attempt attempt, Decoded.IcmpError error, boolean byTarget, Optional<Hop> hop, double confidence) {
        String from = error.ip().source().toString();
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
