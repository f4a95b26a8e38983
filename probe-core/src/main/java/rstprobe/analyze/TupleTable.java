package rstprobe.analyze;

import java.util.Arrays;

/// 4-tuples, numbered from 0 as they come, at most a stated number of them; in flat arrays. Beside each there is room
/// for a few numbers of whoever uses it.
final class TupleTable {
    private static final int FIRST_ROOM = 1 << 10;

    private final int most;
    private final int width;
    private int[] slots;
    private long[] rows;
    private int size;

    /// @param most          how many there may be
    /// @param numbersBeside how many numbers belong to each
    /// @param expected      for how many there is room at once; it grows beyond
    TupleTable(int most, int numbersBeside, long expected) {
        int room = Math.clamp(expected, FIRST_ROOM, Math.max(FIRST_ROOM, most));
        this.most = most;
        this.slots = new int[Integer.highestOneBit(2 * room - 1) << 1];
        this.width = TupleKey.LONGS + numbersBeside;
        this.rows = new long[room * width];
    }

    /// Where the numbers beside a tuple begin in [#rows].
    int beside(int number) {
        return number * width + TupleKey.LONGS;
    }

    /// The array they are in; another one after [#add].
    long[] rows() {
        return rows;
    }

    int size() {
        return size;
    }

    /// The number of a tuple, or -1.
    int find(TupleKey key) {
        int mask = slots.length - 1;
        for (int slot = (int) key.hash & mask; slots[slot] != 0; slot = slot + 1 & mask) {
            int number = slots[slot] - 1;
            if (key.isAt(rows, number * width)) {
                return number;
            }
        }
        return -1;
    }

    /// Puts in a tuple that is not there.
    ///
    /// @return its number, or -1 where the table is full
    int add(TupleKey key) {
        if (size == most) {
            return -1;
        }
        if (2 * (size + 1) > slots.length) {
            grow();
        }
        if ((size + 1) * width > rows.length) {
            rows = Arrays.copyOf(rows, rows.length + rows.length / 2);
        }
        key.put(rows, size * width);
        slots[freeSlot(key)] = ++size;
        return size - 1;
    }

    /// Sets a key to the tuple of a number.
    void get(int number, TupleKey into) {
        into.set(rows, number * width);
    }

    private void grow() {
        slots = new int[slots.length * 2];
        TupleKey key = new TupleKey();
        for (int number = 0; number < size; number++) {
            get(number, key);
            slots[freeSlot(key)] = number + 1;
        }
    }

    private int freeSlot(TupleKey key) {
        int mask = slots.length - 1;
        int slot = (int) key.hash & mask;
        while (slots[slot] != 0) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
