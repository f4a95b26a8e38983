package rstprobe.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and its kin: the run is stopped, its folder is finished, and only then the process ends, with exit code
/// 130.
///
/// Only what [#during] runs is cut short. What comes before leaves nothing behind, so the process ends at once; what
/// comes after writes the folder, and is waited for.
final class Interruption {
    private static final int GRACE_SECONDS = 5;

    private final CountDownLatch finished = new CountDownLatch(1);
    private Optional<Thread> interruptible = Optional.empty();
    private boolean leavesSomething;
    private boolean happened;

    private Interruption() {}

    /// Work that an interrupt ends.
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /// From now on a signal ends the run in an orderly way.
    static Interruption watch() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "rstprobe-stop"));
        return interruption;
    }

    private void stop() {
        if (finished.getCount() == 0) {
            return;
        }
        if (cutShort()) {
            await();
        } else {
            System.err.println("rstprobe: interrupted before anything was sent");
        }
        Runtime.getRuntime().halt(Exit.INTERRUPTED);
    }

    /// @return whether something is left to be finished
    private synchronized boolean cutShort() {
        happened = true;
        interruptible.ifPresent(Thread::interrupt);
        return leavesSomething;
    }

    private void await() {
        try {
            if (!finished.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("rstprobe: stopped before everything was written");
            }
        } catch (InterruptedException _) {
            System.err.println("rstprobe: stopped before everything was written");
        }
    }

    /// From now on there is something that must be finished.
    synchronized void begin() {
        leavesSomething = true;
    }

    /// Runs what a signal may cut short.
    ///
    /// @throws InterruptedException where it did, or came before
    void during(Work work) throws InterruptedException {
        synchronized (this) {
            if (happened) {
                throw new InterruptedException();
            }
            interruptible = Optional.of(Thread.currentThread());
        }
        try {
            work.run();
        } finally {
            synchronized (this) {
                interruptible = Optional.empty();
                // A signal after the last wait must not disturb what is written next.
                Thread.interrupted();
            }
        }
    }

    /// Whether a signal came.
    synchronized boolean happened() {
        return happened;
    }

    /// Everything is written: the process may end.
    void finished() {
        finished.countDown();
    }
}
