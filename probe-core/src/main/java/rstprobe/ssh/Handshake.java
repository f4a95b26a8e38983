package rstprobe.ssh;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// The client's side of an SSH handshake as a value that steps: inputs in, messages and findings out.
public final class Handshake {
    private final HandshakePlan plan;
    private final SecureRandom random;
    private Stage stage = Stage.CONNECT;

    /// A handshake before its connection.
    public Handshake(HandshakePlan plan, SecureRandom random) {
        this.plan = plan;
        this.random = random;
    }

    /// Takes one input and says what follows from it.
    public Step on(Input input) {
        return new Step(List.of(), List.of(), Optional.empty());
    }

    /// The stage reached.
    public Stage stage() {
        return stage;
    }
}
