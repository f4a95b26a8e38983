package rstprobe.ssh;

import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/// The names of ciphers and MACs, and what stands behind them.
final class Suite {
    private static final String CHACHA = "chacha20-poly1305@openssh.com";
    private static final String CIPHER_FIRST = "-etm@openssh.com";
    private static final int AES_BLOCK_BYTES = 16;

    private Suite() {}

    /// Whether a cipher needs no MAC.
    static boolean authenticatesItself(String cipher) {
        return cipher.equals(CHACHA) || cipher.endsWith("-gcm@openssh.com");
    }

    /// The protection of one direction.
    ///
    /// @param letters the three letters of RFC 4253 §7.2 for this direction: initial value, key, integrity key
    static PacketProtection protection(String cipher, String mac, SessionKeys keys, String letters) {
        char iv = letters.charAt(0);
        char key = letters.charAt(1);
        if (cipher.equals(CHACHA)) {
            return new ChaChaPoly(keys.derive(key, ChaChaPoly.KEY_BYTES));
        }
        byte[] secret = keys.derive(key, aesKeyBytes(cipher));
        if (authenticatesItself(cipher)) {
            return new AesGcm(secret, keys.derive(iv, AesGcm.NONCE_BYTES));
        }
        boolean cipherFirst = mac.endsWith(CIPHER_FIRST);
        HMac hmac = hmac(mac);
        hmac.init(new KeyParameter(keys.derive(letters.charAt(2), hmac.getMacSize())));
        return new AesCtrHmac(secret, keys.derive(iv, AES_BLOCK_BYTES), hmac, cipherFirst);
    }

    private static int aesKeyBytes(String cipher) {
        return switch (cipher) {
            case "aes128-ctr", "aes128-gcm@openssh.com" -> 16;
            case "aes192-ctr" -> 24;
            case "aes256-ctr", "aes256-gcm@openssh.com" -> 32;
            default -> throw new IllegalArgumentException("cipher " + cipher + " is offered but not spoken");
        };
    }

    private static HMac hmac(String mac) {
        return switch (mac.replace(CIPHER_FIRST, "")) {
            case "hmac-sha1" -> new HMac(new SHA1Digest());
            case "hmac-sha2-256" -> new HMac(new SHA256Digest());
            case "hmac-sha2-512" -> new HMac(new SHA512Digest());
            default -> throw new IllegalArgumentException("MAC " + mac + " is offered but not spoken");
        };
    }
}
