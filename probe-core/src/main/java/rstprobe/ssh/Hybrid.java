package rstprobe.ssh;

import java.util.Arrays;

/// What the hybrid exchanges share: two values behind each other, two secrets hashed into one
/// (draft-ietf-sshm-mlkem-hybrid-kex §2, draft-ietf-sshm-ntruprime-ssh §3).
final class Hybrid {
    private Hybrid() {}

    /// Both public values, the post-quantum one first.
    static byte[] join(byte[] quantum, byte[] classic) {
        byte[] both = Arrays.copyOf(quantum, quantum.length + classic.length);
        System.arraycopy(classic, 0, both, quantum.length, classic.length);
        return both;
    }

    /// The first part of the server's answer.
    static byte[] ciphertext(byte[] theirs, int bytes) throws Malformed {
        if (theirs.length != bytes + X25519Share.BYTES) {
            throw new Malformed("hybrid value of " + theirs.length + " bytes", Numbers.KEY_EXCHANGE_FAILED);
        }
        return Arrays.copyOf(theirs, bytes);
    }

    /// The secret of both halves, encoded as a string.
    static byte[] secret(Hash hash, byte[] quantum, X25519Share share, byte[] theirs) throws Malformed {
        byte[] classic = share.agree(Arrays.copyOfRange(theirs, theirs.length - X25519Share.BYTES, theirs.length));
        return new WireWriter()
                .writeString(hash.begin().digest(join(quantum, classic)))
                .bytes();
    }
}
