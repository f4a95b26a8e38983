package rstprobe.analyze;

import java.util.Arrays;

/// Tuples that one thread has told of: what is in here needs no telling again; what is not may have been told.
final class SeenTuples {
    private static final int FIRST_ROOM = 1 << 12, MOST = 1 << 19;

    /// No row of zeros is a tuple.
    private static final long TAKEN = 1L << 32;

    private long[] pairs = new long[4 * FIRST_ROOM];
    private int size;

    /// Whether a tuple, in the one order that stands for both directions, has been told of; it counts as told now.
    boolean addTold(long addresses, int ports) {
        long second = ports & 0xFFFF_FFFFL | TAKEN;
        int mask = pairs.length - 1;
        int slot = (int) PlainFrame.hash(addresses, ports) << 1 & mask;
        while (pairs[slot + 1] != 0) {
            if (pairs[slot] == addresses && pairs[slot + 1] == second) {
                return true;
            }
            slot = slot + 2 & mask;
        }
        pairs[slot] = addresses;
        pairs[slot + 1] = second;
        size++;
        if (4 * size > pairs.length) {
            grow();
        }
        return false;
    }

    /// The same of a tuple of either family; one of IPv6 is known by its hash, which no file can be made to share.
    boolean addTold(TupleKey key) {
        boolean v6 = key.ports >>> 32 != 0;
        return addTold(v6 ? key.hash : key.firstLow << 32 | key.secondLow & 0xFFFF_FFFFL, (int) key.ports);
    }

    /// Whoever falls out is told of again, which does no harm.
    private void grow() {
        size = 0;
        if (pairs.length < 4 * MOST) {
            pairs = new long[2 * pairs.length];
        } else {
            Arrays.fill(pairs, 0);
        }
    }
}
