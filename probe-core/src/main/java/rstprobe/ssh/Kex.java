package rstprobe.ssh;

import java.util.Arrays;
import java.util.Optional;

/// The key exchanges we speak.
enum Kex {
    MLKEM768_X25519("mlkem768x25519-sha256", Hash.SHA256),
    SNTRUP761_X25519("sntrup761x25519-sha512", Hash.SHA512),
    SNTRUP761_X25519_OPENSSH("sntrup761x25519-sha512@openssh.com", Hash.SHA512),
    X25519("curve25519-sha256", Hash.SHA256),
    X25519_LIBSSH("curve25519-sha256@libssh.org", Hash.SHA256),
    NISTP256("ecdh-sha2-nistp256", Hash.SHA256),
    NISTP384("ecdh-sha2-nistp384", Hash.SHA384),
    NISTP521("ecdh-sha2-nistp521", Hash.SHA512),
    GROUP_EXCHANGE("diffie-hellman-group-exchange-sha256", Hash.SHA256),
    GROUP16("diffie-hellman-group16-sha512", Hash.SHA512),
    GROUP18("diffie-hellman-group18-sha512", Hash.SHA512),
    GROUP14("diffie-hellman-group14-sha256", Hash.SHA256);

    private final String word;
    private final Hash hash;

    Kex(String word, Hash hash) {
        this.word = word;
        this.hash = hash;
    }

    /// Its name on the wire.
    String word() {
        return word;
    }

    /// The function of its exchange hash and key derivation.
    Hash hash() {
        return hash;
    }

    /// The key exchange of a name, if we speak it.
    static Optional<Kex> named(String word) {
        return Arrays.stream(values()).filter(kex -> kex.word.equals(word)).findFirst();
    }
}
