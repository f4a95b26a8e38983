package rstprobe.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.diagnose.ServerScope;
import rstprobe.diagnose.ServerSide;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;
import rstprobe.server.SmallSshServer.Canned;

/// Another host through SSH: who is let in and who is not, and what a poor account can still tell.
class RemoteTest {
    private static final Function<String, Optional<Canned>> REAL = _ -> Optional.empty();

    @TempDir
    private Path home;

    private PublicKey key;

    @BeforeEach
    void makeKey() throws Exception {
        Files.createDirectories(home.resolve(".ssh"));
        keygen("", home.resolve(".ssh/id_ed25519"));
        key = publicKey(home.resolve(".ssh/id_ed25519.pub"));
    }

    private static void keygen(String passphrase, Path file) throws Exception {
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", file.toString());
    }

    private static PublicKey publicKey(Path file) throws Exception {
        return PublicKeyEntry.parsePublicKeyEntry(Files.readString(file)).resolvePublicKey(null, null, null);
    }

    private static void run(String... words) throws Exception {
        Process process = new ProcessBuilder(words).inheritIO().start();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    private Access access(SmallSshServer server, String user) {
        return new Access(user, "127.0.0.1", server.port(), List.of(), Optional.empty(), Optional.empty(), home);
    }

    private CannotProbe refused(Access access) {
        return assertThrows(CannotProbe.class, () -> Remote.open(access).close());
    }

    @Test
    void aKnownHostAndAKnownKeyAreLetInAndWordsArriveWhole() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), REAL)) {
            server.makeKnown(home);
            try (Remote remote = Remote.open(access(server, SmallSshServer.USER))) {
                List<String> words = List.of("printf", "[%s]", "a b", "it's", "$(id)", "`id`", "*");
                try (Local local = new Local()) {
                    assertEquals(
                            local.ask(ServerQuestion.WHO, words).lines(),
                            remote.ask(ServerQuestion.WHO, words).lines());
                }
                ServerAnswer endless = remote.ask(ServerQuestion.JOURNAL, List.of("yes"));
                assertTrue(endless.cut());
                assertEquals(
                        Optional.of("not installed"),
                        remote.ask(ServerQuestion.NFT, List.of("no-such")).notRead());
            }
        }
    }

    @Test
    void anUnknownHostKeyIsRefusedWithItsFingerprint() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), REAL)) {
            CannotProbe cannot = refused(access(server, SmallSshServer.USER));
            assertTrue(cannot.what().contains("is not known: it shows"), cannot.what());
            assertTrue(cannot.what().contains("SHA256:"), cannot.what());
            assertTrue(cannot.fix().contains("ssh -p " + server.port() + " anna@127.0.0.1"), cannot.fix());
            assertFalse(Files.exists(home.resolve(".ssh/known_hosts")));
        }
    }

    @Test
    void aChangedHostKeyIsRefused() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), REAL)) {
            server.makeKnownWrongly(home);
            String before = Files.readString(home.resolve(".ssh/known_hosts"));
            CannotProbe cannot = refused(access(server, SmallSshServer.USER));
            assertTrue(cannot.what().contains("is not the one in known_hosts"), cannot.what());
            assertEquals(before, Files.readString(home.resolve(".ssh/known_hosts")));
        }
    }

    @Test
    void aWrongUserAndARefusedKeyAreToldWithWhatWasTried() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.empty(), REAL)) {
            server.makeKnown(home);
            CannotProbe cannot = refused(access(server, "nobody"));
            assertTrue(cannot.what().contains("nobody@127.0.0.1:" + server.port() + " was not let in"), cannot.what());
            assertTrue(cannot.what().contains("no agent (SSH_AUTH_SOCK is not set), 1 key file"), cannot.what());
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), REAL)) {
            server.makeKnown(home);
            Path locked = home.resolve("locked");
            keygen("a passphrase", locked);
            Path open = Files.copy(home.resolve(".ssh/id_ed25519"), home.resolve("open"));
            run("chmod", "644", open.toString());
            Access access = new Access(
                    SmallSshServer.USER,
                    "127.0.0.1",
                    server.port(),
                    List.of(locked, open, home.resolve("none")),
                    Optional.empty(),
                    Optional.empty(),
                    home);
            String what = refused(access).what();
            assertTrue(what.contains("locked (has a passphrase"), what);
            assertTrue(what.contains("open (others may read it"), what);
            assertTrue(what.contains("none (cannot be read)"), what);
        }
    }

    @Test
    void aPasswordLetsInWhereItIsRightAndIsNeverShown() throws Exception {
        try (SmallSshServer server = new SmallSshServer(Optional.empty(), REAL)) {
            server.makeKnown(home);
            Access right = new Access(
                    SmallSshServer.USER,
                    "127.0.0.1",
                    server.port(),
                    List.of(),
                    Optional.of(SmallSshServer.PASSWORD),
                    Optional.empty(),
                    home);
            Remote.open(right).close();
            assertFalse(right.toString().contains(SmallSshServer.PASSWORD));
            Access wrong = new Access(
                    SmallSshServer.USER,
                    "127.0.0.1",
                    server.port(),
                    List.of(),
                    Optional.of("Tr0ub4dor"),
                    Optional.empty(),
                    home);
            assertTrue(refused(wrong).what().contains("a password"));
            assertFalse(refused(wrong).what().contains("Tr0ub4dor"));
        }
    }

    @Test
    void theAgentSigns() throws Exception {
        Path socket = home.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), REAL)) {
            while (!Files.exists(socket) && agent.isAlive()) {
                Thread.onSpinWait();
            }
            Path mine = home.resolve(".ssh/id_ed25519");
            ProcessBuilder add = new ProcessBuilder("ssh-add", "-q", mine.toString());
            add.environment().put("SSH_AUTH_SOCK", socket.toString());
            assertEquals(0, add.start().waitFor());
            Files.delete(mine);
            server.makeKnown(home);
            Access access = new Access(
                    SmallSshServer.USER,
                    "127.0.0.1",
                    server.port(),
                    List.of(),
                    Optional.empty(),
                    Optional.of(socket),
                    home);
            Remote.open(access).close();
        } finally {
            agent.destroy();
            agent.waitFor();
        }
    }

    @Test
    void nobodyThereIsNoTarget() throws Exception {
        SmallSshServer server = new SmallSshServer(Optional.empty(), REAL);
        Access access = access(server, SmallSshServer.USER);
        server.close();
        NoTarget none = assertThrows(NoTarget.class, () -> Remote.open(access).close());
        assertEquals(NoTarget.Kind.UNREACHABLE, none.kind());
    }

    @Test
    void anAccountWithoutAShellIsToldAsSuch() throws Exception {
        Canned nologin = new Canned(1, "This account is currently not available.\n", "");
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), _ -> Optional.of(nologin))) {
            server.makeKnown(home);
            CannotProbe cannot = assertThrows(CannotProbe.class, () -> collect(server));
            assertTrue(cannot.what().contains("runs no commands: it answers 'This account is"), cannot.what());
        }
    }

    @Test
    void aServerWithoutJournalAndWithoutRightsTellsTheRest() throws Exception {
        Function<String, Optional<Canned>> poor = command -> {
            if (command.contains("journalctl") || command.contains("systemctl")) {
                return Optional.of(new Canned(127, "", "env: 'journalctl': No such file or directory\n"));
            }
            if (command.contains("nft ") || command.contains("dmesg")) {
                return Optional.of(new Canned(1, "", "Operation not permitted (you must be root)\n"));
            }
            return command.contains(" ss -H -l")
                    ? Optional.of(new Canned(0, "LISTEN 0 128 0.0.0.0:443 0.0.0.0:*\n", ""))
                    : Optional.empty();
        };
        try (SmallSshServer server = new SmallSshServer(Optional.of(key), poor)) {
            server.makeKnown(home);
            ServerSide side = collect(server);
            assertEquals("nothing-listens", side.faults().getFirst().id());
            List<String> notRead = side.notRead().stream()
                    .map(part -> part.question().id() + " " + part.why())
                    .toList();
            assertTrue(notRead.contains("journal not installed"), "" + notRead);
            assertTrue(notRead.contains("nft permission denied"), "" + notRead);
        }
    }

    private ServerSide collect(SmallSshServer server) throws Exception {
        try (Remote remote = Remote.open(access(server, SmallSshServer.USER))) {
            return ServerSide.of(new Collector(remote, ServerScope.of(0, 22, Optional.empty()), false, _ -> {})
                    .collect(Optional.empty(), Optional.empty()));
        }
    }
}
