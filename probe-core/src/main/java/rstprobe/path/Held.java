package rstprobe.path;

/// A connection that is held in silence, as a search knows it.
final class Held {
    final int number;
    /// Not yet ended by anybody.
    boolean live = true;
    /// Both sides have said who they are.
    boolean standing;
    /// A question is under way.
    boolean asked;
    long openedAt;
    long spokenAt;
    /// How long it had been silent when it was asked last.
    long silence;

    Held(int number) {
        this.number = number;
    }
}
