package rstprobe.ssh;

import java.math.BigInteger;
import java.util.Base64;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/// Checks a server's signature over an exchange hash (RFC 4253 §6.6, 8709, 5656 §3.1, 8332).
final class HostKeys {
    private static final int LEAST_RSA_BITS = 1024;
    private static final int MOST_RSA_BITS = 16_384;
    private static final int MOST_RSA_EXPONENT_BITS = 64;

    private HostKeys() {}

    /// What a key and its signature amount to.
    ///
    /// @param algorithm the host key algorithm agreed on
    /// @param key the public key as sent
    /// @param signature as sent
    /// @param hash the exchange hash, which is what was signed
    static Observation.HostKey check(String algorithm, byte[] key, byte[] signature, byte[] hash) throws Malformed {
        WireReader reader = new WireReader(key);
        String type = reader.readText();
        if (!type.equals(keyType(algorithm))) {
            throw new Malformed("host key is no key for " + algorithm, Numbers.KEY_EXCHANGE_FAILED);
        }
        WireReader signed = new WireReader(signature);
        boolean fits = signed.readText().equals(algorithm);
        byte[] value = signed.readString();
        boolean verified = fits
                && switch (type) {
                    case "ssh-ed25519" -> ed25519(reader.readString(), value, hash);
                    case "ssh-rsa" -> rsa(algorithm, reader, value, hash);
                    default -> ecdsa(type, reader, value, hash);
                };
        return new Observation.HostKey(type, fingerprint(key), verified);
    }

    /// The type of key an algorithm signs with.
    static String keyType(String algorithm) {
        return algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm;
    }

    /// As OpenSSH prints it: `SHA256:` and unpadded base64.
    static String fingerprint(byte[] key) {
        byte[] digest = Hash.SHA256.begin().digest(key);
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    }

    private static boolean ed25519(byte[] key, byte[] signature, byte[] hash) throws Malformed {
        if (key.length != Ed25519.PUBLIC_KEY_SIZE) {
            throw new Malformed("ed25519 key of " + key.length + " bytes", Numbers.KEY_EXCHANGE_FAILED);
        }
        return signature.length == Ed25519.SIGNATURE_SIZE && Ed25519.verify(signature, 0, key, 0, hash, 0, hash.length);
    }

    private static boolean ecdsa(String type, WireReader key, byte[] signature, byte[] hash) throws Malformed {
        Hash digest = switch (type) {
            case "ecdsa-sha2-nistp256" -> Hash.SHA256;
            case "ecdsa-sha2-nistp384" -> Hash.SHA384;
            default -> Hash.SHA512;
        };
        String bits = type.substring(type.length() - 3);
        if (!key.readText().equals("nistp" + bits)) {
            throw new Malformed("ecdsa key on another curve", Numbers.KEY_EXCHANGE_FAILED);
        }
        X9ECParameters curve = CustomNamedCurves.getByName("secp" + bits + "r1");
        ECDSASigner signer = new ECDSASigner();
        signer.init(
                false,
                new ECPublicKeyParameters(CurveShare.point(curve, key.readString()), new ECDomainParameters(curve)));
        WireReader numbers = new WireReader(signature);
        return signer.verifySignature(digest.begin().digest(hash), numbers.readPositive(), numbers.readPositive());
    }

    private static boolean rsa(String algorithm, WireReader key, byte[] signature, byte[] hash) throws Malformed {
        BigInteger exponent = key.readPositive();
        BigInteger modulus = key.readPositive();
        int bits = modulus.bitLength();
        if (bits < LEAST_RSA_BITS || bits > MOST_RSA_BITS || exponent.bitLength() > MOST_RSA_EXPONENT_BITS) {
            throw new Malformed("rsa key of " + bits + " bits", Numbers.KEY_EXCHANGE_FAILED);
        }
        int bytes = (bits + 7) / Byte.SIZE;
        if (signature.length > bytes) {
            return false;
        }
        byte[] padded = new byte[bytes];
        System.arraycopy(signature, 0, padded, bytes - signature.length, signature.length);
        Digest digest = algorithm.equals("rsa-sha2-512") ? new SHA512Digest() : new SHA256Digest();
        try {
            RSADigestSigner signer = new RSADigestSigner(digest);
            signer.init(false, new RSAKeyParameters(false, modulus, exponent));
            signer.update(hash, 0, hash.length);
            return signer.verifySignature(padded);
        } catch (IllegalArgumentException noKey) {
            throw new Malformed("rsa key that is none", Numbers.KEY_EXCHANGE_FAILED);
        }
    }
}
