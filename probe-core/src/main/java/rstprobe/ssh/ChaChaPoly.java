package rstprobe.ssh;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.engines.ChaChaEngine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/// `chacha20-poly1305@openssh.com` (OpenSSH's PROTOCOL.chacha20poly1305): one ChaCha20 for the length,
/// another for the packet, whose first block keys the Poly1305 over both.
final class ChaChaPoly implements PacketProtection {
    static final int KEY_BYTES = 64;

    private static final int HALF_KEY_BYTES = 32;
    private static final int LENGTH_BYTES = 4;
    private static final int STREAM_BLOCK_BYTES = 64;
    private static final int TAG_BYTES = 16;
    private static final int BLOCK_BYTES = 8;

    private final KeyParameter packetKey;
    private final KeyParameter lengthKey;
    private final ChaChaEngine packetCipher = new ChaChaEngine();
    private final ChaChaEngine lengthCipher = new ChaChaEngine();
    private final Poly1305 authenticator = new Poly1305();

    /// @param key 64 bytes: the packet's key, then the length's
    ChaChaPoly(byte[] key) {
        packetKey = new KeyParameter(key, 0, HALF_KEY_BYTES);
        lengthKey = new KeyParameter(key, HALF_KEY_BYTES, HALF_KEY_BYTES);
    }

    @Override
    public int headBytes() {
        return LENGTH_BYTES;
    }

    @Override
    public long length(byte[] head, long sequence) {
        byte[] plain = new byte[LENGTH_BYTES];
        start(sequence);
        lengthCipher.processBytes(head, 0, LENGTH_BYTES, plain, 0);
        return WireReader.uint32(plain, 0);
    }

    @Override
    public int tagBytes() {
        return TAG_BYTES;
    }

    @Override
    public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean alignsLength() {
        return false;
    }

    @Override
    public Optional<byte[]> open(byte[] wire, long sequence) {
        start(sequence);
        int end = wire.length - TAG_BYTES;
        byte[] sent = Arrays.copyOfRange(wire, end, wire.length);
        if (!MessageDigest.isEqual(tag(wire, end), sent)) {
            return Optional.empty();
        }
        return Optional.of(translate(wire, end, new byte[end]));
    }

    @Override
    public byte[] seal(byte[] plain, long sequence) {
        start(sequence);
        byte[] key = streamBlock();
        byte[] wire = translate(plain, plain.length, new byte[plain.length + TAG_BYTES]);
        authenticate(key, wire, plain.length, wire, plain.length);
        return wire;
    }

    private void start(long sequence) {
        byte[] nonce = new byte[8];
        System.arraycopy(WireWriter.uint32(sequence), 0, nonce, 4, 4);
        packetCipher.init(true, new ParametersWithIV(packetKey, nonce));
        lengthCipher.init(true, new ParametersWithIV(lengthKey, nonce));
    }

    private byte[] tag(byte[] wire, int end) {
        byte[] tag = new byte[TAG_BYTES];
        authenticate(streamBlock(), wire, end, tag, 0);
        return tag;
    }

    /// The first block of the packet's key stream; what is enciphered next uses the second.
    private byte[] streamBlock() {
        byte[] block = new byte[STREAM_BLOCK_BYTES];
        packetCipher.processBytes(block, 0, block.length, block, 0);
        return block;
    }

    private void authenticate(byte[] key, byte[] wire, int end, byte[] into, int at) {
        authenticator.init(new KeyParameter(key, 0, HALF_KEY_BYTES));
        authenticator.update(wire, 0, end);
        authenticator.doFinal(into, at);
    }

    private byte[] translate(byte[] from, int end, byte[] into) {
        lengthCipher.processBytes(from, 0, LENGTH_BYTES, into, 0);
        packetCipher.processBytes(from, LENGTH_BYTES, end - LENGTH_BYTES, into, LENGTH_BYTES);
        return into;
    }
}
