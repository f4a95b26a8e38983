package rstprobe.analyze;

import java.util.ArrayList;
import java.util.List;

/// Where the frames are that conversations keep: chains of places, in flat arrays that grow by blocks up to a limit.
final class KeptFrames {
    /// No place.
    static final int NONE = -1;

    private static final int BLOCK_SHIFT = 14, BLOCK = 1 << BLOCK_SHIFT;
    private static final int MOST = 4 << 20;
    private static final int FILE_SHIFT = 48;
    private static final int RESET = 1 << 31;

    private final List<long[]> places = new ArrayList<>();
    private final List<int[]> numbers = new ArrayList<>();
    private final List<int[]> nexts = new ArrayList<>();
    private int used;
    private int free = NONE;

    /// A new link of a chain, or [#NONE] where there are too many.
    int add(int file, long recordAt, int number, boolean reset) {
        int link = free;
        if (link != NONE) {
            free = next(link);
        } else if (used == MOST) {
            return NONE;
        } else {
            link = used++;
            if (link >>> BLOCK_SHIFT == places.size()) {
                places.add(new long[BLOCK]);
                numbers.add(new int[BLOCK]);
                nexts.add(new int[BLOCK]);
            }
        }
        places.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1] = place(file, recordAt);
        numbers.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1] = number | (reset ? RESET : 0);
        setNext(link, NONE);
        return link;
    }

    void setNext(int link, int next) {
        nexts.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1] = next;
    }

    int next(int link) {
        return nexts.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1];
    }

    /// Gives one link back.
    void remove(int link) {
        setNext(link, free);
        free = link;
    }

    /// Gives a link and all after it back.
    void removeFrom(int link) {
        for (int at = link; at != NONE; ) {
            int after = next(at);
            remove(at);
            at = after;
        }
    }

    int file(int link) {
        return (int) (place(link) >>> FILE_SHIFT);
    }

    long recordAt(int link) {
        return place(link) & (1L << FILE_SHIFT) - 1;
    }

    /// The file and the byte in one number, which no other frame has.
    long place(int link) {
        return places.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1];
    }

    /// That number of a frame.
    static long place(int file, long recordAt) {
        return (long) file << FILE_SHIFT | recordAt;
    }

    int number(int link) {
        return numbers.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1] & ~RESET;
    }

    boolean isReset(int link) {
        return (numbers.get(link >>> BLOCK_SHIFT)[link & BLOCK - 1] & RESET) != 0;
    }
}
