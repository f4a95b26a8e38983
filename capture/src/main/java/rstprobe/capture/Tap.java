package rstprobe.capture;

import java.io.IOException;
import java.sql.Timestamp;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapHandle.BlockingMode;
import org.pcap4j.core.PcapHandle.TimestampPrecision;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapStat;
import rstprobe.linux.Capabilities;
import rstprobe.linux.LinuxException;

/// A live capture on one interface, never promiscuous.
///
/// Once [#open] returns, the kernel keeps every frame that passes the filter, so a connection made next is captured
/// from its first SYN on. Frames reach the sink on the tap's own thread, in the order of capture, numbered from 1. What
/// was captured before [#stop] is called reaches the sink before it returns.
///
/// Safe for use by several threads; the sink itself is called by one.
public final class Tap implements AutoCloseable {
    /// How long [#stop] waits for the sink to take the last frames, in milliseconds.
    private static final long STOP_MILLIS = 2_000;

    /// How long the last frames are looked for in the kernel's buffer on the way out, in nanoseconds.
    private static final long DRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /// How long a frame that is still in the receive path of another CPU is waited for, in nanoseconds.
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /// How many frames one look into the kernel's buffer takes at most on the way out.
    private static final int DRAIN_BATCH = 256;

    private final PcapHandle handle;
    private final String interfaceName;
    private final LinkType link;
    private final FrameSink sink;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Object statisticsLock = new Object();

    private final TapStatistics atOpening;

    // Guarded by statisticsLock.
    private TapStatistics statistics = TapStatistics.NONE;
    private boolean closed;

    private volatile Optional<TapFailure> failure = Optional.empty();
    private volatile Optional<Throwable> mistake = Optional.empty();
    private final AtomicBoolean stopping = new AtomicBoolean();

    // Touched by the tap's thread alone.
    private int frames;
    private boolean deaf;

    private Tap(PcapHandle handle, TapPlan plan, FrameSink sink) {
        this.handle = handle;
        this.interfaceName = plan.interfaceName();
        this.link = new LinkType(handle.getDlt().value());
        this.sink = sink;
        this.atOpening = counters().orElse(TapStatistics.NONE);
        this.thread = Thread.ofPlatform().daemon().name("tap " + interfaceName).unstarted(this::run);
    }

    /// Loads libpcap. [#open] does so by itself; calling this on another thread while names are resolved takes the
    /// time for it out of the way.
    ///
    /// @throws TapFailure if there is no libpcap
    public static void load() throws TapFailure {
        PcapHandles.load();
    }

    /// Opens a tap; it is live when this returns.
    ///
    /// @throws TapFailure if the machine does not let it, with the reason and what mends it
    public static Tap open(TapPlan plan, FrameSink sink) throws TapFailure {
        Objects.requireNonNull(sink);
        Tap tap = new Tap(PcapHandles.open(plan), plan, sink);
        tap.thread.start();
        return tap;
    }

    /// What its frames begin with.
    public LinkType link() {
        return link;
    }

    /// Whether its times are exact to the nanosecond; otherwise to the microsecond.
    public boolean nanoseconds() {
        return handle.getTimestampPrecision() == TimestampPrecision.NANO;
    }

    /// Why the capture ended by itself, if it did.
    public Optional<TapFailure> failure() {
        return failure;
    }

    /// What it saw and lost so far, or in all once it ended.
    public TapStatistics statistics() {
        synchronized (statisticsLock) {
            if (!closed) {
                readStatistics();
            }
            return statistics;
        }
    }

    /// Ends the capture when every frame of before this call is with the sink, and says what it saw and lost. At most
    /// about [#STOP_MILLIS] ms pass, whatever the sink does. A second call says the same again.
    ///
    /// Where the sink is too slow for that, [#failure()] says so.
    ///
    /// @throws IllegalStateException if the sink threw an unchecked exception, which is then its cause
    public TapStatistics stop() {
        // A second break would end the drain that the first one began.
        if (stopping.compareAndSet(false, true)) {
            breakLoop();
        }
        if (!joined()) {
            tooSlow();
        }
        mistake.ifPresent(thrown -> {
            throw new IllegalStateException("the sink of the tap failed", thrown);
        });
        return statistics();
    }

    /// As [#stop].
    @Override
    public void close() {
        stop();
    }

