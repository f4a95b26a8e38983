package rstprobe.record;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.unix.Errors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.ssh.Message;

/// Hands messages to the kernel: whole through Netty, or cut and paced by our own call with MSG_EOR.
///
/// TCP_NODELAY alone lets the kernel merge waiting bytes once the congestion window is full; MSG_EOR forbids
/// that, so one byte stays one segment. Where we write ourselves, nothing goes through Netty's outbound
/// buffer, or the order would be lost.
final class Sender {
    private static final long RETRY_NANOS = 5_000_000;
    private static final int MAX_QUEUED = 64;

    private final int number;
    private final int fd;
    private final Pace pace;
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final Consumer<Errno> onError;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private Optional<ChannelHandlerContext> channel = Optional.empty();
    private int messages;
    private long offset;
    private boolean running;

    Sender(int number, int fd, Pace pace, LongSupplier now, Consumer<Event> journal, Consumer<Errno> onError) {
        this.number = number;
        this.fd = fd;
        this.pace = pace;
        this.now = now;
        this.journal = journal;
        this.onError = onError;
    }

    void on(ChannelHandlerContext active) {
        channel = Optional.of(active);
    }

    Optional<ChannelHandlerContext> channel() {
        return channel;
    }

    /// What a dead channel is given never leaves, and is not noted as sent.
    void send(Message message) {
        if (!channel.orElseThrow().channel().isActive()) {
            return;
        }
        int index = messages++;
        if (!pace.ownSegments()) {
            noteSent(message);
            channel.orElseThrow()
                    .writeAndFlush(Unpooled.wrappedBuffer(message.bytes()))
                    .addListener((ChannelFutureListener) this::written);
            return;
        }
        if (queue.size() >= MAX_QUEUED) {
            throw new IllegalStateException("more than " + MAX_QUEUED + " messages wait to be sent");
        }
        queue.add(new Waiting(message, pace.bytesFor(index), pace.gapFor(index)));
        if (!running) {
            running = true;
            next();
        }
    }

    /// A write that meets a reset gets the error first, and whoever reads after it sees a plain end.
    private void written(ChannelFuture write) {
        if (write.cause() instanceof Errors.NativeIoException failed) {
            onError.accept(new Errno(Math.abs(failed.expectedErr())));
        }
    }

    /// How long the segments that wait will take to leave.
    long remainingMillis() {
        return queue.stream()
                .mapToLong(waiting -> TimeUnit.NANOSECONDS.toMillis(waiting.gapNanos)
                        * Math.ceilDiv(waiting.message.bytes().length - waiting.done, waiting.segmentBytes))
                .sum();
    }

    private void next() {
        Waiting waiting = queue.peek();
        if (waiting == null) {
            running = false;
            return;
        }
        byte[] bytes = waiting.message.bytes();
        if (!waiting.noted) {
            waiting.noted = true;
            noteSent(waiting.message);
        }
        int length = Math.min(waiting.segmentBytes, bytes.length - waiting.done);
        try {
            int sent = Sockets.sendEndOfRecord(fd, bytes, waiting.done, length);
            waiting.done += sent;
            if (waiting.done == bytes.length) {
                queue.remove();
            }
            later(sent == 0 ? RETRY_NANOS : waiting.gapNanos);
        } catch (LinuxException failed) {
            queue.clear();
            running = false;
            onError.accept(failed.errno());
        }
    }

    private void later(long nanos) {
        ChannelHandlerContext active = channel.orElseThrow();
        if (!active.channel().isOpen()) {
            queue.clear();
            running = false;
            return;
        }
        active.executor().schedule(this::next, nanos, TimeUnit.NANOSECONDS);
    }

    private void noteSent(Message message) {
        int length = message.bytes().length;
        journal.accept(new Event.Sent(now.getAsLong(), number, message.name(), message.stage(), offset, length));
        offset += length;
    }

    /// A message that is being sent.
    private static final class Waiting {
        private final Message message;
        private final int segmentBytes;
        private final long gapNanos;
        private int done;
        private boolean noted;

        private Waiting(Message message, int segmentBytes, long gapNanos) {
            this.message = message;
            this.segmentBytes = segmentBytes;
            this.gapNanos = gapNanos;
        }
    }
}
