package rstprobe.wire;

/// Arithmetic on 32-bit sequence numbers modulo 2^32 (RFC 9293 section 3.4).
public final class Sequence {
    private Sequence() {}

    /// How far `to` lies after `from`: -2^31..2^31-1, negative where it lies before.
    public static int distance(int from, int to) {
        return to - from;
    }

    /// `from` advanced by `count`, which may be negative.
    public static int plus(int from, int count) {
        return from + count;
    }

    /// True where `first` comes before `second`.
    public static boolean before(int first, int second) {
        return distance(first, second) > 0;
    }

    /// True where `first` comes before `second` or equals it.
    public static boolean atMost(int first, int second) {
        return distance(first, second) >= 0;
    }

    /// True where `number` lies in the `size` numbers that begin at `start`; `size` is 0..2^31-1.
    public static boolean within(int number, int start, int size) {
        int distance = distance(start, number);
        return distance >= 0 && distance < size;
    }

    /// The number as people and Wireshark write it, 0..4294967295.
    public static long unsigned(int number) {
        return Integer.toUnsignedLong(number);
    }
}
