package rstprobe.capture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A new file of mode 0600 that grows by whole pcapng blocks, and stays readable whatever happens.
///
/// A block that comes after a quiet moment is written at once. In a burst blocks gather, and a thread that lives only
/// then writes them every [#MAX_DELAY_MILLIS] ms, or whoever fills the 64 KiB. So a killed process loses that much and
/// no more. A write that fails cuts the half-written block off and is final: every later call fails alike.
final class LiveFile implements AutoCloseable {
    /// How long a block may stay unwritten, in milliseconds.
    static final long MAX_DELAY_MILLIS = 100;

    /// How many bytes may stay unwritten.
    static final int MAX_UNWRITTEN_BYTES = 64 << 10;

    /// Blocks closer together than this make a burst, in nanoseconds.
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer unwritten = ByteBuffer.allocate(MAX_UNWRITTEN_BYTES);
    private long length;
    private long lastFlush = System.nanoTime() - QUIET_NANOS;
    private boolean flusherRuns;
    private boolean closed;
    private Optional<CaptureFileFailure> failure = Optional.empty();
    private boolean failureTold;

    private LiveFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static LiveFile create(Path path) throws CaptureFileFailure {
        try {
            return new LiveFile(
                    path,
                    FileChannel.open(
                            path,
                            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        } catch (IOException failed) {
            throw CaptureFileFailure.opening(path, failed);
        }
    }

    /// Appends one whole block.
    synchronized void append(ByteBuffer block) throws CaptureFileFailure {
        check();
        if (block.remaining() > unwritten.remaining()) {
            flush();
        }
        if (block.remaining() > unwritten.remaining()) {
            write(block);
            return;
        }
        unwritten.put(block);
        if (System.nanoTime() - lastFlush >= QUIET_NANOS) {
            flush();
        } else {
            startFlusher();
        }
    }

    /// Hands what is unwritten to the kernel.
    synchronized void flush() throws CaptureFileFailure {
        check();
        if (unwritten.position() > 0) {
            unwritten.flip();
            try {
                write(unwritten);
            } finally {
                unwritten.clear();
            }
        }
        lastFlush = System.nanoTime();
    }

    /// Flushes, forces the file to disk and closes it. A failure that no append has told yet is told here.
    @Override
    public synchronized void close() throws CaptureFileFailure {
        if (closed) {
            return;
        }
        try (channel) {
            if (failure.isEmpty()) {
                flush();
                channel.force(true);
            }
        } catch (CaptureFileFailure known) {
            throw known;
        } catch (IOException failed) {
            throw fail(failed);
        } finally {
            closed = true;
            notifyAll();
        }
        if (failure.isPresent() && !failureTold) {
            throw failure.get();
        }
    }

    private void check() throws CaptureFileFailure {
        if (closed) {
            throw new IllegalStateException(path + " is closed");
        }
        if (failure.isPresent()) {
            failureTold = true;
            throw failure.get();
        }
    }

    private void write(ByteBuffer blocks) throws CaptureFileFailure {
        ByteBuffer all = blocks.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (blocks.hasRemaining()) {
                channel.write(blocks);
            }
            length += all.limit();
        } catch (IOException failed) {
            length += wholeBlocks(all, blocks);
            throw fail(failed);
        }
    }

    /// How many of the bytes that were written belong to blocks that were written to their end.
    private static int wholeBlocks(ByteBuffer all, ByteBuffer rest) {
        int written = all.limit() - rest.remaining();
        int whole = 0;
        while (whole + Pcapng.BLOCK_OVERHEAD <= all.limit() && whole + all.getInt(whole + 4) <= written) {
            whole += all.getInt(whole + 4);
        }
        return whole;
    }

    private CaptureFileFailure fail(IOException cause) {
        CaptureFileFailure failed = CaptureFileFailure.writing(path, cause);
        failure = Optional.of(failed);
        failureTold = true;
        try {
            channel.truncate(length);
        } catch (IOException _) {
            // A reader stops at the half block by itself.
        }
        return failed;
    }

    private void startFlusher() {
        if (!flusherRuns) {
            flusherRuns = true;
            Thread.ofPlatform().daemon().name("capture file").start(this::flushUntilQuiet);
        }
    }

    /// Flushes in turns, and ends with the first turn that finds nothing.
    private synchronized void flushUntilQuiet() {
        try {
            while (!closed && failure.isEmpty() && unwritten.position() > 0) {
                wait(MAX_DELAY_MILLIS);
                if (!closed && failure.isEmpty()) {
                    flush();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (CaptureFileFailure _) {
            // The next append or the close tells it.
            failureTold = false;
        } finally {
            flusherRuns = false;
        }
    }
}
