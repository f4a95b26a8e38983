package rstprobe.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How far a handshake is, and what the input at hand has led to so far.
final class Course {
    private final List<Message> sends = new ArrayList<>();
    private final List<Observation> observations = new ArrayList<>();
    private Optional<Outcome> outcome = Optional.empty();
    private Stage stage = Stage.CONNECT;
    private boolean ended;

    /// The stage reached.
    Stage stage() {
        return stage;
    }

    /// Whether there was an outcome.
    boolean ended() {
        return ended;
    }

    /// A message goes out in the present stage.
    void say(String name, byte[] wire) {
        sends.add(new Message(name, stage, wire));
    }

    /// Something was learnt.
    void saw(Observation observation) {
        observations.add(observation);
    }

    /// The present stage is done and the next begins.
    void complete(Stage next, long atNanos) {
        saw(new Observation.StageCompleted(stage, atNanos));
        stage = next;
    }

    /// The present stage came to nothing, and the next begins all the same.
    void pass(Stage next) {
        stage = next;
    }

    /// It is over. The first outcome stands.
    void end(Outcome end) {
        if (!ended) {
            ended = true;
            outcome = Optional.of(end);
        }
    }

    /// Hands over what has gathered since the last time.
    Step step() {
        Step step = new Step(sends, observations, outcome);
        sends.clear();
        observations.clear();
        outcome = Optional.empty();
        return step;
    }
}
