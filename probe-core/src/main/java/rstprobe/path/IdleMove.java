package rstprobe.path;

/// What a search for an idle timer does next.
public sealed interface IdleMove {

    /// Open a connection and greet.
    record Open(int connection) implements IdleMove {}

    /// Ask on a connection.
    record Ask(int connection) implements IdleMove {}

    /// End a connection in order.
    record Close(int connection) implements IdleMove {}

    /// Nothing, until then at most.
    record Wait(long untilNanos) implements IdleMove {}

    /// The search is over.
    record Finish() implements IdleMove {}
}
