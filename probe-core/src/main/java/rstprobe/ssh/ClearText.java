package rstprobe.ssh;

import java.util.Optional;

/// No protection: what holds before the first NEWKEYS.
final class ClearText implements PacketProtection {
    private static final int HEAD_BYTES = 4;
    private static final int BLOCK_BYTES = 8;

    @Override
    public int headBytes() {
        return HEAD_BYTES;
    }

    @Override
    public long length(byte[] head, long sequence) {
        return WireReader.uint32(head, 0);
    }

    @Override
    public int tagBytes() {
        return 0;
    }

    @Override
    public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean alignsLength() {
        return true;
    }

    @Override
    public Optional<byte[]> open(byte[] wire, long sequence) {
        return Optional.of(wire);
    }

    @Override
    public byte[] seal(byte[] plain, long sequence) {
        return plain;
    }
}
