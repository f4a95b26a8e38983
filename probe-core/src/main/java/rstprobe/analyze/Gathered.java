package rstprobe.analyze;

import rstprobe.wire.Flags;

/// One conversation of an accused tuple while its frames come by: what is kept of it, and what is counted.
final class Gathered {
    /// Sightings among which a double is looked for.
    private static final int RECENT = 4;

    final int tuple;
    private final KeptFrames kept;
    private final long[] recent = new long[RECENT];
    private boolean firstKnown;
    private boolean secondKnown;
    private int firstBase;
    private int secondBase;
    boolean openingSeen;
    boolean openedByFirst;
    boolean spokenByFirst;
    private boolean spoken;
    int head = KeptFrames.NONE;
    private int tail = KeptFrames.NONE;
    private int lastSettled = KeptFrames.NONE;
    private int settled;
    private int floating;
    private int settling;
    private int resetsKept;
    long frames;
    long resets;
    long duplicates;
    long backwards;
    private long lastNanos = Long.MIN_VALUE;
    private int recentAt;

    Gathered(int tuple, KeptFrames kept) {
        this.tuple = tuple;
        this.kept = kept;
    }

    /// Whether this segment begins another conversation on the same ports.
    boolean endsBefore(int flags, boolean forward, int sequence) {
        boolean opening = (flags & (Flags.SYN | Flags.ACK)) == Flags.SYN;
        return opening
                && StreamRule.isAnother(forward ? firstKnown : secondKnown, forward ? firstBase : secondBase, sequence);
    }

    /// Takes in what a segment of it says.
    void learn(int flags, boolean forward, int sequence, int acknowledgement) {
        if (!spoken) {
            spoken = true;
            spokenByFirst = forward;
        }
        if ((flags & Flags.SYN) != 0 && !openingSeen) {
            openingSeen = true;
            openedByFirst = forward == ((flags & Flags.ACK) == 0);
        }
        learnBase(forward, StreamRule.base(flags, sequence));
        if ((flags & Flags.ACK) != 0) {
            learnBase(!forward, acknowledgement - 1);
        }
    }

    private void learnBase(boolean forward, int base) {
        if (forward && !firstKnown) {
            firstKnown = true;
            firstBase = base;
        } else if (!forward && !secondKnown) {
            secondKnown = true;
            secondBase = base;
        }
    }

    void time(long nanos) {
        backwards += nanos < lastNanos ? 1 : 0;
        lastNanos = nanos;
    }

    /// Counts a double of one of the last few.
    void sighted(long fingerprint) {
        if (fingerprint == 0) {
            return;
        }
        for (long before : recent) {
            if (before == fingerprint) {
                duplicates++;
                return;
            }
        }
        recent[recentAt] = fingerprint;
        recentAt = (recentAt + 1) % RECENT;
    }

    /// Keeps a frame: of the first ones and those around a reset for good, of others as long as a reset may follow.
    ///
    /// @return whether there was room for it
    boolean keep(int file, long recordAt, int number, boolean reset) {
        frames++;
        resets += reset ? 1 : 0;
        int link = kept.add(file, recordAt, number, reset);
        if (link == KeptFrames.NONE) {
            return false;
        }
        if (tail == KeptFrames.NONE) {
            head = link;
        } else {
            kept.setNext(tail, link);
        }
        tail = link;
        if (reset && resetsKept < ScanLimits.MOST_RESETS_KEPT) {
            resetsKept++;
            settle(link);
            settling = ScanLimits.FRAMES_AFTER_RESET;
        } else if (settled < ScanLimits.FIRST_FRAMES && floating == 0) {
            settle(link);
        } else if (settling > 0) {
            settling--;
            settle(link);
        } else {
            drift();
        }
        return true;
    }

    private void settle(int link) {
        settled += floating + 1;
        lastSettled = link;
        floating = 0;
    }

    private void drift() {
        floating++;
        if (floating > ScanLimits.FRAMES_BEFORE_RESET) {
            int oldest = kept.next(lastSettled);
            kept.setNext(lastSettled, kept.next(oldest));
            kept.remove(oldest);
            floating--;
        }
    }

    /// Whether the first of the two endpoints opened it; where that was not seen, the one with the larger port.
    boolean isFirstOurs(TupleKey key) {
        if (openingSeen) {
            return openedByFirst;
        }
        int first = (int) (key.ports >>> 16) & 0xFFFF;
        int second = (int) key.ports & 0xFFFF;
        return first == second ? spokenByFirst : first > second;
    }

    /// Nothing more comes: lets go of what was kept in case of a reset; of all where there was none.
    void close() {
        if (resets == 0) {
            if (head != KeptFrames.NONE) {
                kept.removeFrom(head);
            }
            head = KeptFrames.NONE;
        } else if (floating > 0) {
            kept.removeFrom(kept.next(lastSettled));
            kept.setNext(lastSettled, KeptFrames.NONE);
        }
    }
}
