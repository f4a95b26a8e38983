package rstprobe.path;

/// What happened to a connection; they are numbered from 1 in the order of [IdleMove.Open].
public sealed interface IdleInput {
    /// It stands, and both sides have said who they are.
    record Opened(int connection, long atNanos) implements IdleInput {}

    /// It could not be opened.
    record Refused(int connection, long atNanos) implements IdleInput {}

    /// A segment went by that was no question of ours.
    record Moved(int connection, long atNanos) implements IdleInput {}

    /// Our question left.
    record Asked(int connection, long atNanos) implements IdleInput {}

    /// It was acknowledged.
    record Answered(int connection, long atNanos) implements IdleInput {}

    /// It drew a reset, or nothing in [IdleSearch#PATIENCE_NANOS].
    record Lost(int connection, long atNanos) implements IdleInput {}

    /// The connection was ended, and no question of ours was under way.
    record Ended(int connection, long atNanos) implements IdleInput {}
}
