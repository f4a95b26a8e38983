package rstprobe.ssh;

import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKEMExtractor;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyGenerationParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeKeyPairGenerator;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimeParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePrivateKeyParameters;
import org.bouncycastle.pqc.crypto.ntruprime.SNTRUPrimePublicKeyParameters;

/// Streamlined NTRU Prime 761 with Curve25519.
final class SntrupShare extends KeyShare {
    private final byte[] quantum;
    private final SNTRUPrimeKEMExtractor extractor;
    private final X25519Share classic;

    SntrupShare(SecureRandom random) {
        SNTRUPrimeKeyPairGenerator generator = new SNTRUPrimeKeyPairGenerator();
        generator.init(new SNTRUPrimeKeyGenerationParameters(random, SNTRUPrimeParameters.sntrup761));
        AsymmetricCipherKeyPair pair = generator.generateKeyPair();
        quantum = ((SNTRUPrimePublicKeyParameters) pair.getPublic()).getEncoded();
        extractor = new SNTRUPrimeKEMExtractor((SNTRUPrimePrivateKeyParameters) pair.getPrivate());
        classic = new X25519Share(random);
    }

    @Override
    byte[] publicValue() {
        return Hybrid.join(quantum, classic.publicValue());
    }

    @Override
    byte[] secret(byte[] theirs) throws Malformed {
        byte[] ciphertext = Hybrid.ciphertext(theirs, extractor.getEncapsulationLength());
        return Hybrid.secret(Hash.SHA512, extractor.extractSecret(ciphertext), classic, theirs);
    }
}
