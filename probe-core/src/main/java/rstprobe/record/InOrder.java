package rstprobe.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import rstprobe.capture.CaptureLimits;
import rstprobe.wire.Sequence;

/// The bytes of one direction of a conversation in the order of their sequence numbers, each once, however the
/// capture has them: repeated, overlapping, out of order, or with holes.
final class InOrder {
    /// What waits for a hole to be filled, at most. A window's worth is on the way; what is beyond that waits for
    /// bytes that the capture does not have.
    static final int MOST_WAITING = 4_096;

    private static final int MOST_WAITING_BYTES = 4 << 20;

    /// No frame holds more, whatever its length fields claim.
    private static final int MOST_SEGMENT_BYTES = CaptureLimits.MAX_FRAME_BYTES;

    /// Farther ahead than a window reaches: either no part of this stream, or the capture has a wide hole.
    private static final long FAR_AHEAD = 16 << 20;

    /// As many far segments in a row are the stream itself.
    private static final int FAR_BUT_MEANT = 16;

    /// A piece of the stream.
    ///
    /// @param offset where in the stream it lies, 0 for the first byte
    /// @param bytes  zeros stand for those that were not captured
    /// @param whole  false where there are such
    /// @param behindHole true where bytes before it are missing
    record Piece(long offset, byte[] bytes, boolean whole, boolean behindHole) {}

    private record Waiting(byte[] bytes, boolean whole) {}

    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private OptionalInt next = OptionalInt.empty();
    private long offset;
    private int waitingBytes;
    private int holes;
    private int far;

    /// The stream begins here, unless it has begun.
    void beginAt(int sequence) {
        if (next.isEmpty()) {
            next = OptionalInt.of(sequence);
        }
    }

    /// The number that comes next in order; empty before the stream began.
    OptionalInt next() {
        return next;
    }

    /// How many holes were never filled.
    int holes() {
        return holes;
    }

    /// Takes a segment's bytes and gives those that are now in order.
    ///
    /// @param captured what was captured of them; given away
    /// @param length   how many they were on the wire
    List<Piece> on(int sequence, byte[] captured, int length) {
        beginAt(sequence);
        List<Piece> pieces = new ArrayList<>();
        int ahead = Sequence.distance(next.getAsInt(), sequence);
        far = Math.abs((long) ahead) > FAR_AHEAD ? far + 1 : 0;
        if (far > FAR_BUT_MEANT) {
            pieces.addAll(rest());
            holes++;
            next = OptionalInt.of(sequence);
            far = 0;
        } else if (far > 0) {
            return pieces;
        }
        if (ahead == 0 && waiting.isEmpty() && length > 0 && length == captured.length) {
            pieces.add(new Piece(offset, captured, true, false));
            advance(length);
            return pieces;
        }
        put(offset + Sequence.distance(next.getAsInt(), sequence), captured, Math.min(length, MOST_SEGMENT_BYTES));
        ready(pieces, false);
        while (waiting.size() > MOST_WAITING || waitingBytes > MOST_WAITING_BYTES) {
            skipHole(pieces);
        }
        return pieces;
    }

    private void put(long at, byte[] captured, int length) {
        Waiting known = waiting.get(at);
        if (length > 0 && at + length > offset && (known == null || known.bytes.length < length)) {
            waitingBytes += length - (known == null ? 0 : known.bytes.length);
            waiting.put(at, new Waiting(Arrays.copyOf(captured, length), captured.length >= length));
        }
    }

    /// Gives what still waits, holes and all.
    List<Piece> rest() {
        List<Piece> pieces = new ArrayList<>();
        while (!waiting.isEmpty()) {
            skipHole(pieces);
        }
        return pieces;
    }

    private void skipHole(List<Piece> pieces) {
        holes++;
        advance(waiting.firstKey() - offset);
        ready(pieces, true);
    }

    private void ready(List<Piece> pieces, boolean behindHole) {
        boolean first = behindHole;
        while (!waiting.isEmpty() && waiting.firstKey() <= offset) {
            var entry = waiting.pollFirstEntry();
            byte[] bytes = entry.getValue().bytes;
            waitingBytes -= bytes.length;
            long skip = offset - entry.getKey();
            if (skip < bytes.length) {
                byte[] fresh = Arrays.copyOfRange(bytes, (int) skip, bytes.length);
                pieces.add(new Piece(offset, fresh, entry.getValue().whole, first));
                advance(fresh.length);
                first = false;
            }
        }
    }

    private void advance(long count) {
        offset += count;
        next = OptionalInt.of(Sequence.plus(next.getAsInt(), (int) count));
    }
}
