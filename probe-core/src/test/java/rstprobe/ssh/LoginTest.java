package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rstprobe.ssh.Observation.HostKeyDoubt;
import rstprobe.ssh.Observation.KeyFate;

/// Logging in, step by step, against a server that checks every signature: what is said, what is never said,
/// and what the far side hears of it.
class LoginTest {
    private static LoginServer server;

    private final List<Login.Wanted> signed = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = new LoginServer();
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.forget();
    }

    @ParameterizedTest
    @CsvSource({
        "ssh-ed25519, 256",
        "ecdsa-sha2-nistp256, 256",
        "ecdsa-sha2-nistp384, 384",
        "ecdsa-sha2-nistp521, 521",
        "ssh-rsa, 2048"
    })
    void everyKindOfKeyIsLetIn(String type, int bits) throws Exception {
        KeyPair key = KeyUtils.generateKeyPair(type, bits);
        server.allow(key.getPublic());
        Story story = login(List.of(key), server.hostKeys(), 0);
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertEquals(List.of(KeyFate.WELCOME, KeyFate.TAKEN), fates(story), story::toString);
        assertEquals(
                OptionalInt.of(0), story.the(Observation.CommandEnded.class).exit(), story::toString);
        assertEquals(List.of("true"), server.commands());
        assertEquals(
                List.of("userauth-request", "userauth-publickey", "userauth-signature", "channel-open", "exec"),
                names(story)
                        .subList(
                                names(story).indexOf("userauth-request"),
                                names(story).indexOf("exec") + 1));
        assertEquals("disconnect", names(story).getLast());
    }

    @Test
    void withoutALoginNothingIsSaidBehindTheMethodNone() throws Exception {
        Story story = run(new Handshake(HandshakePlan.standard(LoginServer.USER), new SecureRandom()));
        assertEquals(
                List.of("userauth-request", "disconnect"),
                names(story).subList(names(story).size() - 2, names(story).size()));
        assertEquals(List.of(), server.offered());
        assertEquals(List.of(), story.all(Observation.LoginBegun.class));
    }

    @Test
    void aHostThatIsNotTheOneKnownIsOfferedNothingAndNothingIsSigned() throws Exception {
        KeyPair ours = key();
        server.allow(ours.getPublic());
        byte[] other = encoded(key());
        List<Login.Known> revoked = server.hostKeys().stream()
                .map(known -> new Login.Known(known.key(), true))
                .toList();
        assertEquals(HostKeyDoubt.CHANGED, doubt(login(List.of(ours), List.of(new Login.Known(other, false)), 0)));
        assertEquals(HostKeyDoubt.REVOKED, doubt(login(List.of(ours), revoked, 0)));
        assertEquals(HostKeyDoubt.UNKNOWN, doubt(login(List.of(ours), List.of(), 0)));
        assertEquals(List.of(), server.offered());
        assertEquals(List.of(), signed);
    }

    private static HostKeyDoubt doubt(Story story) {
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertFalse(names(story).contains("userauth-publickey"), story::toString);
        return story.the(Observation.LoginWithheld.class).doubt();
    }

    @Test
    void aKeyTheServerDoesNotKnowIsOfferedOnceAndNeverSigns() throws Exception {
        KeyPair known = key();
        server.allow(known.getPublic());
        Story story = login(List.of(key(), key(), known), server.hostKeys(), 0);
        assertEquals(
                List.of(KeyFate.REFUSED, KeyFate.REFUSED, KeyFate.WELCOME, KeyFate.TAKEN),
                fates(story),
                story::toString);
        assertEquals(1, signed.size());
        assertEquals(
                3, names(story).stream().filter("userauth-publickey"::equals).count());
    }

    @Test
    void whereNoKeyIsTakenThatIsSaidAndNoSessionIsAskedFor() throws Exception {
        server.allow(key().getPublic());
        Story story = login(List.of(key(), key()), server.hostKeys(), 0);
        assertEquals(List.of(KeyFate.REFUSED, KeyFate.REFUSED), fates(story));
        assertTrue(story.the(Observation.LoginRefused.class).methods().contains("publickey"), story::toString);
        assertFalse(names(story).contains("channel-open"));
        assertFalse(
                story.all(Observation.StageCompleted.class).stream().anyMatch(done -> done.stage() == Stage.USERAUTH));
    }

    @Test
    void aKeyThatDoesNotSignCostsNoFailureAndTheNextIsTried() throws Exception {
        KeyPair first = key();
        KeyPair second = key();
        server.allow(first.getPublic(), second.getPublic());
        Story story = login(
                List.of(first, second),
                server.hostKeys(),
                0,
                wanted -> wanted.identity() == 0 ? Optional.empty() : sign(second, wanted));
        assertEquals(
                List.of(KeyFate.WELCOME, KeyFate.UNSIGNED, KeyFate.WELCOME, KeyFate.TAKEN),
                fates(story),
                story::toString);
    }

    @Test
    void aRestEndsWithAQuestionAndItsAnswer() throws Exception {
        KeyPair ours = key();
        server.allow(ours.getPublic());
        Story story = login(List.of(ours), server.hostKeys(), 60_000);
        story.the(Observation.AskedAgain.class);
        assertEquals(
                List.of("keepalive", "disconnect"),
                names(story).subList(names(story).size() - 2, names(story).size()));
        assertTrue(
                story.all(Observation.StageCompleted.class).stream().anyMatch(done -> done.stage() == Stage.IDLE),
                story::toString);
    }

    @Test
    void aLoginThatIsOnlyHeldOpensNoSessionAndSpeaksWhenToldTo() throws Exception {
        KeyPair ours = key();
        server.allow(ours.getPublic());
        Login login = new Login(server.hostKeys(), List.of(identity(ours)), 0).heldOpen();
        Story story = login(login, wanted -> sign(ours, wanted));
        assertInstanceOf(Outcome.Completed.class, story.outcome().orElseThrow(), story::toString);
        assertEquals(
                List.of("userauth-signature", "ignore", "ignore", "disconnect"),
                names(story).subList(names(story).size() - 4, names(story).size()));
        assertEquals(List.of(), server.commands());
        assertTrue(
                story.all(Observation.StageCompleted.class).stream().anyMatch(done -> done.stage() == Stage.USERAUTH));
    }

    @Test
    void aServerKnownByOneKindOfKeyIsAskedForThatKind() {
        Login login = new Login(server.hostKeys(), List.of(identity(key())), 0);
        assertEquals(
                "ssh-ed25519",
                login.askingFirst(HandshakePlan.standard("anna")
                                .withOffer(Algorithms.standard().withHostKeys(List.of("rsa-sha2-512", "ssh-ed25519"))))
                        .offer()
                        .hostKeys()
                        .getFirst());
    }

    @Test
    void aCertificateOrAKeyOnATokenIsNotOffered() {
        for (String type : List.of("ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "ssh-dss")) {
            assertEquals(
                    Optional.empty(),
                    Login.Identity.of(new WireWriter().writeText(type).bytes()));
        }
        assertEquals(Optional.empty(), Login.Identity.of(new byte[] {0, 0}));
        assertArrayEquals(encoded(ED25519), identity(ED25519).key());
    }

    private static final KeyPair ED25519 = key();

    private Story login(List<KeyPair> keys, List<Login.Known> known, long stayMillis) throws Exception {
        return login(keys, known, stayMillis, wanted -> sign(keys.get(wanted.identity()), wanted));
    }

    private Story login(
            List<KeyPair> keys,
            List<Login.Known> known,
            long stayMillis,
            Function<Login.Wanted, Optional<byte[]>> signer)
            throws Exception {
        return login(new Login(known, keys.stream().map(LoginTest::identity).toList(), stayMillis), signer);
    }

    private Story login(Login login, Function<Login.Wanted, Optional<byte[]>> signer) throws Exception {
        SecureRandom random = new SecureRandom();
        HandshakePlan plan = login.askingFirst(HandshakePlan.standard(LoginServer.USER));
        Handshake handshake = new Handshake(plan, random, KeyShares.fresh(random), Optional.of(login));
        try (Peer peer = server.connect()) {
            Function<Login.Wanted, Optional<byte[]>> noting = wanted -> {
                signed.add(wanted);
                return signer.apply(wanted);
            };
            return login.held() ? peer.hold(handshake, noting) : peer.run(handshake, noting);
        }
    }

    private static Story run(Handshake handshake) throws Exception {
        try (Peer peer = server.connect()) {
            return peer.run(handshake);
        }
    }

    private static KeyPair key() {
        try {
            return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    static byte[] encoded(KeyPair key) {
        ByteArrayBuffer buffer = new ByteArrayBuffer();
        buffer.putRawPublicKey(key.getPublic());
        return buffer.getCompactData();
    }

    private static Login.Identity identity(KeyPair key) {
        return Login.Identity.of(encoded(key)).orElseThrow();
    }

    private static Optional<byte[]> sign(KeyPair key, Login.Wanted wanted) {
        try {
            Signature signature =
                    BuiltinSignatures.fromFactoryName(wanted.algorithm()).create();
            signature.initSigner(null, key.getPrivate());
            signature.update(null, wanted.signed());
            return Optional.of(new WireWriter()
                    .writeText(wanted.algorithm())
                    .writeString(signature.sign(null))
                    .bytes());
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static List<KeyFate> fates(Story story) {
        return story.all(Observation.KeyTried.class).stream()
                .map(Observation.KeyTried::fate)
                .toList();
    }

    private static List<String> names(Story story) {
        return story.sends().stream().map(Message::name).toList();
    }
}
