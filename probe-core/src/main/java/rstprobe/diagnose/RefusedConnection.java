package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;
import rstprobe.wire.Decoded;

/// The SYN was answered with a reset: nothing listens, or a packet filter says so.
final class RefusedConnection {
    /// Of what a verdict leaves open.
    private static final double BY_A_LIMIT = 0.5;

    private static final double BY_ITS_END = 0.25;

    private static final String CAPTURE_THERE =
            "capture on the server while probing: a SYN that does not arrive there was refused on the way, and a reset"
                    + " that leaves there is the host's own";

    private final Attempt attempt;
    private final Seen reset;
    private final List<Attempt> all;
    private final Surroundings around;
    private final long agreeing;

    private RefusedConnection(Attempt attempt, Seen reset, List<Attempt> all, Surroundings around, long agreeing) {
        this.attempt = attempt;
        this.reset = reset;
        this.all = all;
        this.around = around;
        this.agreeing = agreeing;
    }

    static Judgement of(Attempt attempt, Seen reset, List<Attempt> all, Surroundings around) {
        long agreeing = all.stream()
                .filter(other -> other.synAck().isEmpty())
                .flatMap(other -> other.reset().stream())
                .filter(other -> same(other.segment(), reset.segment()))
                .count();
        return new RefusedConnection(attempt, reset, all, around, agreeing).judgement();
    }

    private static boolean same(Decoded.Segment one, Decoded.Segment other) {
        return one.ip().tos() == other.ip().tos()
                && one.ip().ttl() == other.ip().ttl()
                && one.window() == other.window()
                && one.flags().equals(other.flags());
    }

    private Judgement judgement() {
        List<Fact> found = new ArrayList<>();
        found.add(Fact.told(
                "syn-answered-by-reset",
                Family.SHAPE,
                List.of(attempt.syn().map(Seen::frame).orElse(reset.frame()), reset.frame()),
                "our SYN was answered by a reset (" + reset.segment().flags() + ", TTL "
                        + reset.segment().ip().ttl() + ", window "
                        + reset.segment().window() + ")"));
        typeOfService(found);
        options(found);
        answeredToo(found);
        SaidByReset.of(attempt, reset).ifPresent(found::add);
        found.addAll(around.facts(attempt, reset, all));
        List<Fact> facts = around.believable(reset, found);
        Posterior posterior = Posterior.of(Weighing.Kind.REFUSED.candidates(), facts);
        Origin origin = posterior.first().origin();
        Weighing weighing = around.weighing(Weighing.Kind.REFUSED, agreeing > 1, attempt, reset, all, facts);
        double confidence =
                Math.min(posterior.first().probability(), weighing.proof(origin).limit());
        Verdict verdict = confidence >= Weights.NAMED
                ? new Verdict.Fault(
                        cause(origin),
                        origin,
                        Stage.CONNECT,
                        confidence,
                        around.hop(reset, origin),
                        Optional.empty(),
                        named(origin))
                : new Verdict.Undetermined(
                        Optional.empty(),
                        Stage.CONNECT,
                        confidence,
                        Optional.empty(),
                        "connection refused by a reset; whether nothing listens or a packet filter refuses is open");
        Judgement judgement = Judgement.of(verdict, facts)
                .withWeighing(weighing)
                .withAlternatives(posterior.shares().stream()
                        .skip(verdict instanceof Verdict.Fault ? 1 : 0)
                        .filter(share -> share.probability() >= Weights.WORTH_TELLING)
                        .map(share -> new Alternative(cause(share.origin()), share.origin(), share.probability()))
                        .toList());
        if (verdict instanceof Verdict.Fault fault && fault.cause() == Cause.NO_LISTENER) {
            judgement = judgement.withAlternatives(closedForAWhile(judgement.alternatives(), fault));
        }
        judgement = judgement.withRuledOut(Excluded.by(facts));
        if (confidence >= NextProbe.SETTLED) {
            return judgement;
        }
        return judgement.withNextTest(asked(around, weighing));
    }

    /// What is asked later keeps no segment in memory until then.
    private static Supplier<String> asked(Surroundings around, Weighing weighing) {
        return () -> around.unmadeTest(weighing, true).orElse(CAPTURE_THERE);
    }

    /// A port that is closed now may have been closed by a limit (xinetd's `cps`, systemd's `TriggerLimit`), or by the
    /// end of its listener: a SYN shows no more than that.
    private static List<Alternative> closedForAWhile(List<Alternative> others, Verdict.Fault fault) {
        double left = 1
                - fault.confidence()
                - others.stream().mapToDouble(Alternative::confidence).sum();
        return Stream.concat(
                        others.stream(),
                        Stream.of(
                                new Alternative(
                                        Cause.CONNECTION_LIMIT, Origin.SERVER_PROCESS, rounded(left * BY_A_LIMIT)),
                                new Alternative(
                                        Cause.LISTENER_DIED, Origin.SERVER_PROCESS, rounded(left * BY_ITS_END))))
                .filter(other -> other.confidence() >= Weights.WORTH_TELLING)
                .sorted(Comparator.comparingDouble(Alternative::confidence).reversed())
                .toList();
    }

