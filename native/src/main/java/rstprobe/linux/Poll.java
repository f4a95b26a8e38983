package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/// Waits for descriptors, the only place in this package where a thread waits.
///
/// A thread inside the kernel does not see [Thread#interrupt], so a wait is cut into slices of [#SLICE].
final class Poll {
    static final Duration SLICE = Duration.ofMillis(100);
    static final short IN = 1;
    static final short OUT = 4;

    /// Bytes of a `struct pollfd`: fd at 0, events at 4, revents at 6.
    private static final int POLLFD = 8;
    /// Bytes of a `struct timespec`.
    private static final int TIMESPEC = 16;

    private Poll() {}

    /// Waits for one descriptor.
    ///
    /// @return its `revents`; 0 when time is up
    static int one(int fd, short events, Duration timeout) throws IOException {
        return many(new int[] {fd}, events, timeout)[0];
    }

    /// Waits until at least one descriptor is ready.
    ///
    /// @return their `revents`, in order; all 0 when time is up
    static short[] many(int[] fds, short events, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + nanos(timeout);
        short[] ready = new short[fds.length];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment polled = arena.allocate(Math.max(1, POLLFD * fds.length), Long.BYTES);
            MemorySegment slice = arena.allocate(TIMESPEC, Long.BYTES);
            for (int i = 0; i < fds.length; i++) {
                polled.set(JAVA_INT, (long) POLLFD * i, fds[i]);
                polled.set(JAVA_SHORT, (long) POLLFD * i + 4, events);
            }
            long left;
            do {
                left = Math.max(0, deadline - System.nanoTime());
                slice.set(JAVA_LONG, 8, Math.min(left, SLICE.toNanos()));
                int count = Libc.ppoll(polled, fds.length, slice);
                if (count != -Errno.EINTR.number() && LinuxException.check("ppoll", count) > 0) {
                    for (int i = 0; i < fds.length; i++) {
                        ready[i] = polled.get(JAVA_SHORT, (long) POLLFD * i + 6);
                    }
                    return ready;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while waiting for a descriptor");
                }
            } while (left > 0);
            return ready;
        }
    }

    /// A duration in nanoseconds; one too long for that is three years.
    static long nanos(Duration timeout) {
        Duration longest = Duration.ofDays(1000);
        return (timeout.compareTo(longest) > 0 ? longest : timeout).toNanos();
    }
}
