package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// Controls: attempts like the one that failed but for one thing, which is thereby held against it.
///
/// A control that gets further convicts that thing only where the usual attempt fails again afterwards; chance, or a
/// ban that ran out, would have let both through. One that fails alike acquits it.
final class Controls {
    private static final int MOST_CITED = 6;

    private Controls() {}

    /// The attempts that are no controls; where there are no others, the controls.
    static List<Attempt> without(List<Attempt> all) {
        List<Attempt> usual =
                all.stream().filter(attempt -> !attempt.mode().control()).toList();
        return usual.isEmpty() ? all : usual;
    }

    /// The judgement on the usual attempts, as far as the controls change it.
    static Judgement heldAgainst(Judgement judgement, List<Attempt> all, Recording recording) {
        List<Attempt> failing = failing(all);
        Judgement held = judgement;
        for (Attempt control : failing.isEmpty() ? List.<Attempt>of() : made(all)) {
            held = switch (control.mode()) {
                case SMALL ->
                    SizeControl.held(held, control, failing, recording.host().mtu());
                case UNMARKED -> MarkingControl.held(held, control, failing);
                case OTHER_FAMILY -> FamilyControl.held(held, control, failing);
                case OTHER_ADDRESS -> SourceControl.held(held, control, failing);
                case TALK, LISTEN, BYTES, NONSSH, AFTER, PROMPT, ALGORITHM, SURVEY -> held;
            };
        }
        return held;
    }

