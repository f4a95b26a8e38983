package rstprobe.ssh;

import java.util.Arrays;

/// The part of a server's bytes that goes into a report.
final class Samples {
    /// The most bytes of a sample.
    static final int MAXIMUM_BYTES = 256;

    private Samples() {}

    /// The first of these bytes.
    static byte[] of(byte[] bytes) {
        return Arrays.copyOf(bytes, Math.min(bytes.length, MAXIMUM_BYTES));
    }
}
