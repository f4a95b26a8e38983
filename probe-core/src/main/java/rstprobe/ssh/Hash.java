package rstprobe.ssh;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash functions of key exchanges.
enum Hash {
    SHA256("SHA-256"),
    SHA384("SHA-384"),
    SHA512("SHA-512");

    private final String algorithm;

    Hash(String algorithm) {
        this.algorithm = algorithm;
    }

    /// A fresh computation.
    MessageDigest begin() {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("a JDK without " + algorithm, impossible);
        }
    }
}