    /// The usual attempts where all of them failed; empty where one completed, since then the failure comes and goes
    /// by itself and no control tells anything.
    private static List<Attempt> failing(List<Attempt> all) {
        List<Attempt> talks = all.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK && !(attempt.ending() instanceof Ending.Unfinished))
                .toList();
        return talks.stream().anyMatch(Diagnosis::completed) ? List.of() : talks;
    }

    private static List<Attempt> made(List<Attempt> all) {
        return all.stream()
                .filter(attempt -> attempt.mode().control() && attempt.mode() != Mode.SURVEY)
                .filter(attempt -> !(attempt.ending() instanceof Ending.Unfinished))
                .toList();
    }

    /// What comes next: the usual first repetition, and whatever belongs to the connection that was just made, come
    /// before the controls; all else after them. A reset is asked about first, since it says more than any
    /// control; a silence is long, and a small key exchange says more of it than a second one. Last comes the
    /// repetition that a control which got further needs.
    static Optional<NextProbe> next(Optional<NextProbe> usual, List<Attempt> all, Recording recording) {
        List<Attempt> failing = failing(all);
        if (failing.isEmpty()
                || usual.filter(probe -> comesFirst(probe, failing)).isPresent()) {
            return usual;
        }
        Attempt first = failing.getFirst();
        Optional<Mode> open = wanted(first, recording).stream()
                .filter(mode -> all.stream().noneMatch(attempt -> attempt.mode() == mode))
                .findFirst();
        if (open.isPresent()) {
            return open.map(mode -> new NextProbe.Connect(mode, false));
        }
        boolean convicting = made(all).stream().anyMatch(control -> gotFurther(control, failing));
        return convicting && failing.size() < 2 ? Optional.of(new NextProbe.Connect(Mode.TALK, false)) : usual;
    }

    private static boolean comesFirst(NextProbe probe, List<Attempt> failing) {
        if (failing.getFirst().ending() instanceof Ending.Handshake(Outcome.ResetAt _)) {
            return true;
        }
        return switch (probe) {
            case NextProbe.Connect(Mode mode, boolean _) ->
                mode == Mode.TALK && failing.size() < 2 && !SizeControl.tells(failing.getFirst());
            case NextProbe.Ask(ActiveTest test) -> test == ActiveTest.LIVENESS;
        };
    }

    /// The controls that tell something about a failure.
    private static List<Mode> wanted(Attempt first, Recording recording) {
        List<Mode> wanted = new ArrayList<>();
        for (Mode mode : List.of(Mode.OTHER_ADDRESS, Mode.OTHER_FAMILY)) {
            if (opens(mode, recording)) {
                wanted.add(mode);
            }
        }
        if (MarkingControl.tells(first)) {
            wanted.add(Mode.UNMARKED);
        }
        if (SizeControl.tells(first)) {
            wanted.add(Mode.SMALL);
        }
        return wanted;
    }

    private static boolean opens(Mode mode, Recording recording) {
        return recording.events().stream().anyMatch(event -> event instanceof Event.OtherWay way && way.mode() == mode);
    }

    /// Who is told in words to go away does not ask again from there; from elsewhere, where that is allowed, once.
    static Optional<NextProbe> fromElsewhere(List<Attempt> all, Recording recording) {
        boolean open = opens(Mode.OTHER_ADDRESS, recording)
                && !failing(all).isEmpty()
                && all.stream().noneMatch(attempt -> attempt.mode() == Mode.OTHER_ADDRESS);
        return open ? Optional.of(new NextProbe.Connect(Mode.OTHER_ADDRESS, false)) : Optional.empty();
    }

    /// Whether it came to a later stage than all that failed: past one of them alone chance brings another too.
    static boolean gotFurther(Attempt control, List<Attempt> failing) {
        return failing.stream().allMatch(failed -> gotFurther(control, failed));
    }

    /// Whether it came to a later stage.
    static boolean gotFurther(Attempt control, Attempt failed) {
        return reached(control).compareTo(reached(failed)) > 0;
    }

    /// The stage at which it ended; a SYN that was answered has left the first behind.
    static Stage reached(Attempt attempt) {
        return switch (attempt.ending()) {
            case Ending.NotConnected _ -> Stages.resetInsideConnect(attempt) ? Stage.IDENTIFICATION : Stage.CONNECT;
            case Ending.NoAnswer _, Ending.Unfinished _ -> Stage.CONNECT;
            case Ending.Handshake(Outcome outcome) -> reached(outcome);
        };
    }

    private static Stage reached(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed _ -> Stage.IDLE;
            case Outcome.ResetAt(Stage stage) -> stage;
            case Outcome.ClosedAt(Stage stage) -> stage;
            case Outcome.SilentAt(Stage stage) -> stage;
            case Outcome.LocallyFailed failed -> failed.stage();
            case Outcome.Garbled garbled -> garbled.stage();
            case Outcome.NoCommonAlgorithm _ -> Stage.KEXINIT;
            case Outcome.NotSsh _, Outcome.VersionMismatch _ -> Stage.IDENTIFICATION;
            case Outcome.DisconnectedAt goodbye -> goodbye.stage();
        };
    }

    /// The limit of a verdict that a control convicts: of chance, as long as the usual attempt failed once only.
    static double limit(List<Attempt> failing) {
        return failing.size() < 2 ? Weights.ONE_ATTEMPT : Weights.SEVERAL_ATTEMPTS;
    }

    /// What both kinds of attempts are cited by: their SYNs, and what else is wanted of them.
    static List<Integer> frames(Attempt control, List<Attempt> failing, Predicate<Seen> alsoOfControl) {
        List<Integer> frames = new ArrayList<>();
        failing.forEach(attempt -> attempt.syn().map(Seen::frame).ifPresent(frames::add));
        control.syn().map(Seen::frame).ifPresent(frames::add);
        control.segments().stream()
                .filter(alsoOfControl)
                .map(Seen::frame)
                .limit(MOST_CITED)
                .forEach(frames::add);
        return frames.stream().sorted().distinct().toList();
    }

    /// The strength of what a control shows by getting further.
    static int weight(List<Attempt> failing) {
        return failing.size() < 2 ? Weights.CONTROL_ONCE : Weights.CONTROL_BETWEEN;
    }

    static String times(List<Attempt> failing) {
        return failing.size() == 1 ? "once" : failing.size() + " times";
    }

    /// The judgement with what a control showed before everything else.
    static Judgement told(Judgement judgement, Fact fact) {
        List<Evidence> evidence = new ArrayList<>(List.of(fact.evidence()));
        evidence.addAll(judgement.evidence());
        return new Judgement(
                judgement.verdict(),
                judgement.alternatives(),
                evidence,
                judgement.ruledOut(),
                judgement.nextTest(),
                judgement.weighing());
    }

    /// Alternatives in these proportions, which share what a verdict leaves.
    static List<Alternative> leaving(List<Alternative> others, double confidence) {
        double sum = others.stream().mapToDouble(Alternative::confidence).sum();
        return others.stream()
                .map(other -> new Alternative(
                        other.cause(),
                        other.origin(),
                        Math.round(100 * other.confidence() * (1 - confidence) / sum) / 100.0))
                .toList();
    }
}
