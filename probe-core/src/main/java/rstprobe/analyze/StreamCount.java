package rstprobe.analyze;

import java.util.Arrays;
import rstprobe.wire.Flags;

/// Counts the TCP conversations of one file as Wireshark numbers streams: a 4-tuple is one, and a SYN on the same ports
/// begins another if its sequence number is another one.
///
/// The number known at a time is bounded; beyond it those that ended make room, then those that were silent longest.
final class StreamCount {
    /// Beside each tuple: the first sequence numbers of both sides; when it was last seen, and its state.
    private static final int BESIDE = 2;

    /// Whether these numbers are known, and whether it has ended.
    private static final long FIRST_KNOWN = 1, SECOND_KNOWN = 2, ENDED = 4, STATE = 7;

    private static final int SEEN_SHIFT = 3;
    private static final int NUMBER_BITS = 24;

    private final int most;
    private TupleTable tuples;
    private long now;
    private long streams;
    private long letGo;

    /// @param most     how many conversations are known at a time
    /// @param expected how many there may be, as far as the file's length tells
    StreamCount(int most, long expected) {
        this.most = most;
        this.tuples = new TupleTable(most, BESIDE, expected);
    }

    long streams() {
        return streams;
    }

    /// Conversations that were forgotten to make room; one that goes on afterwards is counted again.
    long letGo() {
        return letGo;
    }

    /// Takes in a segment.
    void on(TupleKey key, int flags, int sequence, int acknowledgement) {
        int number = tuples.find(key);
        if (number < 0) {
            number = opened(key);
            streams++;
        }
        long[] rows = tuples.rows();
        int at = tuples.beside(number);
        long bases = rows[at];
        long state = rows[at + 1] & STATE;
        boolean known = (state & known(key.forward)) != 0;
        boolean opening = (flags & (Flags.SYN | Flags.ACK)) == Flags.SYN;
        if (opening && StreamRule.isAnother(known, base(bases, key.forward), sequence)) {
            streams++;
            state = 0;
            known = false;
        }
        if (!known) {
            bases = with(bases, key.forward, StreamRule.base(flags, sequence));
        }
        if ((flags & Flags.ACK) != 0 && (state & known(!key.forward)) == 0) {
            bases = with(bases, !key.forward, acknowledgement - 1);
            state |= known(!key.forward);
        }
        state |= known(key.forward) | ((flags & (Flags.FIN | Flags.RST)) != 0 ? ENDED : 0);
        rows[at] = bases;
        rows[at + 1] = now++ << SEEN_SHIFT | state;
    }

    private static long known(boolean forward) {
        return forward ? FIRST_KNOWN : SECOND_KNOWN;
    }

    private static int base(long bases, boolean forward) {
        return (int) (forward ? bases >>> 32 : bases);
    }

    private static long with(long bases, boolean forward, int base) {
        return forward ? bases & 0xFFFF_FFFFL | (long) base << 32 : bases & ~0xFFFF_FFFFL | base & 0xFFFF_FFFFL;
    }

    private int opened(TupleKey key) {
        int number = tuples.add(key);
        if (number < 0) {
            makeRoom();
            number = tuples.add(key);
        }
        Arrays.fill(tuples.rows(), tuples.beside(number), tuples.beside(number) + BESIDE, 0);
        return number;
    }

    /// Forgets half of all: those that ended first, then those silent the longest.
    private void makeRoom() {
        int size = tuples.size();
        long[] order = new long[size];
        for (int number = 0; number < size; number++) {
            long state = tuples.rows()[tuples.beside(number) + 1];
            long age = Math.min(now - (state >>> SEEN_SHIFT), 0xFFFF_FFFFL);
            order[number] = ((state & ENDED) != 0 ? 0 : 1L << 62) | 0xFFFF_FFFFL - age << NUMBER_BITS | number;
        }
        Arrays.sort(order);
        TupleTable kept = new TupleTable(most, BESIDE, most);
        TupleKey key = new TupleKey();
        for (int i = size / 2; i < size; i++) {
            int number = (int) order[i] & (1 << NUMBER_BITS) - 1;
            tuples.get(number, key);
            int place = kept.add(key);
            System.arraycopy(tuples.rows(), tuples.beside(number), kept.rows(), kept.beside(place), BESIDE);
        }
        letGo += size / 2;
        tuples = kept;
    }
}
