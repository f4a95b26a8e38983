package rstprobe.analyze;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// The frames of the last minutes in memory of a fixed size, without an object a frame: the oldest make room for the
/// newest. Off the heap, so that it may be larger, and given back with the object.
///
/// A frame has a place, which rises for ever: between [#oldest] and [#end] frames lie.
final class FlightRing {
    /// The smallest ring, in bytes: some ten of the longest frames.
    static final long LEAST_BYTES = 1 << 20;

    /// In place of a frame's place.
    static final long NONE = -1;

    // A record: its length, then what is kept of the frame, its length on the wire, which tap, its time, the place of
    // the frame before it in its chain; then its bytes.
    private static final int RECORD = 0, KEPT = 4, LENGTH = 8, TAP = 12, NANOS = 16, BEFORE = 24, FRAME = 32;

    /// Chains: each conversation is in one of them, and few share one.
    private static final int CHAINS = 1 << 16;

    /// In place of a tap: nothing lies here up to the end of the memory.
    private static final int FILLER = -1;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final MemorySegment memory;
    private final long capacity;
    private long oldest;
    private long end;
    private long frames;

    /// Where the two lie in the memory; a remainder for each frame would cost more than keeping these.
    private long oldestAt;
    private long endAt;

    /// The place of the newest frame of each chain.
    private final long[] newest = new long[CHAINS];

    /// @param bytes how much memory, at least [#LEAST_BYTES]
    FlightRing(long bytes) {
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("a ring has at least " + LEAST_BYTES + " bytes, not " + bytes);
        }
        capacity = bytes & -FRAME;
        memory = Arena.ofAuto().allocate(capacity, Long.BYTES);
        Arrays.fill(newest, NONE);
    }

    /// Keeps the first bytes of a frame.
    ///
    /// @param kept   how many of them, less than [#LEAST_BYTES] by far
    /// @param length of the frame on the wire
    /// @param hash   of its conversation
    void keep(MemorySegment from, long at, int kept, int length, int tap, long atNanos, long hash) {
        int record = FRAME + kept + (FRAME - 1) & -FRAME;
        if (endAt + record > capacity) {
            int rest = (int) (capacity - endAt);
            makeRoom(rest);
            memory.set(INT, endAt + RECORD, rest);
            memory.set(INT, endAt + TAP, FILLER);
            end += rest;
            endAt = 0;
        }
        makeRoom(record);
        long offset = endAt;
        memory.set(INT, offset + RECORD, record);
        memory.set(INT, offset + KEPT, kept);
        memory.set(INT, offset + LENGTH, length);
        memory.set(INT, offset + TAP, tap);
        memory.set(LONG, offset + NANOS, atNanos);
        int chain = (int) hash & CHAINS - 1;
        memory.set(LONG, offset + BEFORE, newest[chain]);
        newest[chain] = end;
        MemorySegment.copy(from, at, memory, offset + FRAME, kept);
        end += record;
        endAt = offset + record == capacity ? 0 : offset + record;
        frames++;
    }

    private void makeRoom(int record) {
        while (end - oldest + record > capacity) {
            int first = memory.get(INT, oldestAt + RECORD);
            frames -= memory.get(INT, oldestAt + TAP) == FILLER ? 0 : 1;
            oldest += first;
            oldestAt = oldestAt + first == capacity ? 0 : oldestAt + first;
        }
    }

    /// The place of the oldest frame; [#end] where there is none.
    long oldest() {
        return skipped(oldest);
    }

    /// The place behind the newest frame.
    long end() {
        return end;
    }

    /// The place of the frame after one.
    long after(long place) {
        return skipped(place + memory.get(INT, place % capacity + RECORD));
    }

    private long skipped(long place) {
        return place < end && memory.get(INT, place % capacity + TAP) == FILLER
                ? place + memory.get(INT, place % capacity + RECORD)
                : place;
    }

    /// How many frames there are.
    long frames() {
        return frames;
    }

    long bytes() {
        return end - oldest;
    }

    /// The newest frame of the conversation with this hash, or of another that shares its chain; [#NONE] without one.
    long newest(long hash) {
        return there(newest[(int) hash & CHAINS - 1]);
    }

    /// The frame before one in its chain, or [#NONE].
    long before(long place) {
        return there(memory.get(LONG, place % capacity + BEFORE));
    }

    private long there(long place) {
        return place >= oldest ? place : NONE;
    }

    long atNanos(long place) {
        return memory.get(LONG, place % capacity + NANOS);
    }

    int tap(long place) {
        return memory.get(INT, place % capacity + TAP);
    }

    int length(long place) {
        return memory.get(INT, place % capacity + LENGTH);
    }

    int kept(long place) {
        return memory.get(INT, place % capacity + KEPT);
    }

    /// Where in [#memory] the bytes of a frame begin.
    long bytesAt(long place) {
        return place % capacity + FRAME;
    }

    /// What the frames lie in; to be read only.
    MemorySegment memory() {
        return memory;
    }
}
