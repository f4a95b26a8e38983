package rstprobe.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The wall clock and the monotonic clock at one moment, to align a capture's stamps with our own events.
///
/// @param realtimeNanos nanoseconds since 1970 (`CLOCK_REALTIME`)
/// @param monotonicNanos the same moment on `CLOCK_MONOTONIC`, which is what [System#nanoTime] reads on Linux
/// @param uncertaintyNanos the two moments are no further apart than this
public record ClockPair(long realtimeNanos, long monotonicNanos, long uncertaintyNanos) {
    /// Readings of which the tightest is kept: a preempted one is wide.
    static final int READINGS = 8;

    private static final int CLOCK_REALTIME = 0;
    private static final int CLOCK_MONOTONIC = 1;
    private static final long SECOND = 1_000_000_000L;

    /// Reads the wall clock between two readings of the monotonic clock, several times, and keeps the tightest.
    public static ClockPair read() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, Long.BYTES);
            ClockPair tightest = bracket(time);
            for (int i = 1; i < READINGS; i++) {
                ClockPair next = bracket(time);
                tightest = next.uncertaintyNanos < tightest.uncertaintyNanos ? next : tightest;
            }
            return tightest;
        }
    }

    private static ClockPair bracket(MemorySegment time) throws LinuxException {
        long before = nanos(CLOCK_MONOTONIC, time);
        long realtime = nanos(CLOCK_REALTIME, time);
        long half = (nanos(CLOCK_MONOTONIC, time) - before + 1) / 2;
        return new ClockPair(realtime, before + half, half);
    }

    private static long nanos(int clock, MemorySegment time) throws LinuxException {
        LinuxException.check("clock_gettime", Libc.clock_gettime(clock, time));
        return time.get(JAVA_LONG, 0) * SECOND + time.get(JAVA_LONG, 8);
    }

    /// Turns a wall-clock stamp from near this moment into monotonic time.
    public long toMonotonic(long realtimeStampNanos) {
        return monotonicNanos + (realtimeStampNanos - realtimeNanos);
    }

    /// Turns a monotonic stamp from near this moment into wall-clock time.
    public long toRealtime(long monotonicStampNanos) {
        return realtimeNanos + (monotonicStampNanos - monotonicNanos);
    }
}
