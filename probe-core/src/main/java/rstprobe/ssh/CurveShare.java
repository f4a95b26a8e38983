package rstprobe.ssh;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/// Diffie-Hellman on a NIST curve (RFC 5656 §4). All of them have cofactor 1.
final class CurveShare extends KeyShare {
    private static final int UNCOMPRESSED = 4;

    private final X9ECParameters curve;
    private final BigInteger secret;
    private final byte[] publicValue;

    CurveShare(X9ECParameters curve, SecureRandom random) {
        this.curve = curve;
        secret = BigIntegers.createRandomInRange(BigInteger.ONE, curve.getN().subtract(BigInteger.ONE), random);
        publicValue = curve.getG().multiply(secret).getEncoded(false);
    }

    @Override
    byte[] publicValue() {
        return publicValue.clone();
    }

    @Override
    byte[] secret(byte[] theirs) throws Malformed {
        ECPoint shared = point(curve, theirs).multiply(secret).normalize();
        return new WireWriter()
                .writeMpint(shared.getAffineXCoord().toBigInteger())
                .bytes();
    }

    /// Reads an uncompressed point and checks that it lies on the curve and is not infinity (RFC 5656 §3.1, §4).
    static ECPoint point(X9ECParameters curve, byte[] encoded) throws Malformed {
        int bytes = 1 + 2 * ((curve.getCurve().getFieldSize() + 7) / Byte.SIZE);
        if (encoded.length != bytes || encoded[0] != UNCOMPRESSED) {
            throw new Malformed("point of " + encoded.length + " bytes", Numbers.KEY_EXCHANGE_FAILED);
        }
        try {
            return curve.getCurve().decodePoint(encoded);
        } catch (IllegalArgumentException offCurve) {
            throw new Malformed("point off the curve", Numbers.KEY_EXCHANGE_FAILED);
        }
    }
}
