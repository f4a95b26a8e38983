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
import rstprobe.wire.Sequence;

/// How far an attempt came, stage by stage.
///
/// Times are the capture's and leave out our own: each is how long the far side took to answer. Where the
/// clock was set meanwhile there are none.
final class Stages {
    private Stages() {}

    static List<StageReport> of(Attempt attempt) {
        List<StageReport> reports = new ArrayList<>();
        if (resetInsideConnect(attempt)) {
            reports.add(new StageReport(Stage.CONNECT, StageOutcome.COMPLETED, connectMillis(attempt)));
        }
        long received = 0;
        for (Event event : attempt.events()) {
            if (event instanceof Event.Received bytes) {
                received = bytes.offset() + bytes.length();
            }
            long streamEnd = Math.min(received, identificationEnd(attempt, event));
            completed(event)
                    .map(stage -> new StageReport(
                            stage,
                            StageOutcome.COMPLETED,
                            stage == Stage.CONNECT ? connectMillis(attempt) : answerMillis(attempt, streamEnd)))
                    .ifPresent(reports::add);
        }
        last(attempt).ifPresent(reports::add);
        return List.copyOf(reports);
    }

    private static Optional<Stage> completed(Event event) {
        return switch (event) {
            case Event.Connected _ -> Optional.of(Stage.CONNECT);
            case Event.Observed(long _, int _, Observation.StageCompleted(Stage stage, long _))
            when stage != Stage.CONNECT -> Optional.of(stage);
            case Event.OfAttempt _, Event.OfRun _ -> Optional.empty();
        };
    }

    /// Where the identification ends in the server's stream, as far as that is sure: what came behind it may have been
    /// read together with it.
    private static long identificationEnd(Attempt attempt, Event event) {
        boolean identified =
                completed(event).filter(Stage.IDENTIFICATION::equals).isPresent();
        return identified
                        && attempt.observed(Observation.PreambleLine.class)
                                .findAny()
                                .isEmpty()
                ? attempt.observed(Observation.ServerIdentification.class)
                        .findFirst()
                        .map(seen -> (long) seen.line().length)
                        .filter(length -> length > 0)
                        .orElse(Long.MAX_VALUE)
                : Long.MAX_VALUE;
    }

    private static OptionalDouble connectMillis(Attempt attempt) {
        Optional<Seen> syn = attempt.syn();
        Optional<Seen> answer = attempt.synAck();
        return attempt.steady() && syn.isPresent() && answer.isPresent()
                ? OptionalDouble.of(millis(syn.get().atNanos(), answer.get().atNanos()))
                : OptionalDouble.empty();
    }

    /// From what the server was waiting for, our last segment or its own last, to the segment that ends
    /// the stage.
    private static OptionalDouble answerMillis(Attempt attempt, long streamEnd) {
        Optional<Seen> synAck = attempt.synAck();
        if (!attempt.steady() || synAck.isEmpty() || streamEnd == 0) {
            return OptionalDouble.empty();
        }
        int end = Sequence.plus(synAck.get().segment().nextSequence(), (int) streamEnd);
        Optional<Seen> answer = attempt.first(seen -> seen.genuine()
                && seen.segment().payloadLength() > 0
                && Sequence.atMost(end, seen.segment().nextSequence()));
        return answer.map(seen -> millis(waitedFrom(attempt, seen), seen.atNanos()))
                .map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    private static long waitedFrom(Attempt attempt, Seen answer) {
        return attempt.segments().stream()
                .filter(seen -> seen.frame() < answer.frame())
                .filter(seen -> seen.segment().sequenceLength() > 0)
                .mapToLong(Seen::atNanos)
                .max()
                .orElse(answer.atNanos());
    }

    private static double millis(long from, long to) {
        return Math.round((to - from) / 1e4) / 100.0;
    }

    private static Optional<StageReport> last(Attempt attempt) {
        return switch (attempt.ending()) {
            case Ending.NotConnected _ ->
                Optional.of(
                        resetInsideConnect(attempt)
                                ? report(Stage.IDENTIFICATION, StageOutcome.RESET)
                                : report(Stage.CONNECT, StageOutcome.REFUSED));
            case Ending.NoAnswer _ -> Optional.of(report(Stage.CONNECT, StageOutcome.SILENT));
            case Ending.Unfinished _ -> Optional.empty();
            case Ending.Handshake(Outcome outcome) ->
                outcome instanceof Outcome.Completed ? refusedLater(attempt) : last(outcome);
        };
    }

    /// A reset close behind the SYN-ACK fails `connect`, although the connection stood.
    static boolean resetInsideConnect(Attempt attempt) {
        return attempt.ending() instanceof Ending.NotConnected
                && attempt.reset()
                        .filter(reset -> attempt.synAck()
                                .filter(answer -> answer.frame() < reset.frame())
                                .isPresent())
                        .isPresent();
    }

    /// What a connection of our own making can say again, or what keeps it from saying anything.
    static boolean sayable(Attempt attempt) {
        return resetInsideConnect(attempt)
                || attempt.ending() instanceof Ending.Handshake(Outcome.ResetAt(Stage stage))
                        && (stage == Stage.IDENTIFICATION || stage == Stage.KEXINIT);
    }

    /// What the server refused in words, and went on after.
    private static Optional<StageReport> refusedLater(Attempt attempt) {
        if (attempt.observed(Observation.LoginRefused.class).findAny().isPresent()) {
            return Optional.of(report(Stage.USERAUTH, StageOutcome.REFUSED));
        }
        return attempt.observed(Observation.SessionRefused.class).findAny().isPresent()
                ? Optional.of(report(Stage.SESSION, StageOutcome.REFUSED))
                : Optional.empty();
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
