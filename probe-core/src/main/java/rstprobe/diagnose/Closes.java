package rstprobe.diagnose;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import rstprobe.record.Mode;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// The ends that the far side put to the connections of a run, and what else the run shows of who did it.
///
/// @param stage    where the attempt that decided ended
/// @param ended    those ends
/// @param all      every attempt
/// @param software what the server said of its software, in whichever attempt it said it
record Closes(Stage stage, List<Close> ended, List<Attempt> all, ServerSoftware software) {
    static Closes of(Stage stage, List<Attempt> all) {
        ServerSoftware software = all.stream()
                .flatMap(attempt -> attempt.observed(Observation.ServerIdentification.class))
                .findFirst()
                .map(seen -> ServerSoftware.of(new String(seen.line(), StandardCharsets.UTF_8)))
                .orElse(ServerSoftware.UNKNOWN);
        return new Closes(stage, Close.of(all), all, software);
    }

    /// Those in which we spoke as soon as we could.
    List<Close> talked() {
        return ended.stream().filter(close -> !close.listening()).toList();
    }

    /// That in which we said nothing, where there is one.
    Optional<Close> listened() {
        return ended.stream().filter(Close::listening).findFirst();
    }

    boolean wordless() {
        return !ended.isEmpty() && ended.stream().noneMatch(Close::spoke);
    }

    /// The least time that an end took: load only ever adds to one.
    double leastSeconds() {
        return ended.stream().mapToDouble(Close::seconds).min().orElse(0);
    }

    /// The least time that is the far side's own; empty where our own words came too late to know any.
    OptionalDouble leastOwnSeconds() {
        return ended.stream().filter(Close::timed).mapToDouble(Close::seconds).min();
    }

    double mostSeconds() {
        return ended.stream().mapToDouble(Close::seconds).max().orElse(0);
    }

    double leastSecondsSinceItSpoke() {
        return ended.stream().mapToDouble(Close::secondsSinceItSpoke).min().orElse(0);
    }

    double mostSecondsSinceItSpoke() {
        return ended.stream().mapToDouble(Close::secondsSinceItSpoke).max().orElse(0);
    }

    boolean silentWhileListening() {
        return all.stream()
                .anyMatch(attempt -> attempt.mode() == Mode.LISTEN
                        && attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt _));
    }

    /// Whether a SYN after one of these ends was answered by a reset.
    boolean thenRefused() {
        return refusals().findFirst().isPresent();
    }

    private Stream<Seen> refusals() {
        int first = ended.stream().mapToInt(close -> close.end().frame()).min().orElse(Integer.MAX_VALUE);
        return all.stream()
                .filter(attempt -> attempt.synAck().isEmpty())
                .flatMap(attempt -> attempt.reset().stream())
                .filter(reset -> reset.frame() > first);
    }

    boolean thenPenalised() {
        return all.stream()
                .flatMap(attempt -> attempt.refusal().stream())
                .anyMatch(refusal -> refusal.cause() == Cause.SOURCE_PENALTY);
    }

    /// Whether another connection was ended later than the one that decided, which stood behind its identification.
    boolean cameFurther() {
        return stage.compareTo(Stage.IDENTIFICATION) > 0
                && ended.stream()
                        .anyMatch(close -> Controls.reached(close.attempt()).compareTo(stage) > 0);
    }

    boolean sometimes() {
        return all.stream().anyMatch(Diagnosis::completed);
    }

    List<Integer> frames() {
        return ended.stream().map(close -> close.end().frame()).toList();
    }
}
