package rstprobe.ssh;

import java.math.BigInteger;
import java.security.SecureRandom;

/// Diffie-Hellman modulo a prime (RFC 4253 §8, RFC 8268, RFC 4419).
final class GroupShare extends KeyShare {
    /// The sizes of group we ask for and take, in bits (RFC 4419 §3, RFC 8270).
    static final int LEAST_BITS = 2048;

    static final int WANTED_BITS = 3072;
    static final int MOST_BITS = 8192;

    /// Twice the strength of the strongest cipher, as RFC 4419 §6.2 has it.
    private static final int EXPONENT_BITS = 512;
    /// A value with fewer set bits can be told by guessing; OpenSSH refuses it as well.
    private static final int LEAST_SET_BITS = 4;

    private final BigInteger prime;
    private final BigInteger exponent;
    private final BigInteger publicValue;

    GroupShare(BigInteger prime, BigInteger generator, SecureRandom random) {
        this.prime = prime;
        exponent = new BigInteger(EXPONENT_BITS, random).setBit(EXPONENT_BITS - 1);
        publicValue = generator.modPow(exponent, prime);
    }

    /// A share in the group a server proposes.
    static GroupShare inProposed(BigInteger prime, BigInteger generator, SecureRandom random) throws Malformed {
        if (prime.bitLength() < LEAST_BITS || prime.bitLength() > MOST_BITS) {
            throw new Malformed("group of " + prime.bitLength() + " bits", Numbers.KEY_EXCHANGE_FAILED);
        }
        if (!prime.testBit(0)) {
            throw new Malformed("group with an even modulus", Numbers.KEY_EXCHANGE_FAILED);
        }
        if (generator.compareTo(BigInteger.ONE) <= 0 || generator.compareTo(prime.subtract(BigInteger.ONE)) >= 0) {
            throw new Malformed("group with a trivial generator", Numbers.KEY_EXCHANGE_FAILED);
        }
        return new GroupShare(prime, generator, random);
    }

    @Override
    byte[] publicValue() {
        return publicValue.toByteArray();
    }

    @Override
    byte[] secret(byte[] theirs) throws Malformed {
        BigInteger value = WireReader.positive(theirs);
        boolean inRange = value.compareTo(BigInteger.ONE) > 0 && value.compareTo(prime.subtract(BigInteger.ONE)) < 0;
        if (!inRange || value.bitCount() < LEAST_SET_BITS) {
            throw new Malformed("diffie-hellman value out of range", Numbers.KEY_EXCHANGE_FAILED);
        }
        return new WireWriter().writeMpint(value.modPow(exponent, prime)).bytes();
    }
}
