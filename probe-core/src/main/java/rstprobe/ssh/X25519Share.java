package rstprobe.ssh;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;

/// Curve25519 alone (RFC 8731) and as the classic half of a hybrid.
final class X25519Share extends KeyShare {
    static final int BYTES = X25519.POINT_SIZE;

    /// The base point of RFC 7748 §4.1.
    private static final byte[] BASE = Arrays.copyOf(new byte[] {9}, BYTES);

    private final byte[] secret = new byte[X25519.SCALAR_SIZE];
    private final byte[] publicValue = new byte[BYTES];

    X25519Share(SecureRandom random) {
        X25519.generatePrivateKey(random, secret);
        // Not generatePublicKey: its precomputed tables cost a cold JVM more than they save a single use.
        X25519.scalarMult(secret, 0, BASE, 0, publicValue, 0);
    }

    @Override
    byte[] publicValue() {
        return publicValue.clone();
    }

    @Override
    byte[] secret(byte[] theirs) throws Malformed {
        return new WireWriter().writeMpint(new BigInteger(1, agree(theirs))).bytes();
    }

    /// The 32 bytes both sides reach.
    byte[] agree(byte[] theirs) throws Malformed {
        if (theirs.length != BYTES) {
            throw new Malformed("curve25519 value of " + theirs.length + " bytes", Numbers.KEY_EXCHANGE_FAILED);
        }
        byte[] shared = new byte[BYTES];
        if (!X25519.calculateAgreement(secret, 0, theirs, 0, shared, 0)) {
            throw new Malformed("curve25519 value of small order", Numbers.KEY_EXCHANGE_FAILED);
        }
        return shared;
    }
}
