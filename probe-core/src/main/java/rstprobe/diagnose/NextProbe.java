package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// Which attempt would tell most, given what was recorded so far.
///
/// A healthy server is asked once. What failed is asked again the same way, because one connection
/// proves little; what was reset while identifying is then asked byte by byte, which finds the byte and
/// tells content from everything else, and at last in silence, where a server's own close is a FIN.
public final class NextProbe {
    private static final List<Mode> AFTER_RESET = List.of(Mode.TALK, Mode.TALK, Mode.BYTES, Mode.LISTEN);
    private static final List<Mode> AFTER_CLOSE = List.of(Mode.TALK, Mode.TALK);
    private static final List<Mode> ONCE = List.of(Mode.TALK);
    private static final double CONVINCED = 0.95;

    private NextProbe() {}

    /// The next attempt; empty where nothing more would change the verdict, or the plan's budget is
    /// spent.
    public static Optional<Mode> of(Recording recording, Finding finding) {
        List<Mode> done = recording.events().stream()
                .filter(Event.Opened.class::isInstance)
                .map(event -> ((Event.Opened) event).mode())
                .toList();
        if (done.isEmpty()) {
            return Optional.of(Mode.TALK);
        }
        boolean stopped = recording.events().stream().anyMatch(Event.Interrupted.class::isInstance);
        List<Attempt> attempts = Attempts.of(recording);
        if (stopped || done.size() >= recording.plan().budget() || refusedInWords(attempts)) {
            return Optional.empty();
        }
        List<Mode> wanted = wanted(attempts.getFirst(), finding);
        return done.size() < wanted.size() ? Optional.of(wanted.get(done.size())) : Optional.empty();
    }

    private static List<Mode> wanted(Attempt first, Finding finding) {
        return switch (first.ending()) {
            case Ending.NotConnected _ ->
                Stages.resetInsideConnect(first) ? afterReset(Stage.IDENTIFICATION, finding) : AFTER_CLOSE;
            case Ending.NoAnswer _, Ending.Unfinished _ -> ONCE;
            case Ending.Handshake(Outcome outcome) -> wanted(outcome, finding);
        };
    }

    private static List<Mode> wanted(Outcome outcome, Finding finding) {
        return switch (outcome) {
            case Outcome.ResetAt(Stage stage) -> afterReset(stage, finding);
            case Outcome.ClosedAt _ -> AFTER_CLOSE;
            case Outcome.Completed _,
                    Outcome.SilentAt _,
                    Outcome.LocallyFailed _,
                    Outcome.Garbled _,
                    Outcome.NoCommonAlgorithm _,
                    Outcome.NotSsh _,
                    Outcome.VersionMismatch _,
                    Outcome.DisconnectedAt _ -> ONCE;
        };
    }

    /// A server that told us to go away is not asked again: every further connection adds to a penalty.
    private static boolean refusedInWords(List<Attempt> attempts) {
        return attempts.stream()
                .anyMatch(attempt -> ServerTexts.refusal(attempt).isPresent());
    }

    private static List<Mode> afterReset(Stage stage, Finding finding) {
        if (stage != Stage.IDENTIFICATION && stage != Stage.KEXINIT) {
            return AFTER_CLOSE;
        }
        boolean convinced = finding.verdict() instanceof Verdict.Fault fault && fault.confidence() >= CONVINCED;
        return convinced ? AFTER_RESET.subList(0, 3) : AFTER_RESET;
    }
}
