package rstprobe.ssh;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes the types of RFC 4251 §5.
final class WireWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);

    /// One byte.
    WireWriter writeByte(int value) {
        bytes.write(value);
        return this;
    }

    /// Bytes as they are.
    WireWriter writeBytes(byte[] raw) {
        bytes.writeBytes(raw);
        return this;
    }

    /// The low 32 bits of a number.
    WireWriter writeUint32(long value) {
        bytes.writeBytes(uint32(value));
        return this;
    }

    /// A length and the bytes.
    WireWriter writeString(byte[] content) {
        return writeUint32(content.length).writeBytes(content);
    }

    /// A string of US-ASCII or UTF-8 text.
    WireWriter writeText(String text) {
        return writeString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// A non-negative number as mpint.
    WireWriter writeMpint(BigInteger number) {
        return writeString(number.signum() == 0 ? new byte[0] : number.toByteArray());
    }

    /// Names with commas between them.
    WireWriter writeNames(List<String> names) {
        return writeText(String.join(",", names));
    }

    /// How many bytes were written.
    int size() {
        return bytes.size();
    }

    /// What was written.
    byte[] bytes() {
        return bytes.toByteArray();
    }

    /// Four bytes, most significant first.
    static byte[] uint32(long value) {
        return new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }
}
