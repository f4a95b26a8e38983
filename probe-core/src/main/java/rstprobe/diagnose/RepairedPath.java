package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import rstprobe.path.DirectionFinding;
import rstprobe.record.Recording;
import rstprobe.ssh.Stage;

/// A handshake that came to its end although long packets of it were lost for their length, and the path MTU that was
/// measured behind it.
///
/// It works, so that is the verdict; that it had to wait, and why, is a warning. Whoever does not try shorter packets
/// falls silent there.
final class RepairedPath {
    private static final Set<Stage> OF_KEYS = EnumSet.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS);
    /// More than that is lost for other reasons too.
    private static final double QUIET = 0.1;

    private RepairedPath() {}

    /// Whether a survey would tell why: the first attempt came to its end, and long packets of it in shorter ones.
    static boolean wanted(List<Attempt> attempts) {
        Attempt first = attempts.getFirst();
        return Diagnosis.completed(first) && !RepairedLength.of(first).isEmpty();
    }

    /// The judgement, as far as a measured path changes it.
    static Judgement held(Judgement judgement, List<Attempt> attempts, Recording recording) {
        List<RepairedLength> repaired = attempts.stream()
                .filter(Diagnosis::completed)
                .findFirst()
                .map(RepairedLength::of)
                .orElse(List.of());
        Optional<Surveyed> surveyed = repaired.isEmpty() ? Optional.empty() : MtuDiagnosis.within(recording);
        return surveyed.map(found -> told(judgement, repaired, found)).orElse(judgement);
    }

    private static Judgement told(Judgement judgement, List<RepairedLength> repaired, Surveyed surveyed) {
        List<Fact> facts =
                new ArrayList<>(repaired.stream().map(RepairedLength::fact).toList());
        facts.addAll(MeasuredPath.facts(surveyed));
        Judgement shown = judgement.withMoreEvidence(facts);
        List<String> warnings = repaired.stream()
                .flatMap(length -> warning(length, surveyed).stream())
                .toList();
        if (warnings.isEmpty()) {
            return shown;
        }
        String text = String.join("; ", warnings);
        return switch (judgement.verdict()) {
            case Verdict.Healthy(String summary, double confidence) ->
                shown.withVerdict(new Verdict.Healthy(summary + ", but " + text, confidence));
            case Verdict.Fault fault when explained(fault.stage(), surveyed) -> works(shown, text);
            case Verdict.Undetermined open when explained(open.stage(), surveyed) -> works(shown, text);
            case Verdict.Fault _, Verdict.Undetermined _ -> shown;
        };
    }

    /// What was lost and late in the key exchange was so for its length, where little else is lost.
    private static boolean explained(Stage stage, Surveyed surveyed) {
        return OF_KEYS.contains(stage) && surveyed.finding().forward().lossShare() < QUIET;
    }

    private static Judgement works(Judgement judgement, String warning) {
        return new Judgement(
                new Verdict.Healthy(
                        "the SSH handshake works up to authentication, but " + warning, Weights.MEASURED_LENGTH),
                List.of(),
                judgement.evidence(),
                judgement.ruledOut(),
                Optional.empty(),
                judgement.weighing());
    }

    /// Where nobody told its sender. An error that came in time is how it should be.
    private static Optional<String> warning(RepairedLength length, Surveyed surveyed) {
        DirectionFinding direction = length.toServer()
                ? surveyed.finding().forward()
                : surveyed.finding().reverse();
        OptionalInt fails = direction.standing().fails();
        return direction.blackHole() && fails.isPresent() && length.bytes() >= fails.getAsInt()
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "%d bytes and more vanish%s %s, and it took %.1f s until shorter packets were tried",
                        fails.getAsInt(),
                        direction.place().map(MeasuredPath::after).orElse(""),
                        length.toServer() ? "on the way to the server" : "towards you",
                        length.seconds()))
                : Optional.empty();
    }
}