    private static double rounded(double probability) {
        return Math.round(probability * 100) / 100.0;
    }

    /// Nobody both refuses and accepts one SYN: where a SYN-ACK follows, the reset was another's and
    /// the SYN went on.
    private void answeredToo(List<Fact> facts) {
        attempt.synAck()
                .filter(answer -> attempt.whole()
                        && answer.frame() > reset.frame()
                        && answer.atNanos() > reset.atNanos()
                        && oneSyn()
                        && answers(answer))
                .ifPresent(answer -> facts.add(Fact.of(
                        "syn-ack-after-reset",
                        Family.SEQUENCE,
                        Weights.CONCLUSIVE,
                        List.of(ON_PATH),
                        List.of(reset.frame(), answer.frame()),
                        "behind the reset came the server's SYN-ACK: it had accepted the very SYN")));
    }

    private boolean answers(Seen answer) {
        return attempt.syn()
                .filter(syn -> syn.segment().nextSequence() == answer.segment().acknowledgement())
                .isPresent();
    }

    private boolean oneSyn() {
        return attempt.segments().stream()
                        .filter(seen -> seen.ours() && seen.segment().flags().syn())
                        .count()
                == 1;
    }

    private void typeOfService(List<Fact> facts) {
        int own = attempt.syn()
                .map(syn -> syn.segment().ip().tos() & TypeOfService.DSCP)
                .orElse(0);
        int theirs = reset.segment().ip().tos() & TypeOfService.DSCP;
        if (own == 0) {
            return;
        }
        if (own == theirs) {
            facts.add(Fact.of(
                    "reset-echoes-tos",
                    Family.TOS,
                    Weights.TOS_ECHOED,
                    List.of(SERVER_KERNEL, PROXY),
                    List.of(attempt.syn().orElse(reset).frame(), reset.frame()),
                    String.format(
                            Locale.ROOT,
                            "the reset echoes our type of service 0x%02x: a TCP stack without a listener does that, a packet filter does not",
                            own)));
        } else if (theirs == 0) {
            facts.add(Fact.of(
                    "reset-tos-zero",
                    Family.TOS,
                    Weights.TOS_ZERO,
                    List.of(SERVER_FIREWALL, IN_PATH, ON_PATH),
                    List.of(attempt.syn().orElse(reset).frame(), reset.frame()),
                    String.format(
                            Locale.ROOT,
                            "the reset carries type of service 0 where a TCP stack would have echoed our 0x%02x, if nothing on the path clears it",
                            own)));
        }
    }

    /// A kernel's answer to a SYN has sequence number 0 and no options (RFC 9293 section 3.5.2); a
    /// rewritten SYN-ACK has both.
    private void options(List<Fact> facts) {
        boolean synOptions = reset.segment().options().mss().isPresent();
        boolean numbered = reset.segment().flags().ack() && reset.segment().sequence() != 0;
        if (synOptions && numbered) {
            facts.add(
                    Fact.of(
                            "reset-is-rewritten-syn-ack",
                            Family.SHAPE,
                            Weights.SYN_ACK_REWRITTEN,
                            List.of(IN_PATH),
                            List.of(reset.frame()),
                            "the answer to our SYN has the number and the options of a SYN-ACK, which a refusing TCP never sends: one was rewritten"));
        } else if (synOptions || numbered) {
            facts.add(Fact.of(
                    "reset-to-syn-with-number",
                    Family.SHAPE,
                    Weights.SYN_REFUSED_WITH_A_NUMBER,
                    List.of(IN_PATH, ON_PATH),
                    List.of(reset.frame()),
                    "the reset to our SYN has " + (synOptions ? "options" : "a sequence number")
                            + ", which RFC 9293 section 3.5.2 does not have there"));
        }
    }

    private static Cause cause(Origin origin) {
        if (origin == ON_PATH) {
            return Cause.INJECTED_RESET;
        }
        return origin == SERVER_KERNEL || origin == PROXY ? Cause.NO_LISTENER : Cause.REJECTED_WITH_RESET;
    }

    private String named(Origin origin) {
        if (origin == ON_PATH) {
            return "a device on the path answered our SYN with a reset while the server accepted it";
        }
        return origin == SERVER_KERNEL
                ? "nothing listens on port " + attempt.conversation().theirs().port()
                        + ": the host itself refused the connection"
                : "the connection was refused by a reset that the host's TCP did not send";
    }
}
