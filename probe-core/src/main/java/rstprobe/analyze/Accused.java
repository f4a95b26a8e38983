package rstprobe.analyze;

/// The tuples that held a reset, and a quick way to tell that another did not.
final class Accused {
    /// Bits of the sieve for each tuple: one in thirty-two others gets through it.
    private static final int BITS_EACH = 32;

    private static final int MOST_SIEVE_BITS = 1 << 23;

    private final TupleTable tuples = new TupleTable(ScanLimits.MOST_ACCUSED, 0, 0);
    private long[] sieve = {0};
    private long unheard;

    /// Adds a tuple unless it is there, or there are too many.
    void add(TupleKey key) {
        if (tuples.find(key) < 0 && tuples.add(key) < 0) {
            unheard++;
        }
    }

    int size() {
        return tuples.size();
    }

    /// Resets of tuples for which there was no room.
    long unheard() {
        return unheard;
    }

    /// Makes the sieve; nothing may be added any more.
    void close() {
        long wanted = (long) tuples.size() * BITS_EACH;
        int bits = (int) Math.min(MOST_SIEVE_BITS, Math.max(64, Long.highestOneBit(wanted) << 1));
        sieve = new long[bits / 64];
        TupleKey key = new TupleKey();
        for (int number = 0; number < tuples.size(); number++) {
            tuples.get(number, key);
            sieve[word(key.hash)] |= 1L << bit(key.hash);
        }
    }

    /// The number of a tuple, or -1.
    int find(TupleKey key) {
        return isPossible(key.hash) ? tuples.find(key) : -1;
    }

    /// Whether a tuple of such a hash may be among them.
    boolean isPossible(long hash) {
        return (sieve[word(hash)] >>> bit(hash) & 1) != 0;
    }

    void get(int number, TupleKey into) {
        tuples.get(number, into);
    }

    private int word(long hash) {
        return (int) (hash >>> 38) & sieve.length - 1;
    }

    private static int bit(long hash) {
        return (int) (hash >>> 32) & 63;
    }
}
