package rstprobe.analyze;

import java.util.Arrays;

/// Tuples of which this stretch has told what a conversation is known by: what is in here needs no telling again; what
/// is not may have been told all the same, which does no harm.
///
/// Four to a line of the processor's cache, the oldest of them giving way. It grows only where more conversations than
/// it holds are under way at a time: small enough for the cache it costs a few nanoseconds, beyond that ten times more.
final class SeenTuples {
    private static final int EACH_LINE = 8, FIRST_LINES = 1 << 13, MOST_LINES = 1 << 17;

    /// How many lookups make a span, and how many of them may find nothing before there are more lines.
    private static final int SPAN = 1 << 16, MOST_MISSED = SPAN >> 3;

    /// No row of zeros is a tuple.
    private static final long TAKEN = 1L << 32;

    private long[] pairs = new long[FIRST_LINES * EACH_LINE];
    private int lookups;
    private int missed;

    /// Whether a tuple, in the one order that stands for both directions, has been told of; it counts as told now.
    boolean addTold(long addresses, int ports) {
        long second = ports & 0xFFFF_FFFFL | TAKEN;
        if (++lookups == SPAN) {
            endSpan();
        }
        int mask = pairs.length - 1;
        int line = (int) PlainFrame.hash(addresses, ports) * EACH_LINE & mask;
        for (int at = line; at < line + EACH_LINE; at += 2) {
            if (pairs[at] == addresses && pairs[at + 1] == second) {
                return true;
            }
        }
        put(line, addresses, second);
        return false;
    }

    private void put(int line, long addresses, long second) {
        missed++;
        System.arraycopy(pairs, line, pairs, line + 2, EACH_LINE - 2);
        pairs[line] = addresses;
        pairs[line + 1] = second;
    }

    /// Forgets all, where another stretch begins: nobody knows what happened in between.
    void forget() {
        Arrays.fill(pairs, 0);
    }

    /// Forgets a tuple, of which another conversation may begin.
    void forget(TupleKey key) {
        long addresses = addresses(key);
        int line = (int) PlainFrame.hash(addresses, (int) key.ports) * EACH_LINE & pairs.length - 1;
        for (int at = line; at < line + EACH_LINE; at += 2) {
            if (pairs[at] == addresses && pairs[at + 1] == (key.ports & 0xFFFF_FFFFL | TAKEN)) {
                pairs[at] = 0;
                pairs[at + 1] = 0;
            }
        }
    }

    private void endSpan() {
        if (missed > MOST_MISSED && pairs.length < MOST_LINES * EACH_LINE) {
            pairs = new long[pairs.length * 2];
        }
        lookups = 0;
        missed = 0;
    }

    /// The same of a tuple of either family; one of IPv6 is known by its hash, which no file can be made to share.
    boolean addTold(TupleKey key) {
        return addTold(addresses(key), (int) key.ports);
    }

    private static long addresses(TupleKey key) {
        boolean v6 = key.ports >>> 32 != 0;
        return v6 ? key.hash : key.firstLow << 32 | key.secondLow & 0xFFFF_FFFFL;
    }
}
