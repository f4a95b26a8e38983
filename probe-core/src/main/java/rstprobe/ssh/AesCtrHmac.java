package rstprobe.ssh;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.Mac;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CTRModeCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/// AES in counter mode (RFC 4344 §4) with an HMAC: over the plain packet (RFC 4253 §6.4), or over the
/// enciphered one with its length in clear (the `-etm@openssh.com` kind).
final class AesCtrHmac implements PacketProtection {
    private static final int LENGTH_BYTES = 4;
    private static final int BLOCK_BYTES = 16;

    private final CTRModeCipher cipher = SICBlockCipher.newInstance(AESEngine.newInstance());
    private final Mac mac;
    private final boolean cipherFirst;
    /// The first block of the packet under way, deciphered to learn its length; never more than one packet's.
    private byte[] plainHead = new byte[0];

    /// @param mac keyed
    /// @param cipherFirst whether the MAC covers the enciphered packet
    AesCtrHmac(byte[] key, byte[] counter, Mac mac, boolean cipherFirst) {
        cipher.init(true, new ParametersWithIV(new KeyParameter(key), counter));
        this.mac = mac;
        this.cipherFirst = cipherFirst;
    }

    @Override
    public int headBytes() {
        return cipherFirst ? LENGTH_BYTES : BLOCK_BYTES;
    }

    @Override
    public long length(byte[] head, long sequence) {
        if (cipherFirst) {
            return WireReader.uint32(head, 0);
        }
        plainHead = new byte[BLOCK_BYTES];
        cipher.processBytes(head, 0, BLOCK_BYTES, plainHead, 0);
        return WireReader.uint32(plainHead, 0);
    }

    @Override
    public int tagBytes() {
        return mac.getMacSize();
    }

    @Override
    public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean alignsLength() {
        return !cipherFirst;
    }

    @Override
    public Optional<byte[]> open(byte[] wire, long sequence) {
        int end = wire.length - tagBytes();
        byte[] sent = Arrays.copyOfRange(wire, end, wire.length);
        byte[] plain = Arrays.copyOf(wire, end);
        if (cipherFirst) {
            boolean genuine = MessageDigest.isEqual(tag(plain, sequence), sent);
            cipher.processBytes(wire, LENGTH_BYTES, end - LENGTH_BYTES, plain, LENGTH_BYTES);
            return genuine ? Optional.of(plain) : Optional.empty();
        }
        System.arraycopy(plainHead, 0, plain, 0, BLOCK_BYTES);
        cipher.processBytes(wire, BLOCK_BYTES, end - BLOCK_BYTES, plain, BLOCK_BYTES);
        return MessageDigest.isEqual(tag(plain, sequence), sent) ? Optional.of(plain) : Optional.empty();
    }

    @Override
    public byte[] seal(byte[] plain, long sequence) {
        byte[] packet = plain.clone();
        int clear = cipherFirst ? LENGTH_BYTES : 0;
        cipher.processBytes(plain, clear, plain.length - clear, packet, clear);
        byte[] tag = tag(cipherFirst ? packet : plain, sequence);
        byte[] wire = Arrays.copyOf(packet, packet.length + tag.length);
        System.arraycopy(tag, 0, wire, packet.length, tag.length);
        return wire;
    }

    private byte[] tag(byte[] packet, long sequence) {
        mac.update(WireWriter.uint32(sequence), 0, LENGTH_BYTES);
        mac.update(packet, 0, packet.length);
        byte[] tag = new byte[mac.getMacSize()];
        mac.doFinal(tag, 0);
        return tag;
    }
}
