package rstprobe.record;

import java.util.List;
import java.util.OptionalInt;

/// Hands frames to a link in their order, and tells a queue that is full from frames that are too long for the link.
///
/// Linux says `ENOBUFS` of both: a veth whose peer has a smaller MTU takes every frame up to that, and refuses each
/// longer one as long as it is tried. A queue that is full takes anything after a while. So a frame that was refused
/// for long enough is given up, as lost as if the link had swallowed it; and where waiting turns out to help after
/// all, nothing that was given up was a matter of length, and the probing ends.
final class LinkQueue {
    /// A frame that was refused so often, each time a little later, is given up.
    static final int REFUSALS = 20;
    /// So many with nothing taken between them end it. No round has a hundred frames of different lengths.
    static final int MOST_REFUSALS = 100 * REFUSALS;

    private static final String FULL = "the link's queue is full";

    private final Link link;
    private final Runnable pause;
    private int tooLong = Integer.MAX_VALUE;
    private int refusedInARow;

    /// What takes frames, as many as it has room for.
    interface Link {
        /// @return how many of them it took, from the first on
        int take(List<byte[]> frames) throws NotPossibleHere;
    }

    /// @param pause waits a little, so that a queue can drain
    LinkQueue(Link link, Runnable pause) {
        this.link = link;
        this.pause = pause;
    }

    /// Hands them over; what is given up counts as sent.
    ///
    /// @throws NotPossibleHere where the queue is full and stays so
    void send(List<byte[]> frames) throws NotPossibleHere {
        int gone = 0;
        int refusals = 0;
        while (gone < frames.size()) {
            int taken = link.take(frames.subList(gone, frames.size()));
            if (taken > 0) {
                took(frames.subList(gone, gone + taken), refusals);
                gone += taken;
                refusals = 0;
            } else if (++refusedInARow >= MOST_REFUSALS) {
                throw new NotPossibleHere(FULL);
            } else if (++refusals >= REFUSALS || frames.get(gone).length >= tooLong) {
                tooLong = Math.min(tooLong, frames.get(gone).length);
                gone++;
                refusals = 0;
            } else {
                pause.run();
            }
        }
    }

    /// @param refusals how often the first of them was refused before
    private void took(List<byte[]> frames, int refusals) throws NotPossibleHere {
        refusedInARow = 0;
        boolean waitingHelped = refusals > 0;
        boolean longer = frames.stream().anyMatch(frame -> frame.length >= tooLong);
        if (tooLong < Integer.MAX_VALUE && (waitingHelped || longer)) {
            tooLong = Integer.MAX_VALUE;
            throw new NotPossibleHere(FULL);
        }
    }

    /// The shortest frame that was given up, in bytes.
    OptionalInt tooLong() {
        return tooLong == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(tooLong);
    }
}
