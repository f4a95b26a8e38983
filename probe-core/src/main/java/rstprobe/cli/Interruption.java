package rstprobe.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and its kin: the run is stopped, its folder is finished, and only then the process ends, with exit code
/// 130.
final class Interruption {
    private static final int GRACE_SECONDS = 5;

    private final Thread run = Thread.currentThread();
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean happened;

    /// From now on a signal interrupts the calling thread.
    static Interruption watch() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "rstprobe-stop"));
        return interruption;
    }

    private void stop() {
        if (finished.getCount() == 0) {
            return;
        }
        happened = true;
        run.interrupt();
        try {
            if (!finished.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("rstprobe: stopped before everything was written");
            }
        } catch (InterruptedException _) {
            System.err.println("rstprobe: stopped before everything was written");
        }
        Runtime.getRuntime().halt(Exit.INTERRUPTED);
    }

    /// Whether a signal came.
    boolean happened() {
        return happened;
    }

    /// Everything is written: the process may end.
    void finished() {
        finished.countDown();
    }
}
