package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.ON_PATH;
import static rstprobe.diagnose.Origin.THIS_HOST;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Event;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;

/// A connection that others had and a capture shows. Its client is in our place, but we do not know what it knew:
/// above all, a reset may be the client's.
///
/// Such a reset is held against the client's own segments, as one of the server's is against the server's. `this-host`
/// is then the client's host.
final class OthersConnection {
    private static final Set<Origin> CANDIDATES = Set.of(THIS_HOST, IN_PATH, ON_PATH);

    private final Attempt attempt;
    private final Stage stage;
    private final List<Attempt> all;
    private final Surroundings around;
    private final Attempt mirrored;

    private OthersConnection(Attempt attempt, Stage stage, List<Attempt> all, Surroundings around) {
        this.attempt = attempt;
        this.stage = stage;
        this.all = all;
        this.around = around;
        this.mirrored = attempt.mirrored();
    }

    /// The client's side ended it, by a reset or in order.
    static Judgement endedByClient(Attempt attempt, Stage stage, List<Attempt> all, Surroundings around) {
        OthersConnection others = new OthersConnection(attempt, stage, all, around);
        boolean byReset =
                attempt.overheard().filter(event -> event.reset().isPresent()).isPresent();
        return byReset ? others.mirrored.reset().map(others::reset).orElseGet(() -> others.closed()) : others.closed();
    }

