package rstprobe.ssh;

import java.security.MessageDigest;
import java.util.Arrays;

/// Derives the six keys of RFC 4253 §7.2.
///
/// @param hash the key exchange's hash
/// @param secret the shared secret, encoded as it goes into the hash
/// @param exchangeHash the exchange hash, which is the session's id as well: there is one key exchange
record SessionKeys(Hash hash, byte[] secret, byte[] exchangeHash) {

    /// So many bytes of the key of a letter, `A` to `F`.
    byte[] derive(char letter, int bytes) {
        MessageDigest digest = hash.begin();
        digest.update(secret);
        digest.update(exchangeHash);
        digest.update((byte) letter);
        byte[] key = digest.digest(exchangeHash);
        while (key.length < bytes) {
            digest.update(secret);
            digest.update(exchangeHash);
            byte[] more = digest.digest(key);
            int length = key.length;
            key = Arrays.copyOf(key, length + more.length);
            System.arraycopy(more, 0, key, length, more.length);
        }
        return Arrays.copyOf(key, bytes);
    }
}
