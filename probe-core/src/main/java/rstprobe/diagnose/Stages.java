package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import rstprobe.diagnose.Finding.StageOutcome;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.record.Event;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// How far an attempt came, stage by stage.
final class Stages {
    private Stages() {}

    static List<StageReport> of(Attempt attempt) {
        List<StageReport> reports = new ArrayList<>();
        long since = attempt.events().getFirst().atNanos();
        for (Event event : attempt.events()) {
            Optional<Stage> completed = completed(event);
            if (completed.isPresent()) {
                reports.add(new StageReport(
                        completed.get(), StageOutcome.COMPLETED, OptionalDouble.of(millis(since, event.atNanos()))));
                since = event.atNanos();
            }
        }
        last(attempt).ifPresent(reports::add);
        return List.copyOf(reports);
    }

    private static Optional<Stage> completed(Event event) {
        return switch (event) {
            case Event.Connected _ -> Optional.of(Stage.CONNECT);
            case Event.Observed(long _, int _, Observation.StageCompleted(Stage stage, long _))
            when stage != Stage.CONNECT -> Optional.of(stage);
            case Event.Observed _,
                    Event.Opened _,
                    Event.ConnectFailed _,
                    Event.ConnectSilent _,
                    Event.Sent _,
                    Event.Received _,
                    Event.Ended _,
                    Event.Interrupted _ -> Optional.empty();
        };
    }

    private static double millis(long from, long to) {
        return Math.round((to - from) / 1e4) / 100.0;
    }

    private static Optional<StageReport> last(Attempt attempt) {
        return switch (attempt.ending()) {
            case Ending.NotConnected _ -> Optional.of(report(Stage.CONNECT, StageOutcome.REFUSED));
            case Ending.NoAnswer _ -> Optional.of(report(Stage.CONNECT, StageOutcome.SILENT));
            case Ending.Unfinished _ -> Optional.empty();
            case Ending.Handshake(Outcome outcome) -> last(outcome);
        };
    }

    private static Optional<StageReport> last(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed _ -> Optional.empty();
            case Outcome.ResetAt(Stage stage) -> Optional.of(report(stage, StageOutcome.RESET));
            case Outcome.ClosedAt(Stage stage) -> Optional.of(report(stage, StageOutcome.CLOSED));
            case Outcome.SilentAt(Stage stage) -> Optional.of(report(stage, StageOutcome.SILENT));
            case Outcome.LocallyFailed failed -> Optional.of(report(failed.stage(), StageOutcome.SILENT));
            case Outcome.Garbled garbled -> Optional.of(report(garbled.stage(), StageOutcome.GARBLED));
            case Outcome.NoCommonAlgorithm _ -> Optional.of(report(Stage.KEXINIT, StageOutcome.REFUSED));
            case Outcome.NotSsh _, Outcome.VersionMismatch _ ->
                Optional.of(report(Stage.IDENTIFICATION, StageOutcome.GARBLED));
            case Outcome.DisconnectedAt goodbye -> Optional.of(report(goodbye.stage(), StageOutcome.CLOSED));
        };
    }

    private static StageReport report(Stage stage, StageOutcome outcome) {
        return new StageReport(stage, outcome, OptionalDouble.empty());
    }
}
