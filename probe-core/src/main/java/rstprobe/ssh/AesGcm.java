package rstprobe.ssh;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/// `aes128-gcm@openssh.com` and `aes256-gcm@openssh.com` (RFC 5647): the length in clear but authenticated, the nonce
/// counting packets by itself.
final class AesGcm implements PacketProtection {
    static final int NONCE_BYTES = 12;

    private static final int LENGTH_BYTES = 4;
    private static final int TAG_BYTES = 16;
    private static final int BLOCK_BYTES = 16;
    private static final int COUNTER_START = 4;

    private final KeyParameter key;
    private final byte[] nonce;
    private final GCMModeCipher cipher = GCMBlockCipher.newInstance(AESEngine.newInstance());

    /// @param key 16 or 32 bytes
    /// @param nonce 12 bytes, the first packet's
    AesGcm(byte[] key, byte[] nonce) {
        this.key = new KeyParameter(key);
        this.nonce = nonce.clone();
    }

    @Override
    public int headBytes() {
        return LENGTH_BYTES;
    }

    @Override
    public long length(byte[] head, long sequence) {
        return WireReader.uint32(head, 0);
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
        return run(false, wire, new byte[wire.length - TAG_BYTES]);
    }

    @Override
    public byte[] seal(byte[] plain, long sequence) {
        return run(true, plain, new byte[plain.length + TAG_BYTES]).orElseThrow();
    }

    private Optional<byte[]> run(boolean seal, byte[] from, byte[] into) {
        byte[] length = Arrays.copyOf(from, LENGTH_BYTES);
        cipher.init(seal, new AEADParameters(key, TAG_BYTES * Byte.SIZE, nonce.clone(), length));
        count();
        System.arraycopy(length, 0, into, 0, LENGTH_BYTES);
        try {
            int done = cipher.processBytes(from, LENGTH_BYTES, from.length - LENGTH_BYTES, into, LENGTH_BYTES);
            cipher.doFinal(into, LENGTH_BYTES + done);
            return Optional.of(into);
        } catch (InvalidCipherTextException notGenuine) {
            return Optional.empty();
        }
    }

    private void count() {
        int at = NONCE_BYTES - 1;
        while (at >= COUNTER_START && ++nonce[at] == 0) {
            at--;
        }
    }
}
