package rstprobe.diagnose;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// What became of everything both sides of an attempt sent, as far as the frames show it.
///
/// What the server received it says itself: acknowledgements count what came in order, selective ones (RFC 2018) what
/// came behind a hole. What we received the capture shows.
///
/// @param ours      our stream, cut as it travelled, in order
/// @param hole      what is missing of the server's stream at the end, while something behind it came
/// @param largest   bytes of the largest whole IP packet of the server's that came; 0 where none did
/// @param fullBytes bytes of the whole IP packet that carries a full segment
record Delivery(List<Piece> ours, Optional<Hole> hole, int largest, int fullBytes) {
    /// A sender that doubles its wait has lost three copies of a segment in this time (RFC 6298 section 5.5, with
    /// Linux's least wait of 200 ms), and a path that loses one in ten has lost them all once in a thousand times.
    static final long LASTING_NANOS = 3_000_000_000L;

    /// So many copies of a segment that never arrived are no chance.
    static final int ENOUGH_COPIES = 3;

    private static final int HEADERS_V4 = 40;
    private static final int HEADERS_V6 = 60;
    private static final int TIMESTAMP_BYTES = 12;
    private static final int DEFAULT_SEGMENT_BYTES = 536;
    private static final int MOST_SEGMENT_BYTES = 65_535;
    /// A stranger's capture may hold hours: what went before these is not looked at.
    private static final int MOST_PIECES = 256;

    /// A stretch of our stream that travelled in one packet.
    ///
    /// @param from        its first sequence number
    /// @param to          the number behind its last
    /// @param packetBytes size of the whole IP packet
    /// @param copies      the frames that carried it in a packet of at least that size, in order
    /// @param arrived     whether the server acknowledged all of it
    record Piece(int from, int to, int packetBytes, List<Seen> copies, boolean arrived) {
        /// Sent again and again and never acknowledged.
        boolean vanished() {
            return !arrived && copies.size() >= ENOUGH_COPIES;
        }
    }

    /// Bytes of the server's that never came.
    ///
    /// @param from   the number we still waited for at the end
    /// @param bytes  how many are missing before what came behind them
    /// @param behind the first segment that came from behind it
    /// @param nanos  how long the hole had stayed when the attempt's frames end
    record Hole(int from, int bytes, Seen behind, long nanos) {
        /// So long that the server's copies must have been lost too.
        boolean lasting() {
            return nanos >= LASTING_NANOS;
        }
    }

    static Delivery of(Attempt attempt) {
        int largest = attempt.segments().stream()
                .filter(Seen::genuine)
                .mapToInt(seen -> Math.min(seen.segment().ip().totalLength(), full(attempt)))
                .max()
                .orElse(0);
        return new Delivery(pieces(attempt), hole(attempt), largest, full(attempt));
    }

    /// Those that never arrived although they were sent again and again.
    List<Piece> vanished() {
        return ours.stream().filter(Piece::vanished).toList();
    }

    /// The first that never arrived although something behind it did, in a packet at least as large.
    Optional<Piece> takenOut() {
        return vanished().stream()
                .filter(lost -> ours.stream()
                        .anyMatch(piece -> piece.arrived()
                                && piece.packetBytes() >= lost.packetBytes()
                                && Sequence.before(lost.from(), piece.from())))
                .findFirst();
    }

    /// Those that were sent again and arrived after all.
    List<Piece> repaired() {
        return ours.stream()
                .filter(piece -> piece.arrived() && piece.copies().size() > 1)
                .toList();
    }

    /// Bytes of the headers of a packet that carries data.
    int headers(Attempt attempt) {
        return full(attempt) - payload(attempt);
    }

    private static List<Piece> pieces(Attempt attempt) {
        Optional<Seen> syn = attempt.syn();
        if (attempt.synAck().isEmpty() || syn.isEmpty()) {
            return List.of();
        }
        int most = payload(attempt);
        ArrayDeque<Stretch> stretches = new ArrayDeque<>();
        int sent = syn.get().segment().nextSequence();
        for (Seen seen : attempt.segments()) {
            if (!seen.ours() || seen.reset() || seen.segment().payloadLength() == 0) {
                continue;
            }
            int end = Sequence.plus(seen.segment().sequence(), seen.segment().payloadLength());
            while (Sequence.before(sent, end) && Sequence.atMost(seen.segment().sequence(), sent)) {
                int to = Sequence.distance(sent, end) > most ? Sequence.plus(sent, most) : end;
                stretches.add(new Stretch(sent, to));
                sent = to;
                if (stretches.size() > MOST_PIECES) {
                    stretches.remove();
                }
            }
        }
        return stretches.stream()
                .map(stretch -> piece(attempt, stretch.from(), stretch.to()))
                .toList();
    }

