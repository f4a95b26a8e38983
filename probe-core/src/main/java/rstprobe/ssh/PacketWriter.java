package rstprobe.ssh;

import java.security.SecureRandom;

/// Makes packets of our messages (RFC 4253 §6).
final class PacketWriter {
    private static final int LENGTH_BYTES = 4;
    private static final int LEAST_PADDING_BYTES = 4;

    private final SecureRandom random;
    private PacketProtection protection = new ClearText();
    private long sequence;

    PacketWriter(SecureRandom random) {
        this.random = random;
    }

    /// The wire bytes of a message, message number first.
    byte[] packet(byte[] payload) {
        int block = protection.blockBytes();
        int aligned = (protection.alignsLength() ? LENGTH_BYTES : 0) + 1 + payload.length;
        int padding = block - aligned % block;
        if (padding < LEAST_PADDING_BYTES) {
            padding += block;
        }
        byte[] filling = new byte[padding];
        random.nextBytes(filling);
        byte[] plain = new WireWriter()
                .writeUint32(1 + payload.length + padding)
                .writeByte(padding)
                .writeBytes(payload)
                .writeBytes(filling)
                .bytes();
        byte[] wire = protection.seal(plain, sequence);
        sequence = sequence + 1 & 0xffffffffL;
        return wire;
    }

    /// The next messages are protected thus.
    void protect(PacketProtection next, boolean restartSequence) {
        protection = next;
        sequence = restartSequence ? 0 : sequence;
    }
}
