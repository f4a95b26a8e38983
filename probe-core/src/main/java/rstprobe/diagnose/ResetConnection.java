package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_FIREWALL;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Mode;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;
import rstprobe.wire.Conversation;
import rstprobe.wire.Sequence;

/// A reset ended an established connection: whose was it?
final class ResetConnection {
    private static final Set<Origin> CANDIDATES = Weighing.Kind.RESET.candidates();
    private static final String ABORTED = "reset-continues-socket";
    private static final Set<String> INSPECTED = Set.of("bytes-pass", TriggerKind.CONTENT, RepeatedReset.ID);

    private final Attempt attempt;
    private final Stage stage;
    private final Seen reset;
    private final List<Attempt> all;
    private final Surroundings around;

    private ResetConnection(Attempt attempt, Stage stage, Seen reset, List<Attempt> all, Surroundings around) {
        this.attempt = attempt;
        this.stage = stage;
        this.reset = reset;
        this.all = all;
        this.around = around;
    }

    static Judgement of(Attempt attempt, Stage stage, List<Attempt> all, Surroundings around) {
        Optional<ServerTexts.Refusal> refusal = attempt.refusal();
        if (refusal.isPresent()) {
            return RefusedInWords.of(
                    attempt,
                    stage,
                    refusal.get(),
                    attempt.reset().stream()
                            .flatMap(reset -> ResetRules.of(attempt, reset, all).stream())
                            .toList());
        }
        Attempt telling = MostTelling.of(attempt, all);
        return telling.reset()
                .map(reset -> closedBefore(telling, reset)
                        ? ClosedConnection.of(telling, stage, all, around)
                        : StateLost.refined(
                                new ResetConnection(telling, stage, reset, all, around.about(all)).judgement(), all))
                .orElseGet(() -> notCaptured(stage));
    }

