package rstprobe.linux;

import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor and the duty to close it. Closing twice, or after [#release], does nothing.
public final class Descriptor implements AutoCloseable {
    private static final int GONE = -1;

    private final AtomicInteger number;

    /// Takes over an open descriptor.
    public Descriptor(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a file descriptor: " + number);
        }
        this.number = new AtomicInteger(number);
    }

    /// The descriptor's number.
    ///
    /// @throws IllegalStateException once closed or released: the kernel may have given the number to another file
    public int number() {
        int open = number.get();
        if (open == GONE) {
            throw new IllegalStateException("descriptor is closed or released");
        }
        return open;
    }

    /// Hands the descriptor and the duty to close it to the caller.
    public int release() {
        int open = number.getAndSet(GONE);
        if (open == GONE) {
            throw new IllegalStateException("descriptor is closed or released");
        }
        return open;
    }

    /// Closes the descriptor. What `close` reports is of no use here: Linux frees the number in any case.
    @Override
    public void close() {
        int open = number.getAndSet(GONE);
        if (open != GONE) {
            Libc.close(open);
        }
    }
}
