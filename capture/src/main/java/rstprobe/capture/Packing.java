package rstprobe.capture;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;

/// How a capture file is packed, told by its first bytes.
enum Packing {
    /// Not at all.
    NONE(0, 0),
    /// RFC 1952 section 2.3.1.
    GZIP(0x8B1F, 0xFFFF),
    /// RFC 8878 section 3.1.1.
    ZSTD(0xFD2FB528, -1),
    /// The LZ4 frame format, version 1.6.
    LZ4(0x184D2204, -1);

    static final int MAGIC_BYTES = 4;

    private static final int ROOM = 64 << 10;

    private final int magic;
    private final int mask;

    Packing(int magic, int mask) {
        this.magic = magic;
        this.mask = mask;
    }

    static Packing of(MemorySegment bytes) {
        return of(bytes.asSlice(0, Math.min(MAGIC_BYTES, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }

    static Packing of(byte[] first) {
        int magic = 0;
        for (int i = 0; i < first.length && i < MAGIC_BYTES; i++) {
            magic |= (first[i] & 0xFF) << 8 * i;
        }
        for (Packing packing : values()) {
            if (packing != NONE && (magic & packing.mask) == packing.magic) {
                return packing;
            }
        }
        return NONE;
    }

    /// What it unpacks to. Reading it may raise any RuntimeException where it makes no sense.
    InputStream unpacked(InputStream packed) throws IOException {
        return switch (this) {
            case NONE -> packed;
            case GZIP -> new GZIPInputStream(packed, ROOM);
            case ZSTD -> new ZstdInputStream(packed);
            case LZ4 -> new FramedLZ4CompressorInputStream(packed, true);
        };
    }
}
