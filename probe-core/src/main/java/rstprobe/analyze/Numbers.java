package rstprobe.analyze;

import java.util.Arrays;

/// Rows of long numbers that grow.
final class Numbers {
    private static final int FIRST_ROWS = 256;

    private final int width;
    private long[] all;
    private int length;

    Numbers(int width) {
        this.width = width;
        this.all = new long[FIRST_ROWS * width];
    }

    /// Adds a row of zeros; returns its place in [#array].
    int add() {
        if (length + width > all.length) {
            all = Arrays.copyOf(all, all.length * 2);
        }
        int at = length;
        length += width;
        return at;
    }

    int rows() {
        return length / width;
    }

    int width() {
        return width;
    }

    /// Where the rows are now; another array after [#add].
    long[] array() {
        return all;
    }
}
