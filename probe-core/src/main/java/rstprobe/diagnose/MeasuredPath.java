package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.path.DirectionFinding;
import rstprobe.path.LimitPlace;
import rstprobe.path.PathMtuStanding;
import rstprobe.path.SurveyFinding;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// A silence, and the path MTU that was measured behind it: what vanished in the handshake was longer than what the
/// path takes, or it was not.
///
/// The handshake says what was lost, which way, and that it was lost again and again; the survey says from which byte
/// on packets vanish that way, with other packets at another time. Only where both agree is length the cause.
final class MeasuredPath {
    private static final Set<Stage> OF_KEYS = EnumSet.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS);

    private final Attempt failed;
    private final Surveyed surveyed;
    private final Optional<LostLength> lost;

    private MeasuredPath(Attempt failed, List<Attempt> attempts, Surveyed surveyed, int mtu) {
        this.failed = failed;
        this.surveyed = surveyed;
        this.lost = LostLength.of(failed, attempts, mtu);
    }

    /// Whether a survey would tell: the first attempt went silent in the key exchange, and nothing as long as what is
    /// missing ever arrived.
    static boolean wanted(List<Attempt> attempts, int mtu) {
        Attempt first = attempts.getFirst();
        boolean silent = silentAt(first).filter(OF_KEYS::contains).isPresent()
                && RejectedMidway.ended(first).isEmpty()
                && attempts.stream().noneMatch(Diagnosis::completed);
        return silent
                && (LostLength.of(first, attempts, mtu)
                                .filter(LostLength::longerThanAllThatPassed)
                                .isPresent()
                        || Vanished.counted(first, FarCount.UNHEARD));
    }

    private static Optional<Stage> silentAt(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt(Stage stage))
                ? Optional.of(stage)
                : Optional.empty();
    }

    /// Whether the survey of a run says why its attempts go silent, so that nothing more need be asked.
    static boolean convicts(Recording recording, List<Attempt> attempts) {
        return of(attempts, recording).flatMap(MeasuredPath::guilty).isPresent();
    }

    /// The judgement on the usual attempts, as far as the measured path changes it.
    static Judgement held(Judgement judgement, List<Attempt> attempts, Recording recording) {
        return of(attempts, recording).map(path -> path.on(judgement)).orElse(judgement);
    }

    private static Optional<MeasuredPath> of(List<Attempt> attempts, Recording recording) {
        Optional<Attempt> silent = attempts.stream()
                .filter(attempt ->
                        attempt.mode() == Mode.TALK && silentAt(attempt).isPresent())
                .findFirst();
        boolean always = attempts.stream().noneMatch(Diagnosis::completed);
        return silent.filter(_ -> always)
                .flatMap(attempt -> MtuDiagnosis.within(recording)
                        .map(found -> new MeasuredPath(
                                attempt, attempts, found, recording.host().mtu())));
    }

    /// The direction in which what is missing was too long.
    private Optional<Way> guilty() {
        return Stream.of(Way.values()).filter(this::tooLong).findFirst();
    }

    private boolean tooLong(Way way) {
        DirectionFinding direction = direction(way);
        OptionalInt passes = direction.standing().passes();
        OptionalInt fails = direction.standing().fails();
        if (!direction.blackHole() || passes.isEmpty() || fails.isEmpty()) {
            return false;
        }
        if (lost.isEmpty()) {
            return way == Way.TO_US && Vanished.counted(failed, FarCount.UNHEARD);
        }
        return lost.get().toServer() == (way == Way.TO_SERVER)
                && lost.get().bytes() >= fails.getAsInt()
                && lost.get().passed() <= passes.getAsInt();
    }

    private DirectionFinding direction(Way way) {
        return way.of(surveyed.finding());
    }

    private Judgement on(Judgement judgement) {
        Judgement told = judgement.withMoreEvidence(facts(surveyed));
        return guilty().map(way -> convicted(told, way)).orElseGet(() -> acquitted(told));
    }

    /// What a survey proves of both directions, whatever it means.
    static List<Fact> facts(Surveyed surveyed) {
        return Stream.of(Way.values())
                .flatMap(way -> measured(surveyed, way).stream())
                .toList();
    }

    private static Optional<Fact> measured(Surveyed surveyed, Way way) {
        DirectionFinding direction = way.of(surveyed.finding());
        List<Integer> frames = way.frames(surveyed);
        OptionalInt passes = direction.standing().passes();
        return passes.isEmpty() || frames.isEmpty()
                ? Optional.empty()
                : Optional.of(Fact.told(
                        way.fact,
                        Family.DELIVERY,
                        frames,
                        "measured " + way.words + " by "
                                + direction.method().orElse("nothing") + ": IP packets of " + passes.getAsInt()
                                + " bytes pass, "
                                + (direction.standing().fails().isPresent()
                                        ? "those of "
                                                + direction.standing().fails().getAsInt() + " do not"
                                        : "and nothing longer was asked for")));
    }

    private Judgement convicted(Judgement judgement, Way way) {
        DirectionFinding direction = direction(way);
        Stage stage = silentAt(failed).orElseThrow();
        boolean exact = direction.standing() instanceof PathMtuStanding.Exact;
        double confidence = exact && lost.isPresent() ? Weights.MEASURED_LENGTH : Weights.SEVERAL_ATTEMPTS;
        int fails = direction.standing().fails().orElseThrow();
        Optional<LimitPlace> place = direction.place();
        String where = place.map(MeasuredPath::after).orElse("");
        String size = exact
                ? fails + " bytes and more vanish" + where + " " + way.summary
                : fails + " bytes and more vanish" + where + " " + way.summary + ", "
                        + direction.standing().passes().orElseThrow() + " arrive, and what is between was not measured";
        String what = lost.map(packet -> "; " + packet.words()).orElse("; the server's answer never came");
        Optional<Hop> hop = place.map(limit -> new Hop(limit.after(), limit.before(), Optional.empty()));
        Judgement told = new Judgement(
                new Verdict.Fault(
                        Cause.MTU_BLACK_HOLE,
                        Origin.PATH,
                        stage,
                        confidence,
                        hop,
                        Optional.empty(),
                        size + ", and nobody tells their sender" + what),
                List.of(),
                judgement.evidence(),
                judgement.ruledOut(),
                exact
                        ? Optional.empty()
                        : Optional.of(() -> "rstprobe mtu HOST: more connections find the length to the byte"),
                judgement.weighing());
        return told.withAlternatives(Controls.leaving(
                List.of(
                        new Alternative(Cause.LARGE_KEX_FAILS, Origin.IN_PATH, 0.6),
                        new Alternative(Cause.LOSSY_PATH, Origin.PATH, 0.2)),
                confidence));
    }

    /// Where what is too long vanishes, in words.
    static String after(LimitPlace place) {
        return place.after() == 0
                ? " before hop " + place.before()
                : " after hop " + place.after()
                        + place.afterAddress()
                                .map(address -> " (" + address + ")")
                                .orElse("");
    }

    /// Packets as long as what is missing pass, on the same port: its length is not why.
    private Judgement acquitted(Judgement judgement) {
        DirectionFinding forward = surveyed.finding().forward();
        boolean passes = lost.isPresent()
                && lost.get().toServer()
                && forward.method().filter("tcp"::equals).isPresent()
                && forward.standing().passes().orElse(0) >= lost.get().bytes();
        if (!passes) {
            return judgement;
        }
        List<RuledOut> ruledOut = new ArrayList<>(judgement.ruledOut());
        ruledOut.add(new RuledOut(
                Cause.MTU_BLACK_HOLE.id(),
                "an IP packet of ours of " + lost.get().bytes() + " bytes never arrived, and others of "
                        + forward.standing().passes().orElseThrow() + " do",
                surveyed.forward()));
        Judgement without = judgement
                .withRuledOut(ruledOut)
                .withAlternatives(judgement.alternatives().stream()
                        .filter(other -> other.cause() != Cause.MTU_BLACK_HOLE)
                        .toList());
        return switch (without.verdict()) {
            case Verdict.Fault fault
            when fault.cause() == Cause.MTU_BLACK_HOLE -> without.withVerdict(open(fault.stage(), fault.summary()));
            case Verdict.Undetermined open
            when open.cause().equals(Optional.of(Cause.MTU_BLACK_HOLE)) ->
                without.withVerdict(open(open.stage(), open.summary()));
            case Verdict.Fault _, Verdict.Undetermined _, Verdict.Healthy _ -> without;
        };
    }

    private static Verdict open(Stage stage, String summary) {
        return new Verdict.Undetermined(
                Optional.empty(),
                stage,
                Weights.ONE_ATTEMPT,
                Optional.empty(),
                summary + "; but measured beside it, packets of that length pass");
    }

    /// A direction, in words.
    private enum Way {
        TO_SERVER("path-mtu-to-server", "towards the server", "on the way to the server"),
        TO_US("path-mtu-to-us", "towards us", "towards you");

        private final String fact;
        private final String words;
        private final String summary;

        Way(String fact, String words, String summary) {
            this.fact = fact;
            this.words = words;
            this.summary = summary;
        }

        private DirectionFinding of(SurveyFinding finding) {
            return switch (this) {
                case TO_SERVER -> finding.forward();
                case TO_US -> finding.reverse();
            };
        }

        private List<Integer> frames(Surveyed surveyed) {
            return switch (this) {
                case TO_SERVER -> surveyed.forward();
                case TO_US -> surveyed.reverse();
            };
        }
    }
}
