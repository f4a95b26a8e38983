package rstprobe.path;

import java.util.Optional;
import java.util.OptionalInt;

/// Something on the wire that concerns a survey.
public sealed interface Heard {
    /// When it was captured, nanoseconds since the Unix epoch.
    long atNanos();

    /// Number of its frame.
    int frame();

    /// The number of the probe that it answers; empty where it answers none.
    default Optional<Integer> about() {
        return switch (this) {
            case Arrived arrived -> Optional.of(arrived.number());
            case InPieces pieces -> Optional.of(pieces.number());
            case Expired expired -> Optional.of(expired.number());
            case TooBig tooBig -> Optional.of(tooBig.number());
            case Opened _, Said _ -> Optional.empty();
        };
    }

    /// The TCP connection stands.
    ///
    /// @param tripNanos from our last SYN to the answer
    /// @param ourMss    the maximum segment size that we announced
    /// @param theirMss  the one that the server's SYN-ACK had when it arrived
    /// @param sack      whether both sides do selective acknowledgement
    /// @param stamps    whether both sides have timestamps
    /// @param next      number of the first byte that the server will say
    record Opened(
            long atNanos, int frame, long tripNanos, int ourMss, int theirMss, boolean sack, boolean stamps, int next)
            implements Heard {}

    /// The target says that a probe arrived, and its answer came whole.
    ///
    /// @param ttl of the answer
    record Arrived(long atNanos, int frame, int number, int ttl) implements Heard {}

    /// The reply to an echo came in fragments.
    ///
    /// @param firstBytes of the IP packet with the first fragment
    record InPieces(long atNanos, int frame, int number, int firstBytes) implements Heard {}

    /// A hop says that a probe's TTL ran out there.
    ///
    /// @param mss the maximum segment size that it quotes, where the probe was a SYN and enough of it is quoted
    record Expired(long atNanos, int frame, int number, String hop, OptionalInt mss) implements Heard {}

    /// Somebody says that a probe is too big.
    ///
    /// @param mtu the size that is said to pass; 0 where none is named
    record TooBig(long atNanos, int frame, int number, String from, int mtu) implements Heard {}

    /// The server said something on the connection.
    ///
    /// @param sequence number of the first byte
    /// @param length   how many bytes
    /// @param bytes    of the whole IP packet
    record Said(long atNanos, int frame, int sequence, int length, int bytes) implements Heard {}
}
