package rstprobe.analyze;

import java.util.Arrays;

/// Tuples that one thread has told of before: what is in here needs no telling again, what is not may have been told.
///
/// Two numbers each: of IPv4 they are the tuple, of IPv6 two hashes of it that no file can be made for.
final class SeenTuples {
    private static final int FIRST_ROOM = 1 << 12, MOST = 1 << 18;
    private static final int FLAGS_SHIFT = 48;
    private static final long TUPLE = (1L << FLAGS_SHIFT) - 1;
    private static final long V6 = 1L << 63;

    private long[] pairs = new long[4 * FIRST_ROOM];
    private int size;

    /// Whether this direction, with or without an acknowledgement, has been told of; it counts as told now.
    boolean addTold(TupleKey key, int way) {
        long first = key.firstLow << 16 & TUPLE | key.ports >>> 16 & 0xFFFF;
        long second = key.secondLow << 16 & TUPLE | key.ports & 0xFFFF;
        long mark = 1L << FLAGS_SHIFT + way;
        if ((key.ports >>> 32) != 0) {
            first = (key.hash ^ key.firstHigh * 31 + key.secondLow) & TUPLE;
            second = (key.hash * 0x9E37_79B9_7F4A_7C15L ^ key.secondHigh * 31 + key.firstLow) & TUPLE | V6;
        }
        int mask = pairs.length / 2 - 1;
        int slot = (int) key.hash & mask;
        while (pairs[2 * slot] != 0) {
            long held = pairs[2 * slot];
            if ((held & TUPLE) == first && pairs[2 * slot + 1] == second) {
                pairs[2 * slot] = held | mark;
                return (held & mark) != 0;
            }
            slot = slot + 1 & mask;
        }
        pairs[2 * slot] = first | mark;
        pairs[2 * slot + 1] = second;
        size++;
        if (2 * size > pairs.length / 2) {
            grow();
        }
        return false;
    }

    private void grow() {
        if (size > MOST) {
            Arrays.fill(pairs, 0);
            size = 0;
            return;
        }
        // Whoever falls out is told of again, which does no harm.
        pairs = new long[2 * pairs.length];
        size = 0;
    }
}
