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

    /// Of a link: its place; then the link after it and, in the lower half, its frame's number and whether that is a
    /// reset. Both lie in one line of the processor's cache.
    private static final int PLACE = 0, CHAINED = 1, WIDTH = 2;
    private static final long RESET = 1L << 31, NUMBER = RESET - 1, LOWER = 0xFFFF_FFFFL;

    private final List<long[]> blocks = new ArrayList<>();
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
            if (link >>> BLOCK_SHIFT == blocks.size()) {
                blocks.add(new long[BLOCK * WIDTH]);
            }
        }
        long[] block = block(link);
        block[row(link) + PLACE] = place(file, recordAt);
        block[row(link) + CHAINED] = (long) NONE << Integer.SIZE | number | (reset ? RESET : 0);
        return link;
    }

    private long[] block(int link) {
        return blocks.get(link >>> BLOCK_SHIFT);
    }

    private static int row(int link) {
        return (link & BLOCK - 1) * WIDTH;
    }

    private long chained(int link) {
        return block(link)[row(link) + CHAINED];
    }

    void setNext(int link, int next) {
        block(link)[row(link) + CHAINED] = (long) next << Integer.SIZE | chained(link) & LOWER;
    }

    int next(int link) {
        return (int) (chained(link) >> Integer.SIZE);
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
        return block(link)[row(link) + PLACE];
    }

    /// That number of a frame.
    static long place(int file, long recordAt) {
        return (long) file << FILE_SHIFT | recordAt;
    }

    int number(int link) {
        return (int) (chained(link) & NUMBER);
    }

    boolean isReset(int link) {
        return (chained(link) & RESET) != 0;
    }
}
