package rstprobe.capture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Capture files made by hand, in either byte order.
final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteOrder order;

    Bytes(ByteOrder order) {
        this.order = order;
    }

    Bytes u16(int value) {
        return raw(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
    }

    Bytes u32(long value) {
        return raw(ByteBuffer.allocate(4).order(order).putInt((int) value).array());
    }

    Bytes u64(long value) {
        return raw(ByteBuffer.allocate(8).order(order).putLong(value).array());
    }

    Bytes raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Bytes padded(byte... bytes) {
        return raw(bytes).raw(new byte[-bytes.length & 3]);
    }

    Bytes option(int code, byte... value) {
        return u16(code).u16(value.length).padded(value);
    }

    /// A pcapng block around a body.
    Bytes block(int type, Bytes body) {
        long length = 12L + body.out.size();
        return u32(type).u32(length).raw(body.array()).u32(length);
    }

    /// A section header without options.
    Bytes section() {
        return block(0x0A0D0D0A, new Bytes(order).u32(0x1A2B3C4D).u16(1).u16(0).u64(-1));
    }

    /// An interface, its options ready made.
    Bytes interfaceBlock(int link, int snapLength, byte... options) {
        return block(1, new Bytes(order).u16(link).u16(0).u32(snapLength).raw(options));
    }

    /// An enhanced packet.
    Bytes enhanced(int id, long ticks, byte[] frame, int original, byte... options) {
        return block(
                6,
                new Bytes(order)
                        .u32(id)
                        .u32(ticks >>> 32)
                        .u32(ticks)
                        .u32(frame.length)
                        .u32(original)
                        .padded(frame)
                        .raw(options));
    }

    Bytes more() {
        return new Bytes(order);
    }

    byte[] array() {
        return out.toByteArray();
    }

    int size() {
        return out.size();
    }
}
