package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/// One algorithm alone in its list.
class SoleTest {
    private static final Algorithms OURS = Algorithms.standard();

    @Test
    void eachSharedAlgorithmIsThereOnceAndCiphersArePairedWithMacs() {
        Algorithms theirs = OURS.withKex(List.of("curve25519-sha256@libssh.org", "curve25519-sha256", "unknown"))
                .withHostKeys(List.of("ssh-ed25519"))
                .withCiphers(List.of("aes256-ctr", "aes128-ctr", "aes128-gcm@openssh.com"))
                .withMacs(List.of("hmac-sha2-512", "hmac-sha2-256", "hmac-sha1"));
        assertEquals(
                List.of(
                        new Sole(Sole.Kind.KEX, "curve25519-sha256", ""),
                        new Sole(Sole.Kind.CIPHER, "aes128-gcm@openssh.com", ""),
                        new Sole(Sole.Kind.CIPHER, "aes128-ctr", "hmac-sha2-256"),
                        new Sole(Sole.Kind.CIPHER, "aes256-ctr", "hmac-sha2-512"),
                        new Sole(Sole.Kind.CIPHER, "aes128-ctr", "hmac-sha1")),
                Sole.shared(OURS, theirs));
    }

    /// MINA answers to the end of the handshake; nobody is named to it.
    @Test
    void aHandshakeWithOneAloneEndsWithTheFirstEncryptedAnswer() throws Exception {
        Sole sole = new Sole(Sole.Kind.CIPHER, "aes192-ctr", "hmac-sha2-512");
        HandshakePlan plan = HandshakePlan.standard("nobody").alone(sole, List.of("ecdh-sha2-nistp384"));
        try (MinaServer mina = new MinaServer();
                Peer peer = mina.connect()) {
            Story story = peer.run(new Handshake(plan, new SecureRandom()));
            assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
            Observation.Negotiated agreed = story.the(Observation.Negotiated.class);
            assertTrue(sole.usedBy(agreed), agreed::toString);
            assertEquals("ecdh-sha2-nistp384", agreed.kex());
            assertTrue(story.all(Observation.AuthMethods.class).isEmpty(), story::toString);
        }
    }
}
