package rstprobe.ssh;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Reads up to the server's identification, byte by byte: lines, of which the first that begins with `SSH-` counts
/// (RFC 4253 §4.2). Its limits are those of OpenSSH's client.
final class IdentificationReader {
    /// The longest line read, in bytes, line end included.
    static final int MAXIMUM_LINE_BYTES = 8192;
    /// The most lines read before the identification.
    static final int MAXIMUM_PREAMBLE_LINES = 1024;

    /// How many bytes of the stream are kept to tell another protocol by.
    private static final int START_BYTES = 64;

    private static final byte[] PREFIX = "SSH-".getBytes(StandardCharsets.US_ASCII);

    // Plain arrays: a stream of the library's takes a lock for each byte.
    private final byte[] start = new byte[START_BYTES];
    private int started;
    private byte[] line = new byte[2 * START_BYTES];
    private int length;
    private int lines;

    /// What a byte completed.
    sealed interface Found {}

    /// A line before the identification.
    record Preamble(byte[] line) implements Found {}

    /// The identification.
    record Identified(Observation.ServerIdentification identification) implements Found {}

    /// The beginning of another protocol.
    record Other(Outcome.NotSsh outcome) implements Found {}

    /// Takes the next byte of the stream.
    Optional<Found> on(byte next) throws Malformed {
        if (started < START_BYTES) {
            start[started++] = next;
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = next;
        if (next == '\n') {
            return Optional.of(lineEnded());
        }
        if (length == MAXIMUM_LINE_BYTES) {
            throw new Malformed("line without end within " + MAXIMUM_LINE_BYTES + " bytes");
        }
        if (lines == 0 && length == START_BYTES && !beginsWithPrefix(line())) {
            return other();
        }
        return Optional.empty();
    }

    /// What the bytes so far amount to now that no more will come.
    Optional<Found> end() {
        byte[] rest = line();
        length = 0;
        if (lines == 0 && !beginsWithPrefix(rest)) {
            Optional<Found> other = other();
            if (other.isPresent()) {
                return other;
            }
        }
        return rest.length == 0 ? Optional.empty() : Optional.of(new Preamble(rest));
    }

    /// The first of the bytes in question, for a report.
    byte[] sample() {
        return Samples.of(line());
    }

    private byte[] line() {
        return Arrays.copyOf(line, length);
    }

    private Found lineEnded() throws Malformed {
        byte[] ended = line();
        if (beginsWithPrefix(ended)) {
            return new Identified(IdentificationLine.parse(ended));
        }
        if (lines == 0) {
            Optional<Found> other = other();
            if (other.isPresent()) {
                return other.get();
            }
        }
        if (++lines > MAXIMUM_PREAMBLE_LINES) {
            throw new Malformed("more than " + MAXIMUM_PREAMBLE_LINES + " lines before an identification");
        }
        length = 0;
        return new Preamble(IdentificationLine.withoutEnd(ended));
    }

    private Optional<Found> other() {
        byte[] bytes = Arrays.copyOf(start, started);
        return Lookalike.of(bytes)
                .or(() -> isBinary(bytes) ? Optional.of("unknown") : Optional.empty())
                .map(name -> new Other(new Outcome.NotSsh(name, bytes)));
    }

    private static boolean isBinary(byte[] bytes) {
        for (byte each : bytes) {
            if (each >= 0 && each < ' ' && each != '\r' && each != '\n' && each != '\t' && each != 0x1b) {
                return true;
            }
        }
        return false;
    }

    private static boolean beginsWithPrefix(byte[] bytes) {
        return bytes.length >= PREFIX.length && Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }
}