    /// The capture ends before the connection does.
    static Judgement notEnded() {
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                Stage.SESSION,
                                0,
                                Optional.empty(),
                                "the capture ends before the connection does: nobody has ended it yet"),
                        List.of())
                .withNextTest("capture until the connection fails, from its first packet on");
    }

    /// Where it is a guess which end is the client, nothing is put down to either; and one look at what others
    /// captured proves less than a run of our own, whatever it shows.
    static Judgement limited(Judgement judgement, List<Attempt> attempts) {
        List<Event.Overheard> others = attempts.stream()
                .flatMap(attempt -> attempt.overheard().stream())
                .toList();
        if (others.isEmpty() || !(judgement.verdict() instanceof Verdict.Fault fault)) {
            return judgement;
        }
        boolean guessed = others.stream().anyMatch(event -> event.client() == Event.ClientTold.BY_FIRST_FRAME);
        return judgement.withVerdict(
                guessed
                        ? new Verdict.Undetermined(
                                Optional.empty(),
                                fault.stage(),
                                Math.min(fault.confidence(), Weights.ONE_ATTEMPT),
                                Optional.empty(),
                                fault.summary() + "; but which end is the server's is not in the capture")
                        : new Verdict.Fault(
                                fault.cause(),
                                fault.origin(),
                                fault.stage(),
                                Math.min(fault.confidence(), Weights.SEVERAL_ATTEMPTS),
                                fault.hop(),
                                fault.trigger(),
                                fault.summary()));
    }

    /// What must be known of a capture to read the rest: whose connection it is, and what was left aside.
    static List<Fact> facts(List<Attempt> attempts) {
        List<Fact> facts = new ArrayList<>();
        for (Attempt attempt : attempts) {
            attempt.overheard().ifPresent(event -> {
                facts.add(Fact.told(
                        "read-from-capture",
                        Family.SOCKET,
                        attempt.segments().stream().map(Seen::frame).limit(1).toList(),
                        "read from a capture, without any test of ours: \"we\" is the client "
                                + attempt.conversation().ours() + ", " + told(event.client())));
                if (!event.ignored().isEmpty()) {
                    facts.add(Fact.told(
                            "reset-ignored",
                            Family.SEQUENCE,
                            event.ignored(),
                            "behind " + (event.ignored().size() == 1 ? "this reset" : "these resets")
                                    + " the receiver went on as if nothing had come: not what ended the connection"));
                }
            });
        }
        return facts;
    }

    private static String told(Event.ClientTold client) {
        return switch (client) {
            case BY_SYN -> "which sent the SYN";
            case BY_SYN_ACK -> "to which the SYN-ACK went; its SYN was not captured";
            case BY_PORT -> "as the ports say; how the connection began was not captured";
            case BY_FIRST_FRAME -> "a guess, for neither a SYN nor the ports tell which end opened the connection";
        };
    }

    private Judgement closed() {
        Optional<Seen> fin = mirrored.fin();
        List<Fact> facts = new ArrayList<>();
        fin.ifPresent(seen -> facts.add(Fact.told(
                "client-closed",
                Family.SEQUENCE,
                List.of(seen.frame()),
                "the client closed the connection in order, by a FIN at " + stage.word())));
        List<Integer> resets =
                attempt.segments().stream().filter(Seen::reset).map(Seen::frame).toList();
        if (!resets.isEmpty()) {
            facts.add(Fact.told(
                    "reset-after-close",
                    Family.SEQUENCE,
                    resets,
                    "a reset came behind the client's FIN: the connection was being closed already"));
        }
        boolean early = stage.compareTo(Stage.SERVICE) < 0;
        Verdict verdict = early
                ? new Verdict.Undetermined(
                        Optional.empty(),
                        stage,
                        Weights.ONE_ATTEMPT,
                        Optional.empty(),
                        "the client itself closed the connection at " + stage.word()
                                + ", in order; why is not in the capture")
                : new Verdict.Healthy(
                        "nobody broke the connection: the client closed it in order" + keyExchange(),
                        Weights.ONE_ATTEMPT);
        Judgement judgement = Judgement.of(verdict, facts);
        return early ? judgement.withNextTest("run the client again with its own log: ssh -vvv") : judgement;
    }

    private String keyExchange() {
        return attempt.observed(Observation.Negotiated.class)
                .map(agreed -> ", and the key exchange worked (" + agreed.kex() + ")")
                .findFirst()
                .orElse("");
    }

    private Judgement reset(Seen reset) {
        List<Fact> facts = resetFacts(reset);
        Posterior posterior = Posterior.of(CANDIDATES, facts);
        Origin origin = posterior.first().origin();
        double confidence = Math.min(
                posterior.first().probability(),
                around.weighing(Weighing.Kind.RESET, false, mirrored, reset, all, facts)
                        .proof(origin)
                        .limit());
        Verdict verdict = confidence >= Weights.NAMED
                ? new Verdict.Fault(
                        cause(origin), origin, stage, confidence, Optional.empty(), Optional.empty(), named(origin))
                : new Verdict.Undetermined(
                        Optional.empty(),
                        stage,
                        confidence,
                        Optional.empty(),
                        "a reset in the client's name ended the connection at " + stage.word()
                                + "; the server did not send it, and "
                                + (facts.stream().anyMatch(Fact::conclusive)
                                        ? "neither did the client"
                                        : "whether the client did is open"));
        return Judgement.of(verdict, facts)
                .withAlternatives(posterior.shares().stream()
                        .skip(verdict instanceof Verdict.Fault ? 1 : 0)
                        .filter(share -> share.probability() >= Weights.WORTH_TELLING)
                        .map(share -> new Alternative(cause(share.origin()), share.origin(), share.probability()))
                        .toList())
                .withNextTest("capture on the client while it fails: tcpdump -ni any 'host "
                        + attempt.conversation().theirs().address()
                        + (attempt.conversation().theirs().address().isV6() ? " and ip6[53]" : " and tcp[13]")
                        + " & 4 != 0'; a reset that leaves there is the client's own");
    }

    private List<Fact> resetFacts(Seen reset) {
        List<Fact> facts = new ArrayList<>();
        List<Integer> frames = List.of(reset.frame());
        switch (ResetShape.of(reset.segment(), Baseline.before(mirrored, reset))) {
            case SOCKET_ABORT ->
                facts.add(Fact.of(
                        "client-reset-continues-socket",
                        Family.SHAPE,
                        Baseline.before(mirrored, reset).timestampsNegotiated()
                                ? Weights.SOCKET_ABORT
                                : Weights.SOCKET_ABORT_BY_IDENTIFICATION,
                        List.of(THIS_HOST),
                        frames,
                        "the reset continues the client's socket: its next sequence number, window "
                                + reset.segment().window()
                                + ", and what else its socket counts"));
            case STATELESS ->
                facts.add(Fact.told(
                        "client-reset-without-socket",
                        Family.SHAPE,
                        frames,
                        "no live socket sent the reset: the client's kernel no longer knew the connection, or somebody"
                                + " posed as the client"));
            case OTHER ->
                facts.add(Fact.told(
                        "client-reset-of-unknown-shape",
                        Family.SHAPE,
                        frames,
                        "the reset in the client's name (" + reset.segment().flags() + ", window "
                                + reset.segment().window() + ") has not the shape of those that Linux sends"));
        }
        hadClosed(reset).ifPresent(facts::add);
        distance(reset).ifPresent(facts::add);
        AfterReset.of(mirrored, reset).stream()
                .filter(Fact::conclusive)
                .findFirst()
                .ifPresent(fact -> facts.add(wentOn(reset, fact.evidence().frames())));
        SaidByReset.of(mirrored, reset)
                .ifPresent(fact -> facts.add(Fact.told(
                        fact.evidence().id(),
                        Family.CONTENT,
                        frames,
                        fact.evidence().text())));
        return facts;
    }

    /// A program that crafts its own segments lives on behind the resets of its own kernel, which knows of no socket.
    private Fact wentOn(Seen reset, List<Integer> frames) {
        boolean fromItsDistance = mirrored.segments().stream()
                .anyMatch(seen -> !seen.ours()
                        && !seen.reset()
                        && seen.segment().ip().ttl() == reset.segment().ip().ttl());
        return fromItsDistance
                ? Fact.told(
                        "client-continues-after-reset",
                        Family.SEQUENCE,
                        frames,
                        "the client lived on: it sent more after the reset in its name, which came from its distance; its"
                                + " kernel or a filter of its host sent it behind its back, or somebody posed as it")
                : Fact.of(
                        "client-continues-after-reset",
                        Family.SEQUENCE,
                        Weights.SERVER_CONTINUES,
                        List.of(ON_PATH, IN_PATH),
                        frames,
                        "the client's socket lived on: it sent more after the reset in its name, so it did not send it");
    }

    /// The client had closed, and the reset answers what still came, or goes on where its FIN ended.
    private Optional<Fact> hadClosed(Seen reset) {
        Optional<Seen> fin = mirrored.fin().filter(own -> own.frame() < reset.frame());
        return fin.filter(own -> reset.segment().sequence() == own.segment().nextSequence() || answersLate(reset, own))
                .map(own -> Fact.of(
                        "client-had-closed",
                        Family.SEQUENCE,
                        Weights.CLIENT_HAD_CLOSED,
                        List.of(THIS_HOST),
                        List.of(own.frame(), reset.frame()),
                        "the client had closed the connection by its FIN, and the reset answers what came after"));
    }

    private boolean answersLate(Seen reset, Seen fin) {
        return !reset.segment().flags().ack()
                && attempt.segments().stream()
                        .anyMatch(seen -> seen.genuine()
                                && seen.frame() > fin.frame()
                                && seen.frame() < reset.frame()
                                && seen.segment().acknowledgement()
                                        == reset.segment().sequence());
    }

    private Optional<Fact> distance(Seen reset) {
        List<Seen> own = mirrored.segments().stream()
                .filter(seen -> !seen.ours() && !seen.reset())
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        Set<Integer> usual = own.stream().map(seen -> seen.segment().ip().ttl()).collect(Collectors.toSet());
        int ttl = reset.segment().ip().ttl();
        int difference =
                usual.stream().mapToInt(other -> Math.abs(other - ttl)).min().orElse(0);
        List<Integer> frames = List.of(own.getFirst().frame(), reset.frame());
        return Optional.of(
                difference == 0
                        ? Fact.of(
                                "client-reset-ttl-equal",
                                Family.TTL,
                                Weights.TTL_EQUAL,
                                List.of(THIS_HOST),
                                frames,
                                "the reset has the TTL of the client's other segments, " + ttl)
                        : Fact.of(
                                "client-reset-ttl-differs",
                                Family.TTL,
                                difference > ResetRules.NEAR_HOPS ? Weights.TTL_FAR : Weights.TTL_NEAR,
                                List.of(ON_PATH, IN_PATH),
                                frames,
                                "the reset has TTL " + ttl + ", the client's other segments "
                                        + usual.stream()
                                                .sorted()
                                                .map(String::valueOf)
                                                .collect(Collectors.joining(" and "))));
    }

    private static Cause cause(Origin origin) {
        return origin == THIS_HOST ? Cause.CLIENT_ABORTED : Cause.INJECTED_RESET;
    }

    private String named(Origin origin) {
        String at = "reset at " + stage.word() + ": ";
        return origin == THIS_HOST
                ? at + "the client's side ended the connection; the server did not"
                : at + "a device on the path reset the server in the client's name";
    }
}