    private record Stretch(int from, int to) {}

    private static Piece piece(Attempt attempt, int from, int to) {
        int bytes = Sequence.distance(from, to);
        List<Seen> copies = attempt.segments().stream()
                .filter(seen -> seen.ours() && !seen.reset() && covers(seen.segment(), from, bytes))
                .toList();
        return new Piece(from, to, bytes + full(attempt) - payload(attempt), copies, arrived(attempt, from, to));
    }

    /// A copy in smaller packets is another packet.
    private static boolean covers(Decoded.Segment segment, int from, int bytes) {
        int end = Sequence.plus(segment.sequence(), segment.payloadLength());
        return Sequence.atMost(segment.sequence(), from) && Sequence.distance(from, end) >= bytes;
    }

    private static boolean arrived(Attempt attempt, int from, int to) {
        return attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().flags().ack())
                .anyMatch(seen -> Sequence.atMost(to, seen.segment().acknowledgement())
                        || seen.segment().options().sack().stream()
                                .anyMatch(block ->
                                        Sequence.atMost(block.left(), from) && Sequence.atMost(to, block.right())));
    }

    private static Optional<Hole> hole(Attempt attempt) {
        Optional<Seen> synAck = attempt.synAck();
        if (synAck.isEmpty()) {
            return Optional.empty();
        }
        int first = synAck.get().segment().nextSequence();
        List<Seen> came = attempt.segments().stream()
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .sorted(Comparator.comparingInt(
                        seen -> Sequence.distance(first, seen.segment().sequence())))
                .toList();
        int awaited = acknowledgedByUs(attempt, first);
        for (Seen seen : came) {
            if (Sequence.before(awaited, seen.segment().sequence())) {
                return Optional.of(missing(attempt, awaited, seen, came));
            }
            int end = Sequence.plus(seen.segment().sequence(), seen.segment().payloadLength());
            awaited = Sequence.before(awaited, end) ? end : awaited;
        }
        return Optional.empty();
    }

    /// What our own TCP acknowledged it has received, whether the capture shows it or not.
    private static int acknowledgedByUs(Attempt attempt, int first) {
        return attempt.segments().stream()
                .filter(seen ->
                        seen.ours() && !seen.reset() && seen.segment().flags().ack())
                .map(seen -> seen.segment().acknowledgement())
                .reduce(first, (one, other) -> Sequence.before(one, other) ? other : one);
    }

    /// It begins to stay with the first segment that came from behind it, whichever that was.
    private static Hole missing(Attempt attempt, int awaited, Seen next, List<Seen> came) {
        Seen behind = came.stream()
                .filter(seen -> Sequence.before(awaited, seen.segment().sequence()))
                .min(Comparator.comparingInt(Seen::frame))
                .orElse(next);
        long last = attempt.segments().getLast().atNanos();
        return new Hole(
                awaited, Sequence.distance(awaited, next.segment().sequence()), behind, last - behind.atNanos());
    }

    /// Size of the whole IP packet that carries a full segment: what both sides announced, and the headers that it
    /// leaves out (RFC 6691 section 2).
    private static int full(Attempt attempt) {
        return announced(attempt) + (attempt.conversation().ours().address().isV6() ? HEADERS_V6 : HEADERS_V4);
    }

    /// Options are taken from the announced size (RFC 6691 section 2).
    private static int payload(Attempt attempt) {
        boolean stamps = attempt.synAck()
                .filter(answer ->
                        answer.segment().options().list().stream().anyMatch(TcpOption.Timestamps.class::isInstance))
                .isPresent();
        return announced(attempt) - (stamps ? TIMESTAMP_BYTES : 0);
    }

    private static int announced(Attempt attempt) {
        int theirs = attempt.synAck()
                .map(answer -> answer.segment().options().mss().orElse(DEFAULT_SEGMENT_BYTES))
                .orElse(DEFAULT_SEGMENT_BYTES);
        int ours = attempt.syn()
                .map(syn -> syn.segment().options().mss().orElse(MOST_SEGMENT_BYTES))
                .orElse(MOST_SEGMENT_BYTES);
        return Math.max(Math.min(theirs, ours), 2 * TIMESTAMP_BYTES);
    }
}
