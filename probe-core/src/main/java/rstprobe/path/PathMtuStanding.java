package rstprobe.path;

import java.util.OptionalInt;

/// What a search for a path MTU has proven so far.
public sealed interface PathMtuStanding {
    /// The longest that is proven to be delivered.
    default OptionalInt passes() {
        return switch (this) {
            case Exact(int bytes, double _) -> OptionalInt.of(bytes);
            case Local(int bytes) -> OptionalInt.of(bytes);
            case Bounded(int bytes, OptionalInt _) -> OptionalInt.of(bytes);
            case Open _, Silent _, Changed _ -> OptionalInt.empty();
        };
    }

    /// The shortest that is proven not to be.
    default OptionalInt fails() {
        return switch (this) {
            case Exact exact -> OptionalInt.of(exact.lost());
            case Bounded(int _, OptionalInt bytes) -> bytes;
            case Local _, Open _, Silent _, Changed _ -> OptionalInt.empty();
        };
    }

    /// More probes are to be sent.
    ///
    /// @param delivered the largest that arrived; 0 where none did
    record Open(int delivered) implements PathMtuStanding {}

    /// `pathMtu` arrived, and one byte more does not.
    ///
    /// @param pathMtu the longest whole IP packet that is delivered
    /// @param doubt   how likely it would be that every probe one byte longer was lost by chance; 0 where a
    ///   proof says that it does not pass
    record Exact(int pathMtu, double doubt) implements PathMtuStanding {
        /// The shortest that is not delivered.
        public int lost() {
            return pathMtu + 1;
        }
    }

    /// The longest packet that our own interface sends is delivered.
    record Local(int pathMtu) implements PathMtuStanding {}

    /// Both ends are proven, and sizes between them are open.
    ///
    /// @param delivered the largest that arrived
    /// @param lost      the smallest that is proven not to; empty where none is
    record Bounded(int delivered, OptionalInt lost) implements PathMtuStanding {}

    /// No probe of any size was answered.
    record Silent() implements PathMtuStanding {}

    /// What was proven before is not so any more: the path changed meanwhile.
    ///
    /// @param delivered the size that arrived before, and does not now, or the reverse
    record Changed(int delivered) implements PathMtuStanding {}
}