    /// The handle is open, so this thread needs no privilege any more to look at what strangers send.
    private void run() {
        try {
            Capabilities.dropOnThisThread(Set.of());
            handle.loop(-1, this::take);
        } catch (InterruptedException _) {
            drain();
        } catch (PcapNativeException failed) {
            failure = Optional.of(PcapHandles.ended(interfaceName, failed));
        } catch (LinuxException failed) {
            failure = Optional.of(new TapFailure(
                    TapFailure.Kind.OTHER,
                    "the tap could not give up its privileges: " + failed.getMessage(),
                    "run it as root"));
        } catch (NotOpenException impossible) {
            throw new AssertionError("only this thread closes the handle", impossible);
        } finally {
            closeHandle();
        }
    }

    /// Hands one frame on. It is called from C, where an exception would be lost: none may leave it.
    private void take(byte[] bytes) {
        if (deaf) {
            return;
        }
        try {
            frames++;
            sink.take(new Frame(frames, nanos(handle.getTimestamp()), link, bytes, handle.getOriginalLength(), 0));
        } catch (IOException refused) {
            failure = Optional.of(new TapFailure(
                    TapFailure.Kind.SINK,
                    "frame " + frames + " could not be kept: " + refused.getMessage(),
                    "make room and run again",
                    refused));
            turnDeaf();
        } catch (RuntimeException | Error thrown) {
            mistake = Optional.of(thrown);
            turnDeaf();
        }
    }

    private void turnDeaf() {
        deaf = true;
        breakLoop();
    }

    private static long nanos(Timestamp at) {
        return Math.floorDiv(at.getTime(), 1_000L) * 1_000_000_000L + at.getNanos();
    }

    /// Takes what the kernel's buffer still holds. Only the first call can find much; the second finds the frame that
    /// another CPU was just putting there.
    private void drain() {
        if (deaf) {
            return;
        }
        try {
            handle.setBlockingMode(BlockingMode.NONBLOCKING);
            long start = System.nanoTime();
            takeWhatIsThere(start);
            LockSupport.parkNanos(GRACE_NANOS);
            takeWhatIsThere(start);
        } catch (PcapNativeException failed) {
            failure = Optional.of(PcapHandles.ended(interfaceName, failed));
        } catch (InterruptedException | NotOpenException _) {
            // The sink refused a frame meanwhile, and the failure says so.
        }
    }

    private void takeWhatIsThere(long start) throws PcapNativeException, InterruptedException, NotOpenException {
        while (handle.dispatch(DRAIN_BATCH, this::take) > 0) {
            if (System.nanoTime() - start > DRAIN_NANOS) {
                tooSlow();
                return;
            }
        }
    }

    private void tooSlow() {
        if (failure.isEmpty()) {
            failure = Optional.of(new TapFailure(
                    TapFailure.Kind.SINK,
                    "the last frames on " + interfaceName + " were not kept: taking them took too long",
                    "run again when the machine is less busy"));
        }
    }

    private void closeHandle() {
        synchronized (statisticsLock) {
            readStatistics();
            closed = true;
        }
        ended.countDown();
        // Giving the ring back takes the kernel some 20 ms, for which nobody needs to wait.
        handle.close();
    }

    /// Counts from the opening on: what came before the filter was set is no loss of ours.
    private void readStatistics() {
        counters().ifPresent(now -> statistics = now.since(atOpening));
    }

    /// The kernel's counters; they outlive the interface, since they belong to the socket.
    private Optional<TapStatistics> counters() {
        try {
            PcapStat now = handle.getStats();
            return Optional.of(new TapStatistics(
                    now.getNumPacketsReceived(), now.getNumPacketsDropped(), now.getNumPacketsDroppedByIf()));
        } catch (PcapNativeException | NotOpenException _) {
            return Optional.empty();
        }
    }

    private void breakLoop() {
        try {
            handle.breakLoop();
        } catch (NotOpenException _) {
            // It ended already.
        }
    }

    /// Waits for the tap's thread, unless it is the sink that stops its own tap.
    private boolean joined() {
        if (Thread.currentThread() == thread) {
            return true;
        }
        boolean done = false;
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
        boolean waiting = true;
        while (waiting) {
            try {
                done = ended.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                waiting = false;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done;
    }
}
