package rstprobe.ssh;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/// Our ephemeral half of a key exchange, good for one handshake. It can be made before it is known to be needed, on
/// another thread: `sntrup761` takes a cold JVM a fifth of a second.
public abstract sealed class KeyShare permits X25519Share, SntrupShare, MlkemShare, CurveShare, GroupShare {

    KeyShare() {}

    /// A new share for a key exchange of [Algorithms#standard], by its name on the wire.
    ///
    /// @throws IllegalArgumentException if the exchange is unknown, or is `diffie-hellman-group-exchange-sha256`,
    ///     whose group is the server's
    public static KeyShare of(String kex, SecureRandom random) {
        return of(Kex.named(kex).orElseThrow(() -> new IllegalArgumentException(kex)), random);
    }

    static KeyShare of(Kex kex, SecureRandom random) {
        return switch (kex) {
            case MLKEM768_X25519 -> new MlkemShare(random);
            case SNTRUP761_X25519, SNTRUP761_X25519_OPENSSH -> new SntrupShare(random);
            case X25519, X25519_LIBSSH -> new X25519Share(random);
            case NISTP256 -> new CurveShare(CustomNamedCurves.getByName("secp256r1"), random);
            case NISTP384 -> new CurveShare(CustomNamedCurves.getByName("secp384r1"), random);
            case NISTP521 -> new CurveShare(CustomNamedCurves.getByName("secp521r1"), random);
            case GROUP14 -> new GroupShare(DHStandardGroups.rfc3526_2048.getP(), BigInteger.TWO, random);
            case GROUP16 -> new GroupShare(DHStandardGroups.rfc3526_4096.getP(), BigInteger.TWO, random);
            case GROUP18 -> new GroupShare(DHStandardGroups.rfc3526_8192.getP(), BigInteger.TWO, random);
            case GROUP_EXCHANGE -> throw new IllegalArgumentException("its group is the server's");
        };
    }

    /// What we send: the content of the string or mpint in our message.
    abstract byte[] publicValue();

    /// The shared secret, encoded as it goes into the exchange hash.
    ///
    /// @param theirs the content of the string or mpint in the server's answer
    abstract byte[] secret(byte[] theirs) throws Malformed;
}
