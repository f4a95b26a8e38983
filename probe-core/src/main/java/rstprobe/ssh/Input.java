package rstprobe.ssh;

import java.util.Objects;
import java.util.Optional;

/// What the connection did. FIN, reset, local error and silence are four inputs: they are four different findings.
public sealed interface Input {
    /// When it was seen, in nanoseconds of the recording's clock.
    long atNanos();

    /// The TCP connection stands.
    record Connected(long atNanos) implements Input {}

    /// Bytes came, in stream order; how they are cut into pieces means nothing.
    record Received(byte[] bytes, long atNanos) implements Input {
        public Received {
            Objects.requireNonNull(bytes);
        }
    }

    /// The server's FIN came.
    record Closed(long atNanos) implements Input {}

    /// A reset came.
    record Reset(long atNanos) implements Input {}

    /// Our own side failed; `errno` is its name, such as `EHOSTUNREACH`.
    record Failed(String errno, long atNanos) implements Input {
        public Failed {
            Objects.requireNonNull(errno);
        }
    }

    /// The wait for the present stage ran out.
    record Silence(long atNanos) implements Input {}

    /// A login that is only held shall ask the server whether the connection is still there.
    record Question(long atNanos) implements Input {}

    /// A login that is only held shall end.
    record Leaving(long atNanos) implements Input {}

    /// The signature that a login waited for was made, or was not.
    ///
    /// @param signature as RFC 4253 §6.6 encodes it; empty where nobody made it
    record Signed(Optional<byte[]> signature, long atNanos) implements Input {
        public Signed {
            Objects.requireNonNull(signature);
        }
    }
}
