package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;

/// A FIN ended the connection before its time: whose was it?
///
/// A process that closes and one that dies look the same from outside: its kernel sends the FIN.
final class ClosedConnection {
    private static final Set<Origin> CANDIDATES = Weighing.Kind.CLOSED.candidates();
    private static final double WORTH_TELLING = 0.005;

    private final Attempt attempt;
    private final Stage stage;
    private final Seen fin;
    private final List<Attempt> all;
    private final Surroundings around;

    private ClosedConnection(Attempt attempt, Stage stage, Seen fin, List<Attempt> all, Surroundings around) {
        this.attempt = attempt;
        this.stage = stage;
        this.fin = fin;
        this.all = all;
        this.around = around;
    }

    static Judgement of(Attempt attempt, Stage stage, List<Attempt> all, Surroundings around) {
        Optional<Fact> told = attempt.fin().map(fin -> told(fin, stage));
        return attempt.refusal()
                .map(refusal ->
                        RefusedInWords.of(attempt, stage, refusal, told.stream().toList()))
                .or(() -> attempt.fin().map(fin -> new ClosedConnection(attempt, stage, fin, all, around).judgement()))
                .orElseGet(() -> explained(attempt, Judgement.of(open(stage, Weights.ONE_ATTEMPT), List.of())));
    }

    private static Fact told(Seen fin, Stage stage) {
        return Fact.told(
                "server-closed",
                Family.SEQUENCE,
                List.of(fin.frame()),
                "a FIN came at " + stage.word() + ", TTL " + fin.segment().ip().ttl());
    }

    private Judgement judgement() {
        List<Fact> found = new ArrayList<>(FinRules.of(attempt, fin, all));
        found.add(told(fin, stage));
        found.addAll(around.distance(attempt, fin, all));
        List<Fact> facts = around.believable(fin, found);
        Posterior posterior = Posterior.of(CANDIDATES, facts);
        Origin origin = posterior.first().origin();
        Weighing weighing = around.weighing(Weighing.Kind.CLOSED, alike(origin), attempt, fin, all, facts);
        double confidence =
                Math.min(posterior.first().probability(), weighing.proof(origin).limit());
        Verdict verdict = confidence >= Weights.NAMED
                ? new Verdict.Fault(
                        Cause.CLOSED_WITHOUT_REASON,
                        origin,
                        stage,
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        named(origin))
                : open(stage, confidence);
        return explained(
                attempt,
                Judgement.of(verdict, facts)
                        .withWeighing(weighing)
                        .withAlternatives(alternatives(posterior, verdict))
                        .withRuledOut(Excluded.by(facts)));
    }

    /// Whether several attempts were closed by the same. What we have said and a server has not read makes
    /// its close an abort, so a reset of the live socket's from the same distance agrees too.
    private boolean alike(Origin origin) {
        int ttl = fin.segment().ip().ttl();
        return all.stream()
                        .filter(other ->
                                ended(other, origin).filter(end -> end == ttl).isPresent())
                        .count()
                > 1;
    }

    /// The TTL of the segment with which this sender ended another attempt.
    private Optional<Integer> ended(Attempt other, Origin origin) {
        if (other.fin().isPresent()) {
            return other.fin()
                    .filter(end -> Posterior.of(CANDIDATES, FinRules.of(other, end, all))
                                    .first()
                                    .origin()
                            == origin)
                    .map(end -> end.segment().ip().ttl());
        }
        return other.reset()
                .filter(end -> ResetShape.of(end.segment(), Baseline.before(other, end)) == ResetShape.SOCKET_ABORT)
                .filter(end -> Posterior.of(CANDIDATES, ResetRules.of(other, end, all))
                                .first()
                                .origin()
                        == origin)
                .map(end -> end.segment().ip().ttl());
    }

    private List<Alternative> alternatives(Posterior posterior, Verdict verdict) {
        return posterior.shares().stream()
                .skip(verdict instanceof Verdict.Fault ? 1 : 0)
                .filter(share -> share.probability() >= WORTH_TELLING)
                .map(share -> new Alternative(Cause.CLOSED_WITHOUT_REASON, share.origin(), share.probability()))
                .toList();
    }

    private String named(Origin origin) {
        String at = "closed at " + stage.word() + ": ";
        return switch (origin) {
            case SERVER_PROCESS ->
                at + "the process behind the port closed the connection, or died, and gave no reason";
            case PROXY ->
                at + "a proxy or load balancer that takes the server's connections closed it without a reason";
            case ON_PATH, IN_PATH -> at + "a device on the path forged the FIN; the server's socket did not send it";
            case SERVER_KERNEL, SERVER_FIREWALL, PATH, THIS_HOST, UNKNOWN -> at + "by whom is open";
        };
    }

    private static Verdict open(Stage stage, double confidence) {
        return new Verdict.Undetermined(
                Optional.of(Cause.CLOSED_WITHOUT_REASON),
                stage,
                confidence,
                Optional.empty(),
                "the connection was closed at " + stage.word()
                        + " and nobody gave a reason; the evidence leaves open who closed it");
    }

    private static Judgement explained(Attempt attempt, Judgement judgement) {
        boolean server = !(judgement.verdict() instanceof Verdict.Fault fault) || fault.origin() == SERVER_PROCESS;
        return judgement.withNextTest(
                server
                        ? "read the server's log for this minute: a server that closes logs why, one that never saw"
                                + " us logs nothing"
                        : "capture on the server while probing: a FIN that leaves there is the server's, one that"
                                + " does not was sent on the way");
    }
}
