package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import rstprobe.capture.Frame;

/// What the taps of a sweep hear, until the one thread that drives all surveys takes it.
final class SweepEar {
    /// A second of them at 100 Mbit/s; more than that is not kept, and counts as lost.
    private static final int MOST_FRAMES = 16_384;

    private static final int MOST_AT_ONCE = 512;

    private final ArrayBlockingQueue<Frame> frames = new ArrayBlockingQueue<>(MOST_FRAMES);
    private final AtomicLong refused = new AtomicLong();

    /// Takes a frame of any tap, on that tap's thread.
    void take(Frame frame) {
        if (!frames.offer(frame)) {
            refused.incrementAndGet();
        }
    }

    /// The frames that came since; waits for one where there is none yet.
    ///
    /// @return empty when time is up
    List<Frame> news(long patienceNanos) throws InterruptedException {
        List<Frame> news = new ArrayList<>();
        if (frames.drainTo(news, MOST_AT_ONCE) == 0) {
            Frame first = frames.poll(Math.max(0, patienceNanos), TimeUnit.NANOSECONDS);
            if (first != null) {
                news.add(first);
                frames.drainTo(news, MOST_AT_ONCE);
            }
        }
        return news;
    }

    /// Frames for which there was no room.
    long refused() {
        return refused.get();
    }
}
