package rstprobe.ssh;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads the types of RFC 4251 §5 from one message. Every length is checked against what is left before it is used.
final class WireReader {
    /// The longest name-list read, in bytes.
    static final int MAXIMUM_LIST_BYTES = 1 << 16;
    /// The most names read from one list.
    static final int MAXIMUM_NAMES = 1000;
    /// The largest number read, in bytes: 16384 bits and a sign byte.
    static final int MAXIMUM_MPINT_BYTES = 2049;

    private final byte[] bytes;
    private int at;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /// One unsigned byte.
    int readByte() throws Malformed {
        need(1);
        return bytes[at++] & 0xff;
    }

    /// A byte of which zero means no.
    boolean readBoolean() throws Malformed {
        return readByte() != 0;
    }

    /// An unsigned 32-bit number.
    long readUint32() throws Malformed {
        need(4);
        long number = uint32(bytes, at);
        at += 4;
        return number;
    }

    /// That many bytes as they are.
    byte[] readBytes(int count) throws Malformed {
        need(count);
        at += count;
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /// A length and that many bytes.
    byte[] readString() throws Malformed {
        long length = readUint32();
        need(length);
        return readBytes((int) length);
    }

    /// A string read as ISO-8859-1, so that no byte is lost.
    String readText() throws Malformed {
        return new String(readString(), StandardCharsets.ISO_8859_1);
    }

    /// A number that must be positive (RFC 4251 §5 mpint).
    BigInteger readPositive() throws Malformed {
        return positive(readString());
    }

    /// Comma-separated names; an empty list has none. Linear in its length.
    List<String> readNames() throws Malformed {
        byte[] list = readString();
        if (list.length > MAXIMUM_LIST_BYTES) {
            throw new Malformed("name-list of " + list.length + " bytes above " + MAXIMUM_LIST_BYTES);
        }
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= list.length && list.length > 0; i++) {
            if (i < list.length && list[i] != ',') {
                continue;
            }
            if (names.size() == MAXIMUM_NAMES) {
                throw new Malformed("name-list of more than " + MAXIMUM_NAMES + " names");
            }
            names.add(new String(list, start, i - start, StandardCharsets.ISO_8859_1));
            start = i + 1;
        }
        return names;
    }

    /// How many bytes are left.
    int left() {
        return bytes.length - at;
    }

    /// Reads the content of an mpint that must be positive and of bounded size.
    static BigInteger positive(byte[] content) throws Malformed {
        if (content.length > MAXIMUM_MPINT_BYTES) {
            throw new Malformed("number of " + content.length + " bytes above " + MAXIMUM_MPINT_BYTES);
        }
        if (content.length == 0 || content[0] < 0) {
            throw new Malformed("number that is not positive");
        }
        return new BigInteger(content);
    }

    /// The unsigned 32-bit number at an index.
    static long uint32(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 24
                | (bytes[at + 1] & 0xffL) << 16
                | (bytes[at + 2] & 0xffL) << 8
                | (bytes[at + 3] & 0xffL);
    }

    private void need(long count) throws Malformed {
        if (count > left()) {
            throw new Malformed("field of " + count + " bytes where " + left() + " are left");
        }
    }
}
