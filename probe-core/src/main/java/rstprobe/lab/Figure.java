package rstprobe.lab;

import java.util.random.RandomGenerator;

/// Where a device takes a number of its forged segment from: a hop count, an identification, a window.
sealed interface Figure {

    /// The number itself.
    ///
    /// @param trigger the same field of the segment that drew the forged one, as it passed the device
    /// @param server the same field of the server's latest segment, as it passed the device
    /// @param most the largest number the field holds; a result is cut to it
    default int of(int trigger, int server, int most, RandomGenerator dice) {
        int wanted = switch (this) {
            case Fixed(int number) -> number;
            case Trigger(int more) -> trigger + more;
            case Server(int more) -> server + more;
            case Dice(int from, int to) -> dice.nextInt(from, to + 1);
            case Mirror(int whole, int least) -> Math.max(least, whole - trigger);
        };
        return wanted & most;
    }

    /// Always the same.
    record Fixed(int number) implements Figure {}

    /// Copied from the trigger, and this much more.
    record Trigger(int more) implements Figure {}

    /// Copied from the server's latest segment, and this much more.
    record Server(int more) implements Figure {}

    /// Any number from one to another, both included.
    record Dice(int from, int to) implements Figure {}

    /// What the trigger's number lacks to a whole, and no less than a least.
    record Mirror(int whole, int least) implements Figure {}
}
