package rstprobe.analyze;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// Work in numbered pieces that several threads do at a time, and whose results are taken in order.
final class InOrder<R> {
    /// How far a thread may be ahead of what was taken, in pieces of each thread: what is done and waits takes room.
    private static final int AHEAD_EACH = 4;

    /// Takes the result of a piece; calls come in the order of pieces, one at a time.
    @FunctionalInterface
    interface Taker<R> {
        /// @return whether there is to be another one
        boolean take(int piece, R result);
    }

    private final int pieces;
    private final int ahead;
    private final Taker<R> taker;
    private final Map<Integer, R> done = new HashMap<>();
    private int next;
    private int taken;
    private boolean over;
    private Throwable failure;

    private InOrder(int pieces, int threads, Taker<R> taker) {
        this.pieces = pieces;
        this.ahead = threads * AHEAD_EACH;
        this.taker = taker;
    }

    /// Does so many pieces.
    ///
    /// @param workers makes the work of one thread: a piece in, its result out, never null
    static <R> void run(int pieces, int threads, Supplier<IntFunction<R>> workers, Taker<R> taker) {
        InOrder<R> all = new InOrder<>(pieces, threads, taker);
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < Math.min(threads, pieces); i++) {
            others.add(Thread.ofPlatform().daemon().name("scan-" + i).start(() -> all.work(workers.get())));
        }
        all.work(workers.get());
        for (Thread other : others) {
            join(other);
        }
        all.rethrow();
    }

    private void work(IntFunction<R> worker) {
        try {
            for (int piece = claim(); piece >= 0; piece = claim()) {
                finish(piece, worker.apply(piece));
            }
        } catch (RuntimeException | Error failed) {
            fail(failed);
        }
    }

    private synchronized int claim() {
        while (!over && next < pieces && next - taken >= ahead) {
            try {
                wait();
            } catch (InterruptedException _) {
                over = true;
                Thread.currentThread().interrupt();
            }
        }
        return over || next == pieces ? -1 : next++;
    }

    private synchronized void finish(int piece, R result) {
        done.put(piece, result);
        while (!over && done.containsKey(taken)) {
            over = !taker.take(taken, done.remove(taken));
            taken++;
        }
        notifyAll();
    }

    private synchronized void fail(Throwable failed) {
        if (failure == null) {
            failure = failed;
        }
        over = true;
        notifyAll();
    }

    private static void join(Thread other) {
        try {
            other.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void rethrow() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