    /// The socket saw a reset that the tap did not: there is nothing to cite, so there is nothing to
    /// claim.
    private static Judgement notCaptured(Stage stage) {
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "the connection was reset at " + stage.word()
                                        + ", but the reset is not in the capture: it may come from this host"),
                        List.of())
                .withNextTest(
                        "capture on the loopback interface as well: tcpdump -ni lo 'tcp[13] & 4 != 0 or ip6[53] & 4 != 0'");
    }

    /// Behind a FIN a reset without a socket only answers what we sent too late: the FIN ended the
    /// connection.
    static boolean closedBefore(Attempt attempt, Seen reset) {
        return attempt.fin().filter(fin -> fin.frame() < reset.frame()).isPresent()
                && ResetShape.of(reset.segment(), Baseline.before(attempt, reset)) == ResetShape.STATELESS;
    }

    /// The same of the reset that came, where one did.
    static boolean onlyAnswered(Attempt attempt) {
        return attempt.reset().filter(reset -> closedBefore(attempt, reset)).isPresent();
    }

    private Judgement judgement() {
        List<Fact> found = new ArrayList<>(ResetRules.of(attempt, reset, all));
        contentFacts(found);
        found.addAll(around.facts(attempt, reset, all));
        found.addAll(new TriggerKind(attempt, all, around.answered()).facts());
        TimeTrigger.of(all).ifPresent(found::add);
        List<Fact> facts = SaidByReset.widened(reset, around.believable(reset, found));
        Posterior posterior = Posterior.of(CANDIDATES, facts);
        Origin origin = posterior.first().origin();
        Weighing weighing = around.weighing(Weighing.Kind.RESET, alike(origin), attempt, reset, all, facts);
        double confidence =
                Math.min(posterior.first().probability(), weighing.proof(origin).limit());
        Optional<Trigger> trigger =
                TimeTrigger.among(facts) ? Optional.empty() : Triggers.of(attempt, all, around.answered());
        Verdict verdict = confidence >= Weights.NAMED
                ? new Verdict.Fault(
                        cause(origin, facts),
                        origin,
                        stage,
                        confidence,
                        around.hop(reset, origin),
                        trigger,
                        named(origin, facts))
                : new Verdict.Undetermined(
                        Optional.empty(),
                        stage,
                        confidence,
                        trigger,
                        "the connection was reset at " + stage.word() + "; the evidence leaves open by whom");
        Judgement judgement = Judgement.of(verdict, facts)
                .withWeighing(weighing)
                .withAlternatives(alternatives(posterior, facts, verdict))
                .withRuledOut(Excluded.by(facts));
        if (!(verdict instanceof Verdict.Fault) || confidence < NextProbe.SETTLED) {
            judgement = judgement.withNextTest(nextTest(
                    attempt.conversation(),
                    around,
                    weighing,
                    Stages.sayable(attempt) && Drawn.said(attempt) > 0,
                    posterior));
        }
        return judgement;
    }

    /// The same bytes cut otherwise that got further: then something looks at segments, which no TCP
    /// does. A server that merely closes is no such thing, so "not reset" is not enough. One pass may
    /// be luck.
    private void contentFacts(List<Fact> facts) {
        if (attempt.mode() != Mode.TALK) {
            return;
        }
        long whole = all.stream().filter(other -> other.mode() == Mode.TALK).count();
        long wholeReset = all.stream()
                .filter(other -> other.mode() == Mode.TALK && other.reset().isPresent())
                .count();
        if (wholeReset < whole || new TriggerKind(attempt, all, around.answered()).passedWhole()) {
            return;
        }
        passing(Mode.BYTES)
                .ifPresent(
                        other -> facts.add(
                                Fact.of(
                                        "bytes-pass",
                                        Family.TRIGGER,
                                        wholeReset > 1
                                                ? Weights.OTHER_SEGMENTS_PASS
                                                : Weights.OTHER_SEGMENTS_PASSED_ONCE,
                                        List.of(IN_PATH, ON_PATH, SERVER_FIREWALL),
                                        List.of(reset.frame(), other),
                                        "the same identification, one byte a segment, was answered and went on: something matches whole segments")));
    }

    /// A frame of an attempt in this mode that got further than ours: the last data of the server's in
    /// it.
    private Optional<Integer> passing(Mode mode) {
        return all.stream()
                .filter(other -> other.mode() == mode && other.reset().isEmpty())
                .filter(other -> Diagnosis.completed(other)
                        || other.observed(Observation.StageCompleted.class)
                                .anyMatch(done -> done.stage().compareTo(stage) >= 0
                                        && done.stage().compareTo(Stage.KEX) >= 0))
                .flatMap(other -> other.segments().stream()
                        .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                        .reduce((_, last) -> last)
                        .map(Seen::frame)
                        .stream())
                .findFirst();
    }

    /// Whether several attempts show the sender alike: by what each says for itself, or because their resets look
    /// the same.
    private boolean alike(Origin origin) {
        if (all.size() < 2) {
            return false;
        }
        long agreeing = all.stream()
                .filter(other -> other.synAck().isPresent())
                .filter(other -> origin == SERVER_PROCESS && closedByTheSame(other)
                        || other.reset().isPresent()
                                && (MostTelling.weighed(other, all).first().origin() == origin || looksTheSame(other)))
                .count();
        return agreeing > 1;
    }

    /// A process that leaves nothing unread when it ends closes with a FIN, at the same stage and from as far away.
    private boolean closedByTheSame(Attempt other) {
        return Controls.reached(other) == stage
                && other.fin()
                        .filter(fin -> other.reset()
                                        .filter(end -> end.frame() < fin.frame())
                                        .isEmpty()
                                && fin.segment().ip().ttl()
                                        == reset.segment().ip().ttl())
                        .filter(fin -> Posterior.of(Weighing.Kind.CLOSED.candidates(), FinRules.of(other, fin, all))
                                        .first()
                                        .origin()
                                == SERVER_PROCESS)
                        .isPresent();
    }

    private boolean looksTheSame(Attempt other) {
        Seen its = other.reset().orElseThrow();
        return its.segment().ip().ttl() == reset.segment().ip().ttl()
                && its.segment().ip().tos() == reset.segment().ip().tos()
                && its.segment().flags().equals(reset.segment().flags())
                && ResetShape.of(its.segment(), Baseline.before(other, its))
                        == ResetShape.of(reset.segment(), Baseline.before(attempt, reset));
    }

    private Cause cause(Origin origin, List<Fact> facts) {
        return switch (origin) {
            case SERVER_PROCESS ->
                attempt.refusal().map(ServerTexts.Refusal::cause).orElse(Cause.ABORTED_WITHOUT_REASON);
            case SERVER_KERNEL -> Cause.CONNECTION_STATE_LOST;
            case PROXY -> proxysCause(facts);
            case SERVER_FIREWALL -> Cause.ESTABLISHED_REJECTED;
            case IN_PATH -> filtersCause(facts);
            case ON_PATH -> Cause.INJECTED_RESET;
            case PATH, THIS_HOST, UNKNOWN -> Cause.ABORTED_WITHOUT_REASON;
        };
    }

    /// A filter that lets a whole key exchange pass does not refuse connections: it goes by how long or what they are.
    private Cause filtersCause(List<Fact> facts) {
        if (inspected(facts)) {
            return Cause.INSPECTED_AND_RESET;
        }
        boolean encrypted = stage.compareTo(Stage.KEX) > 0 && stage != Stage.IDLE;
        return encrypted && !TimeTrigger.among(facts) ? Cause.FILTERED_AFTER_KEX : Cause.ESTABLISHED_REJECTED;
    }

    /// A filter that refuses what is established refuses the first byte; one that lets some of our first line pass has
    /// looked at it.
    private boolean inspected(List<Fact> facts) {
        return facts.stream()
                        .anyMatch(fact -> INSPECTED.contains(fact.evidence().id()))
                || all.stream().anyMatch(ResetConnection::passedInPart);
    }

    private static boolean passedInPart(Attempt other) {
        return other.mode() == Mode.BYTES
                && other.reset()
                        .filter(end -> other.segments().stream()
                                .anyMatch(seen -> seen.genuine()
                                        && seen.frame() < end.frame()
                                        && other.syn()
                                                .filter(syn -> Sequence.before(
                                                        syn.segment().nextSequence(),
                                                        seen.segment().acknowledgement()))
                                                .isPresent()))
                        .isPresent();
    }

    private Cause proxysCause(List<Fact> facts) {
        Optional<Cause> said = SaidByReset.cause(reset);
        if (said.isPresent()) {
            return said.get();
        }
        if (TimeTrigger.among(facts)) {
            return Cause.IDLE_TIMEOUT;
        }
        return Fact.among(facts, ABORTED) ? Cause.ABORTED_WITHOUT_REASON : Cause.CONNECTION_STATE_LOST;
    }

    private String proxysDeed(List<Fact> facts) {
        Optional<Cause> said = SaidByReset.cause(reset);
        if (said.isPresent()) {
            return "a load balancer ended the connection and said why"
                    + (said.get() == Cause.NO_HEALTHY_BACKEND ? ": it has no server for it" : "");
        }
        if (TimeTrigger.among(facts)) {
            return "a proxy, NAT or load balancer ended or forgot the connection because it rested";
        }
        return Fact.among(facts, ABORTED)
                ? "a proxy or load balancer that takes the server's connections aborted it"
                : "a proxy, NAT or load balancer lost the connection's state";
    }

    private String named(Origin origin, List<Fact> facts) {
        String at = "reset at " + stage.word() + ": ";
        return switch (origin) {
            case SERVER_PROCESS -> at + "the process behind the port aborted the connection and gave no reason";
            case SERVER_KERNEL -> at + "the server's kernel no longer knew the connection";
            case SERVER_FIREWALL -> at + "a packet filter on the server host rejected the established connection";
            case IN_PATH -> at + "a device on the path " + filtersDeed(facts) + "; the server did not send the reset";
            case ON_PATH ->
                at
                        + "a device on the path forged the reset while the real packets travelled on; the server did not send it";
            case PROXY -> at + proxysDeed(facts);
            case PATH, THIS_HOST, UNKNOWN -> at + "by whom is open";
        };
    }

    private String filtersDeed(List<Fact> facts) {
        Cause cause = filtersCause(facts);
        if (cause == Cause.INSPECTED_AND_RESET) {
            return "matched what we said and reset us";
        }
        return cause == Cause.FILTERED_AFTER_KEX
                ? "let the key exchange pass and then reset the connection"
                : "rejected the connection";
    }

    private List<Alternative> alternatives(Posterior posterior, List<Fact> facts, Verdict verdict) {
        return posterior.shares().stream()
                .skip(verdict instanceof Verdict.Fault ? 1 : 0)
                .filter(share -> share.probability() >= Weights.WORTH_TELLING)
                .map(share -> new Alternative(cause(share.origin(), facts), share.origin(), share.probability()))
                .toList();
    }

    /// What is asked later keeps no segment in memory until then.
    private static Supplier<String> nextTest(
            Conversation conversation, Surroundings around, Weighing weighing, boolean early, Posterior posterior) {
        return () -> around.unmadeTest(weighing, early).orElseGet(() -> nextTest(conversation, posterior));
    }

    private static String nextTest(Conversation conversation, Posterior posterior) {
        Set<Origin> open = Set.of(posterior.first().origin(), posterior.second().origin());
        if (open.contains(SERVER_PROCESS) || open.contains(SERVER_KERNEL)) {
            return "capture on the server while probing: tcpdump -ni any 'tcp port "
                    + conversation.theirs().port() + " and host "
                    + conversation.ours().address()
                    + "'; a reset that leaves there is the server's, one that does not was sent on the way";
        }
        return "probe the same server from its own subnet: without the reset there, a device on the path sends it";
    }
}
