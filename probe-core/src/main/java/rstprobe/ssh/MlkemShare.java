package rstprobe.ssh;

import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.MLKEMKeyPairGenerator;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.params.MLKEMKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/// ML-KEM-768 (FIPS 203) with Curve25519.
final class MlkemShare extends KeyShare {
    private final byte[] quantum;
    private final MLKEMExtractor extractor;
    private final X25519Share classic;

    MlkemShare(SecureRandom random) {
        MLKEMKeyPairGenerator generator = new MLKEMKeyPairGenerator();
        generator.init(new MLKEMKeyGenerationParameters(random, MLKEMParameters.ml_kem_768));
        AsymmetricCipherKeyPair pair = generator.generateKeyPair();
        quantum = ((MLKEMPublicKeyParameters) pair.getPublic()).getEncoded();
        extractor = new MLKEMExtractor((MLKEMPrivateKeyParameters) pair.getPrivate());
        classic = new X25519Share(random);
    }

    @Override
    byte[] publicValue() {
        return Hybrid.join(quantum, classic.publicValue());
    }

    @Override
    byte[] secret(byte[] theirs) throws Malformed {
        byte[] ciphertext = Hybrid.ciphertext(theirs, extractor.getEncapsulationLength());
        return Hybrid.secret(Hash.SHA256, extractor.extractSecret(ciphertext), classic, theirs);
    }
}
