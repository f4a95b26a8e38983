package rstprobe.record;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.capture.Frame;
import rstprobe.capture.InterfaceFacts;
import rstprobe.capture.PcapngWriter;
import rstprobe.capture.SectionFacts;
import rstprobe.capture.Tap;
import rstprobe.capture.TapFailure;
import rstprobe.capture.TapPlan;
import rstprobe.capture.TapStatistics;

/// The run's capture: every frame goes to the file and to memory.
///
/// A file that cannot be written on ends the file, not the capture: what is in memory still makes the
/// verdict.
final class Ear implements AutoCloseable {
    /// A handshake has some thirty frames; a server that floods us is cut off here, and what is cut off
    /// counts as dropped.
    static final int MAX_FRAMES = 50_000;

    /// No run fills the disk, nor a heap of 128 MiB. A handshake is some 10 KiB.
    static final long MAX_BYTES = 16L << 20;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final PcapngWriter file;
    private final Tap tap;
    private final List<Frame> frames = new ArrayList<>();
    private volatile int interfaceId = -1;
    private long bytes;
    private long refused;
    private boolean closed;
    private Optional<CaptureFileFailure> trouble = Optional.empty();

    private Ear(TapPlan plan, PcapngWriter file) throws TapFailure, CaptureFileFailure {
        this.file = file;
        this.tap = Tap.open(plan, this::take);
        try {
            this.interfaceId = file.addInterface(
                    new InterfaceFacts(plan.interfaceName(), tap.link(), plan.snapLength(), plan.filter()));
        } catch (CaptureFileFailure | RuntimeException failed) {
            tap.close();
            throw failed;
        }
    }

    /// Opens the tap; frames are kept from the moment this returns.
    static Ear open(TapPlan plan, Path captureFile, String kernel, String application) throws CannotProbe {
        try {
            SectionFacts facts = new SectionFacts("Linux " + kernel, System.getProperty("os.arch"), application, "");
            PcapngWriter file = PcapngWriter.create(captureFile, facts);
            boolean opened = false;
            try {
                Ear ear = new Ear(plan, file);
                opened = true;
                return ear;
            } catch (TapFailure failure) {
                throw new CannotProbe(failure.what(), failure.fix());
            } finally {
                if (!opened) {
                    file.close();
                }
            }
        } catch (CaptureFileFailure failure) {
            throw new CannotProbe(failure.getMessage(), "name a folder with space that can be written: --into DIR");
        }
    }

    /// Frames before the interface is described in the file cannot be of ours: nothing has been sent yet.
    private synchronized void take(Frame frame) {
        if (interfaceId < 0 || closed) {
            return;
        }
        if (frames.size() >= MAX_FRAMES || bytes + frame.bytes().length > MAX_BYTES) {
            refused++;
            return;
        }
        Frame numbered = frame.withNumber(frames.size() + 1).withInterface(interfaceId);
        frames.add(numbered);
        bytes += frame.bytes().length;
        write(numbered);
        notifyAll();
    }

    private void write(Frame frame) {
        if (trouble.isPresent()) {
            return;
        }
        try {
            file.write(frame);
        } catch (CaptureFileFailure failed) {
            trouble = Optional.of(failed);
        }
    }

    synchronized List<Frame> frames() {
        return List.copyOf(frames);
    }

    /// How many frames there are.
    synchronized int heard() {
        return frames.size();
    }

    /// The frames after the first `count`; waits for one where there is none yet.
    ///
    /// @return empty when time is up
    synchronized List<Frame> after(int count, long untilNanoTime) throws InterruptedException {
        long left = untilNanoTime - System.nanoTime();
        while (frames.size() <= count && left > 0) {
            wait(left / NANOS_PER_MILLI, (int) (left % NANOS_PER_MILLI));
            left = untilNanoTime - System.nanoTime();
        }
        return List.copyOf(frames.subList(Math.min(count, frames.size()), frames.size()));
    }

    boolean nanoseconds() {
        return tap.nanoseconds();
    }

    /// Frames that were lost until now.
    long dropped() {
        TapStatistics statistics = tap.statistics();
        synchronized (this) {
            return statistics.droppedByKernel() + statistics.droppedByInterface() + refused;
        }
    }

    /// Waits for the last frames, writes the counters and closes the file.
    ///
    /// A tap that ended by itself missed something, so it counts as one lost frame at least.
    ///
    /// @return frames that were lost
    /// @throws IllegalStateException where taking a frame failed; the file is whole up to there, and closed
    long finish(long atNanos) {
        try {
            tap.stop();
        } finally {
            end(tap.statistics(), atNanos);
        }
        return dropped();
    }

    private synchronized void end(TapStatistics statistics, long atNanos) {
        if (closed) {
            return;
        }
        closed = true;
        refused += tap.failure().isPresent() ? 1 : 0;
        try (file) {
            if (trouble.isEmpty()) {
                file.statistics(interfaceId, statistics, atNanos);
            }
        } catch (CaptureFileFailure failed) {
            trouble = trouble.or(() -> Optional.of(failed));
        }
    }

    /// Why the file lacks frames that are in memory; empty where it has them all.
    synchronized Optional<CaptureFileFailure> fileTrouble() {
        return trouble;
    }

    /// Why the tap ended before it was told to.
    Optional<TapFailure> tapTrouble() {
        return tap.failure();
    }

    @Override
    public void close() {
        try {
            tap.close();
        } catch (IllegalStateException _) {
            // Finishing has told that taking a frame failed; whoever only closes has other trouble.
        }
        synchronized (this) {
            if (!closed) {
                closed = true;
                try {
                    file.close();
                } catch (CaptureFileFailure _) {
                    // Every whole frame is in the file already, and whoever closes without finishing has said why.
                    refused++;
                }
            }
        }
    }
}
