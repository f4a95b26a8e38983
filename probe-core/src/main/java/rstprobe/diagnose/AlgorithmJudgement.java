package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Sole;
import rstprobe.ssh.Stage;

/// What algorithms that were offered alone say against each other.
///
/// Where some fail and others work, either those that fail are the long ones and length is the reason; or one fails by
/// its name, while others as long or longer work, and whoever offers it cannot do it.
final class AlgorithmJudgement {
    private static final int MOST_NAMED = 3;
    private static final int MOST_CITED = 12;

    /// What an implementation does not master is inferred from its silence.
    private static final double BY_NAME = 0.85;

    /// Causes that let any connection fail by chance: what failed alone may have failed by them.
    private static final Set<Cause> BY_CHANCE = EnumSet.of(Cause.LOSSY_PATH, Cause.INTERMITTENT);

    private static final Set<Stage> OF_KEYS = EnumSet.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS, Stage.SERVICE);

    private final List<Attempt> all;
    private final int mtu;
    private final List<Sole> working;
    private final List<Sole> failing;

    /// Those that answered after we had given up: slow, and no more.
    private final List<Sole> late;

    private AlgorithmJudgement(List<Sole> tested, List<Attempt> all, int mtu) {
        this.all = all;
        this.mtu = mtu;
        working =
                tested.stream().filter(sole -> AlgorithmTable.works(sole, all)).toList();
        late = tested.stream()
                .filter(sole -> !working.contains(sole) && tried(sole).stream().anyMatch(this::answeredLate))
                .toList();
        failing = tested.stream()
                .filter(sole -> !working.contains(sole) && !late.contains(sole))
                .toList();
    }

    /// The judgement on the usual attempts, as far as algorithms that were offered alone change it.
    static Judgement held(Judgement judgement, List<Attempt> all, Recording recording) {
        List<Sole> tested = AlgorithmTable.of(recording).stream()
                .flatMap(table -> table.rows().stream())
                .filter(row -> row.outcome().isPresent())
                .map(AlgorithmTable.Row::algorithm)
                .toList();
        boolean alone = all.stream().anyMatch(attempt -> attempt.mode() == Mode.ALGORITHM);
        if (tested.isEmpty() || !alone) {
            return judgement;
        }
        Judgement compared =
                new AlgorithmJudgement(tested, all, recording.host().mtu()).on(judgement);
        return TurnedAway.told(compared, all);
    }

    /// Whether what the server said to our last message came, without a hole, when we no longer waited.
    private boolean answeredLate(Attempt attempt) {
        int last = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .mapToInt(Seen::frame)
                .max()
                .orElse(Integer.MAX_VALUE);
        return attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt _)
                && LostLength.of(attempt, all, mtu).isEmpty()
                && attempt.first(seen -> seen.genuine()
                                && seen.frame() > last
                                && seen.segment().payloadLength() > 0)
                        .isPresent();
    }

    private Judgement on(Judgement judgement) {
        return onOthers(late.isEmpty() ? judgement : judgement.withMoreEvidence(List.of(tooLate())));
    }

    private Fact tooLate() {
        return Fact.told(
                "algorithm-answers-late",
                Family.SEQUENCE,
                cited(late),
                "offered alone, " + named(late) + (late.size() == 1 ? " is" : " are")
                        + " answered after we gave up: a longer --timeout tells whether it works");
    }

    private Judgement onOthers(Judgement judgement) {
        if (failing.isEmpty()) {
            return working.isEmpty() ? judgement : allWork(judgement);
        }
        if (working.isEmpty()) {
            return judgement.withMoreEvidence(List.of(Fact.told(
                    "no-algorithm-works-alone",
                    Family.SEQUENCE,
                    cited(failing),
                    "offered alone, none of " + failing.size() + " algorithms works: it is not this one or that one")));
        }
        Judgement told = Controls.told(judgement, someFail());
        return open(judgement.verdict()) ? decided(told) : told;
    }

    private Judgement allWork(Judgement judgement) {
        Judgement told = judgement.withMoreEvidence(List.of(Fact.told(
                "each-algorithm-works",
                Family.CONTENT,
                cited(working),
                "offered alone, each of " + working.size() + " algorithms works up to the server's first encrypted"
                        + " message")));
        return late.isEmpty() && judgement.verdict() instanceof Verdict.Healthy(String summary, double confidence)
                ? told.withVerdict(new Verdict.Healthy(
                        summary + ", and with each of " + working.size() + " algorithms alone", confidence))
                : told;
    }

    /// Whether the verdict may still change: what was proven stays, and where connections fail by chance, so may these.
    private static boolean open(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Healthy _ -> true;
            case Verdict.Fault fault ->
                fault.confidence() <= Weights.SEVERAL_ATTEMPTS
                        && !BY_CHANCE.contains(fault.cause())
                        && OF_KEYS.contains(fault.stage());
            case Verdict.Undetermined undetermined ->
                undetermined.cause().filter(BY_CHANCE::contains).isEmpty() && OF_KEYS.contains(undetermined.stage());
        };
    }

    private Fact someFail() {
        List<Attempt> tried = attempts(failing);
        return Fact.of(
                "algorithm-fails-alone",
                Family.DELIVERY,
                Controls.weight(tried(failing.getFirst())),
                List.of(Origin.SERVER_PROCESS, Origin.PATH, Origin.IN_PATH),
                cited(failing),
                "offered alone, " + named(failing) + (failing.size() == 1 ? " fails" : " fail") + " at "
                        + Controls.reached(tried.getFirst()).word() + ", "
                        + (failing.size() == 1 ? Controls.times(tried) : "each") + "; " + named(working)
                        + (working.size() == 1 ? " works" : " work"));
    }

    private Judgement decided(Judgement told) {
        Attempt first = tried(failing.getFirst()).getFirst();
        List<LostLength> lost = attempts(failing).stream()
                .filter(attempt -> attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt _))
                .flatMap(attempt -> LostLength.of(attempt, all, mtu).stream())
                .toList();
        Optional<LostLength> other = lost.stream()
                .filter(packet -> !packet.longerThanAllThatPassed())
                .findFirst();
        if (other.isPresent()) {
            return stronger(told, notForLength(first, other.get()));
        }
        if (!lost.isEmpty()) {
            return stronger(told, forLength(first, lost.getFirst().words(), limit()));
        }
        if (onlyLongFail()) {
            return stronger(
                    told,
                    forLength(
                            first,
                            "no key exchange with long messages works, and each with short ones does",
                            Weights.ONE_ATTEMPT));
        }
        return stronger(told, byName(first));
    }

    /// Where both say the same, the surer one is told; otherwise this one, which knows more.
    private Judgement stronger(Judgement told, Judgement found) {
        boolean same = told.verdict() instanceof Verdict.Fault before
                && found.verdict() instanceof Verdict.Fault after
                && before.cause() == after.cause()
                && before.origin() == after.origin();
        if (same && told.verdict().confidence() > found.verdict().confidence()) {
            return told;
        }
        Judgement changed = told.withVerdict(found.verdict()).withAlternatives(found.alternatives());
        return found.nextTest().map(changed::withNextTest).orElse(changed);
    }

    private Judgement notForLength(Attempt first, LostLength lost) {
        double confidence = Math.min(limit(), Weights.CONTROL_WITHOUT_LENGTH);
        return fault(
                Cause.LARGE_KEX_FAILS,
                Origin.IN_PATH,
                first,
                confidence,
                "something on the way takes the messages of " + named(failing) + " out, and not for their length: "
                        + lost.words(),
                List.of(
                        new Alternative(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.5),
                        new Alternative(Cause.MTU_BLACK_HOLE, Origin.PATH, 0.3)));
    }

    private Judgement forLength(Attempt first, String why, double confidence) {
        return fault(
                        Cause.MTU_BLACK_HOLE,
                        Origin.PATH,
                        first,
                        confidence,
                        "long packets vanish on the way, and nobody tells their sender: " + why,
                        List.of(
                                new Alternative(Cause.LARGE_KEX_FAILS, Origin.SERVER_PROCESS, 0.7),
                                new Alternative(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.1)))
                .withNextTest(
                        "rstprobe mtu HOST: the exact length from which on packets vanish, and whether there is one");
    }

    /// Two or more, and all of those whose messages are long.
    private boolean onlyLongFail() {
        return failing.size() > 1
                && failing.stream().allMatch(AlgorithmJudgement::isLong)
                && working.stream().noneMatch(AlgorithmJudgement::isLong)
                && attempts(failing).stream()
                        .allMatch(attempt -> attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt _))
                && !fullPacketsArrive();
    }

    /// Post-quantum halves have a thousand bytes and more (RFC 4253 section 8 allows any length), and so have the
    /// groups
    /// that a server chooses (RFC 4419).
    private static boolean isLong(Sole sole) {
        return sole.kind() == Sole.Kind.KEX
                && Stream.of("mlkem", "sntrup", "diffie-hellman-group-exchange-")
                        .anyMatch(beginning -> sole.name().startsWith(beginning));
    }

    private Judgement byName(Attempt first) {
        Stage stage = Controls.reached(first);
        boolean reset = attempts(failing).stream()
                .anyMatch(attempt -> attempt.ending() instanceof Ending.Handshake(Outcome.ResetAt _));
        Sole.Kind kind = failing.getFirst().kind();
        boolean oneKind = failing.stream().allMatch(sole -> sole.kind() == kind);
        Optional<Judgement> noGroup = failing.size() == 1 ? GroupExchange.silent(first, stage) : Optional.empty();
        if (noGroup.isPresent()) {
            return noGroup.get();
        }
        String summary = named(failing) + (failing.size() == 1 ? " fails" : " fail") + " at " + stage.word()
                + " where the others work";
        if (reset || !oneKind || kind == Sole.Kind.CIPHER) {
            Optional<Cause> cause =
                    oneKind && kind == Sole.Kind.KEX ? Optional.of(Cause.LARGE_KEX_FAILS) : Optional.empty();
            return Judgement.of(
                    new Verdict.Undetermined(cause, stage, Weights.ONE_ATTEMPT, Optional.empty(), summary), List.of());
        }
        return fault(
                        kind == Sole.Kind.KEX ? Cause.LARGE_KEX_FAILS : Cause.HOST_KEY_FAILURE,
                        Origin.SERVER_PROCESS,
                        first,
                        fullPacketsArrive() ? Math.min(limit(), BY_NAME) : Weights.ONE_ATTEMPT,
                        summary + ": the server offers what it cannot do",
                        List.of(
                                new Alternative(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.5),
                                new Alternative(Cause.MTU_BLACK_HOLE, Origin.PATH, fullPacketsArrive() ? 0.1 : 0.4)))
                .withNextTest("offer it alone on the server's own host, to its own address: what fails there too is the"
                        + " server's: ssh -o " + (kind == Sole.Kind.KEX ? "KexAlgorithms=" : "HostKeyAlgorithms=")
                        + failing.getFirst().name());
    }

    /// Whether the server's packets as long as our interface takes them do arrive: then no answer is too long.
    private boolean fullPacketsArrive() {
        return all.stream()
                .flatMap(attempt -> attempt.segments().stream())
                .anyMatch(seen -> seen.genuine() && seen.segment().ip().totalLength() >= mtu);
    }

    private static Judgement fault(
            Cause cause, Origin origin, Attempt first, double confidence, String summary, List<Alternative> others) {
        return Judgement.of(
                        new Verdict.Fault(
                                cause,
                                origin,
                                Controls.reached(first),
                                confidence,
                                Optional.empty(),
                                Optional.empty(),
                                summary),
                        List.of())
                .withAlternatives(Controls.leaving(others, confidence));
    }

    /// Of chance, as long as one of them failed once only.
    private double limit() {
        return failing.stream()
                .mapToDouble(sole -> Controls.limit(tried(sole)))
                .min()
                .orElse(Weights.ONE_ATTEMPT);
    }

    private List<Attempt> tried(Sole sole) {
        return AlgorithmTable.tried(sole, all);
    }

    private List<Attempt> attempts(List<Sole> soles) {
        return soles.stream().flatMap(sole -> tried(sole).stream()).toList();
    }

    private List<Integer> cited(List<Sole> soles) {
        List<Integer> frames = new ArrayList<>();
        attempts(soles).stream().limit(MOST_CITED).forEach(attempt -> frames.addAll(AlgorithmTable.frames(attempt)));
        return frames.stream().distinct().sorted().toList();
    }

    private static String named(List<Sole> soles) {
        String first =
                soles.stream().limit(MOST_NAMED).map(AlgorithmJudgement::words).collect(Collectors.joining(", "));
        int more = soles.size() - MOST_NAMED;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    private static String words(Sole sole) {
        return sole.mac().isEmpty() ? sole.name() : sole.name() + " with " + sole.mac();
    }
}
