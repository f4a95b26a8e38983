package rstprobe.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One pcapng block in the making, little-endian: fields, then options, then [#end].
final class PcapngBlock {
    private static final int FIRST_ROOM = 256;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_ROOM).order(ByteOrder.LITTLE_ENDIAN);
    private boolean options;

    PcapngBlock(int type) {
        bytes.putInt(type).putInt(0);
    }

    PcapngBlock u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    PcapngBlock u32(int value) {
        room(4).putInt(value);
        return this;
    }

    PcapngBlock u64(long value) {
        room(8).putLong(value);
        return this;
    }

    /// Bytes, and zeros up to a multiple of four.
    PcapngBlock padded(byte[] value) {
        int padding = Pcapng.padding(value.length);
        room(value.length + padding).put(value).put(new byte[padding]);
        return this;
    }

    /// An option; longer than its length field can say is our mistake.
    PcapngBlock option(int code, byte[] value) {
        if (value.length > CaptureLimits.MAX_OPTION_BYTES) {
            throw new IllegalArgumentException("an option has at most 65535 bytes, not " + value.length);
        }
        options = true;
        return u16(code).u16(value.length).padded(value);
    }

    /// An option of text, cut between characters where it is too long; none for an empty text.
    PcapngBlock text(int code, String value) {
        return value.isEmpty() ? this : option(code, utf8(value));
    }

    /// A 64-bit counter option.
    PcapngBlock counter(int code, long value) {
        options = true;
        return u16(code).u16(8).u64(value);
    }

    /// The finished block, ready to be read.
    ByteBuffer end() {
        if (options) {
            u16(Pcapng.OPTION_END).u16(0);
        }
        int length = bytes.position() + 4;
        u32(length);
        bytes.putInt(4, length);
        return bytes.flip();
    }

    private static byte[] utf8(String text) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        if (all.length <= CaptureLimits.MAX_COMMENT_BYTES) {
            return all;
        }
        int end = CaptureLimits.MAX_COMMENT_BYTES;
        while ((all[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(all, end);
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            int size = Math.max(bytes.capacity() * 2, bytes.position() + more);
            bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
        return bytes;
    }
}
