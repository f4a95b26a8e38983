package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The machine's own OpenSSH server is the judge: it ends a handshake whose keys, hashes or packets are wrong.
class HandshakeWithOpenSshTest {
    private static final HandshakePlan STANDARD = HandshakePlan.standard("nobody");

    private static RealSshd sshd;

    @BeforeAll
    static void start() throws Exception {
        Path banner = Files.createTempFile("rstprobe-banner", ".txt");
        Files.writeString(banner, "Authorised users only\n");
        sshd = new RealSshd("Banner " + banner);
        banner.toFile().deleteOnExit();
    }

    @AfterAll
    static void stop() throws Exception {
        sshd.close();
    }

    @Test
    void a_healthy_handshake_tells_everything_a_server_says_before_authentication() throws Exception {
        Story story = run(STANDARD);
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow());
        Observation.HostKey key = story.the(Observation.HostKey.class);
        assertEquals(new Observation.HostKey("ssh-ed25519", sshd.fingerprint("ed25519"), true), key);
        assertTrue(story.the(Observation.NewKeys.class).strict(), "strict key exchange");
        assertTrue(story.the(Observation.ExtensionInfo.class).extensions().containsKey("server-sig-algs"));
        assertEquals(
                "Authorised users only\n",
                new String(story.the(Observation.AuthBanner.class).text(), StandardCharsets.UTF_8));
        assertTrue(story.the(Observation.AuthMethods.class).methods().contains("publickey"));
        assertEquals(
                List.of("connect", "identification", "kexinit", "kex", "newkeys", "service", "userauth"),
                story.all(Observation.StageCompleted.class).stream()
                        .map(done -> done.stage().word())
                        .toList());
        assertEquals(
                List.of(
                        "identification",
                        "kexinit",
                        "kex-init",
                        "newkeys",
                        "service-request",
                        "userauth-request",
                        "disconnect"),
                story.sends().stream().map(Message::name).toList());
    }

    @Test
    void the_key_exchange_is_the_one_an_openssh_10_client_would_pick_here() throws Exception {
        List<String> offered = sshd.effective("kexalgorithms");
        String expected = Algorithms.standard().kex().stream()
                .filter(offered::contains)
                .findFirst()
                .orElseThrow();
        assertEquals(expected, run(STANDARD).the(Observation.Negotiated.class).kex());
    }

    @Test
    void our_kexinit_has_the_size_asked_for() throws Exception {
        for (int bytes : new int[] {1560, 2048, 4000, 30_000}) {
            Story story = run(STANDARD.withKexInitBytes(bytes));
            assertEquals(bytes, story.sends().get(1).bytes().length);
            assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow());
        }
    }

    @Test
    void without_strict_key_exchange_it_works_as_well() throws Exception {
        Story story = run(STANDARD.withStrict(false).withExtensionInfo(false));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow());
        assertFalse(story.the(Observation.NewKeys.class).strict());
        assertTrue(story.all(Observation.ExtensionInfo.class).isEmpty());
    }

    @Test
    void a_server_without_our_key_exchange_is_no_common_algorithm_with_both_lists() throws Exception {
        try (RealSshd old = new RealSshd("KexAlgorithms diffie-hellman-group14-sha1");
                Peer peer = old.connect()) {
            Story story = peer.run(new Handshake(STANDARD, new SecureRandom()));
            Outcome.NoCommonAlgorithm apart = assertInstanceOf(
                    Outcome.NoCommonAlgorithm.class, story.outcome().orElseThrow());
            assertEquals("kex", apart.list());
            assertEquals(STANDARD.offer().kex(), apart.ours());
            assertTrue(apart.theirs().contains("diffie-hellman-group14-sha1"));
        }
    }

    @Test
    void text_that_is_not_ssh_draws_openssh_s_complaint_which_is_kept() throws Exception {
        Story story = run(STANDARD.withOpening(Opening.NONSSH));
        assertEquals(22, story.sends().getFirst().bytes().length);
        assertEquals("Invalid SSH identification string.", text(story.the(Observation.ServerText.class)));
        assertEquals(new Outcome.ClosedAt(Stage.KEXINIT), story.outcome().orElseThrow());
    }

    @Test
    void a_client_that_waits_for_the_server_first_gets_as_far() throws Exception {
        assertInstanceOf(
                Outcome.Completed.class,
                run(STANDARD.withOpening(Opening.AFTER)).outcome().orElseThrow());
    }

    @ParameterizedTest(name = "{0} signed by {1}")
    @MethodSource("exchanges")
    void every_key_exchange_it_has_works_with_each_of_its_host_keys(String kex, String hostKey) throws Exception {
        Algorithms offer = STANDARD.offer().withKex(List.of(kex)).withHostKeys(List.of(hostKey));
        Story story = run(STANDARD.withOffer(offer));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertEquals(kex, story.the(Observation.Negotiated.class).kex());
        String type = hostKey.startsWith("rsa") ? "rsa" : hostKey.startsWith("ecdsa") ? "ecdsa" : "ed25519";
        assertEquals(
                sshd.fingerprint(type), story.the(Observation.HostKey.class).fingerprint());
    }

    static Stream<List<String>> pairs(List<String> some, List<String> others) {
        return some.stream().flatMap(one -> others.stream().map(other -> List.of(one, other)));
    }

    static Stream<Object[]> exchanges() throws Exception {
        try (RealSshd asked = new RealSshd()) {
            List<String> kex = asked.effective("kexalgorithms");
            List<String> ours =
                    Algorithms.standard().kex().stream().filter(kex::contains).toList();
            List<String> hostKeys = List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256");
            assertTrue(ours.size() >= 9, "this sshd offers only " + ours);
            return pairs(ours, hostKeys).map(List::toArray).toList().stream();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("suites")
    void every_cipher_works_with_every_mac(String cipher, String mac) throws Exception {
        Algorithms offer = STANDARD.offer()
                .withKex(List.of("curve25519-sha256"))
                .withCiphers(List.of(cipher))
                .withMacs(List.of(mac));
        Story story = run(STANDARD.withOffer(offer));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertEquals(cipher, story.the(Observation.Negotiated.class).cipherIn());
    }

    static Stream<Object[]> suites() {
        Algorithms all = Algorithms.standard();
        return pairs(all.ciphersOut(), all.macsOut())
                .filter(pair -> !Suite.authenticatesItself(pair.getFirst())
                        || pair.getLast().equals(all.macsOut().getFirst()))
                .map(List::toArray);
    }

    private static Story run(HandshakePlan plan) throws Exception {
        try (Peer peer = sshd.connect()) {
            return peer.run(new Handshake(plan, new SecureRandom()));
        }
    }

    private static String text(Observation.ServerText text) {
        return new String(text.text(), StandardCharsets.ISO_8859_1);
    }
}
