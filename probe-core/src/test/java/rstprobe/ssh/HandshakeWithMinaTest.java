package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A second judge that is written independently of OpenSSH, and has ML-KEM and the larger ECDSA keys.
class HandshakeWithMinaTest {
    private static final HandshakePlan STANDARD = HandshakePlan.standard("nobody");
    private static final String MLKEM = "mlkem768x25519-sha256";

    private static MinaServer mina;

    @BeforeAll
    static void start() throws Exception {
        mina = new MinaServer();
    }

    @AfterAll
    static void stop() throws Exception {
        mina.close();
    }

    @Test
    void it_really_offers_mlkem_and_that_is_what_is_agreed_on() throws Exception {
        Story story = run(STANDARD);
        List<String> offered =
                story.the(Observation.ServerProposal.class).offer().kex();
        assertTrue(offered.contains(MLKEM), "MINA dropped ML-KEM: wrong Bouncy Castle? " + offered);
        assertEquals(MLKEM, story.the(Observation.Negotiated.class).kex());
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertTrue(story.the(Observation.AuthMethods.class).methods().contains("password"));
    }

    @ParameterizedTest(name = "{0} signed by {1}")
    @MethodSource("exchanges")
    void every_key_exchange_it_has_works_with_each_of_its_host_keys(String kex, String hostKey) throws Exception {
        Algorithms offer = STANDARD.offer().withKex(List.of(kex)).withHostKeys(List.of(hostKey));
        Story story = run(STANDARD.withOffer(offer));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertEquals(hostKey, story.the(Observation.Negotiated.class).hostKey());
        assertTrue(story.the(Observation.HostKey.class).verified());
    }

    static Stream<Object[]> exchanges() throws Exception {
        try (MinaServer asked = new MinaServer();
                Peer peer = asked.connect()) {
            Algorithms theirs = peer.run(new Handshake(STANDARD, new SecureRandom()))
                    .the(Observation.ServerProposal.class)
                    .offer();
            List<String> kex = STANDARD.offer().kex().stream()
                    .filter(theirs.kex()::contains)
                    .toList();
            List<String> keys = STANDARD.offer().hostKeys().stream()
                    .filter(theirs.hostKeys()::contains)
                    .toList();
            assertTrue(kex.size() >= 10 && keys.size() >= 5, kex + " " + keys);
            return HandshakeWithOpenSshTest.pairs(kex, keys).map(List::toArray);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rstprobe.ssh.HandshakeWithOpenSshTest#suites")
    void every_cipher_works_with_every_mac(String cipher, String mac) throws Exception {
        Algorithms offer = STANDARD.offer()
                .withKex(List.of("curve25519-sha256"))
                .withCiphers(List.of(cipher))
                .withMacs(List.of(mac));
        Story story = run(STANDARD.withOffer(offer));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
    }

    private static Story run(HandshakePlan plan) throws Exception {
        try (Peer peer = mina.connect()) {
            return peer.run(new Handshake(plan, new SecureRandom()));
        }
    }
}
