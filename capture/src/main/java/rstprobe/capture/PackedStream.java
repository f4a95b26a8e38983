package rstprobe.capture;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A stream that is unpacked where it begins as gzip does (RFC 1952 section 2.3.1), and passed on where it does not.
final class PackedStream extends InputStream {
    /// How many bytes a packed file may become: 4 GiB.
    private static final long MAX_UNPACKED_BYTES = 4L << 30;

    private static final int MAGIC_BYTES = 2;
    private static final int FIRST = 0x1F;
    private static final int SECOND = 0x8B;
    private static final int ROOM = 64 << 10;

    private final PushbackInputStream packed;
    private InputStream unpacked;
    private boolean begun;
    private long left = Long.MAX_VALUE;

    PackedStream(InputStream packed) {
        this.packed = new PushbackInputStream(packed, MAGIC_BYTES);
        this.unpacked = this.packed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        begin();
        int read = unpacked.read(bytes, from, length);
        left -= Math.max(read, 0);
        if (left < 0) {
            throw new ZipException("it becomes more than " + MAX_UNPACKED_BYTES + " bytes");
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        packed.close();
    }

    private void begin() throws IOException {
        if (begun) {
            return;
        }
        begun = true;
        byte[] magic = packed.readNBytes(MAGIC_BYTES);
        packed.unread(magic);
        if (magic.length == MAGIC_BYTES && (magic[0] & 0xFF) == FIRST && (magic[1] & 0xFF) == SECOND) {
            unpacked = new GZIPInputStream(packed, ROOM);
            left = MAX_UNPACKED_BYTES;
        }
    }
}
