package rstprobe.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.record.CannotProbe;
import rstprobe.ssh.Login;

/// Which keys a login would offer, which host keys it would take, and what is said where there is none.
class LoginKeysTest {
    @TempDir
    private Path home;

    private Path keygen(String name, String passphrase) throws Exception {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Process process = new ProcessBuilder(
                        "ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", file.toString())
                .inheritIO()
                .start();
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        return file;
    }

    private static byte[] publicHalf(Path file) throws Exception {
        return Base64.getDecoder()
                .decode(Files.readString(Path.of(file + ".pub")).split(" ")[1]);
    }

    private Access access(List<Path> identities, Optional<Path> agent) {
        return new Access("anna", "db7", 22, identities, Optional.empty(), agent, home);
    }

    private CannotProbe refused(List<Path> identities, Optional<Path> agent) {
        return assertThrows(
                CannotProbe.class, () -> LoginKeys.of(access(identities, agent)).close());
    }

    @Test
    void keysThatAreNamedAreMeantAlone() throws Exception {
        keygen(".ssh/id_ed25519", "");
        Path named = keygen("named", "");
        try (LoginKeys keys = LoginKeys.of(access(List.of(named), Optional.of(home.resolve("no-agent"))))) {
            assertEquals(1, keys.identities().size());
            assertArrayEquals(publicHalf(named), keys.identities().getFirst().key());
        }
        try (LoginKeys keys = LoginKeys.of(access(List.of(), Optional.empty()))) {
            assertArrayEquals(
                    publicHalf(home.resolve(".ssh/id_ed25519")),
                    keys.identities().getFirst().key());
        }
    }

    @Test
    void noMoreKeysAreOfferedThanAServerHasPatienceFor() throws Exception {
        List<Path> files = List.of("1", "2", "3", "4", "5", "6", "7").stream()
                .map(name -> {
                    try {
                        return keygen(name, "");
                    } catch (Exception failed) {
                        throw new AssertionError(failed);
                    }
                })
                .toList();
        try (LoginKeys keys = LoginKeys.of(access(files, Optional.empty()))) {
            assertEquals(Login.MOST_IDENTITIES, keys.identities().size());
            assertEquals(1, keys.tooMany());
        }
    }

    @Test
    void aKeyThatCannotBeUsedIsNamedWithTheReason() throws Exception {
        Path locked = keygen("locked", "secret");
        CannotProbe protectedKey = refused(List.of(locked), Optional.empty());
        assertTrue(protectedKey.what().contains(locked + " (has a passphrase"), protectedKey.what());
        assertTrue(protectedKey.fix().contains("ssh-add"), protectedKey.fix());
        Path broken = keygen("broken", "");
        Files.writeString(broken, Files.readString(broken).substring(0, 100));
        assertTrue(refused(List.of(broken), Optional.empty()).what().contains(broken + " ("));
        Path none = Files.writeString(home.resolve("none"), "nothing\n");
        assertTrue(none.toFile().setReadable(false, false) && none.toFile().setReadable(true, true));
        assertTrue(refused(List.of(none), Optional.empty()).what().contains(none + " ("));
    }

    @Test
    void withoutAnyKeyTheReasonIsGiven() {
        assertTrue(refused(List.of(), Optional.empty()).what().contains("SSH_AUTH_SOCK is not set"));
        Path gone = home.resolve("gone");
        assertTrue(refused(List.of(), Optional.of(gone)).what().contains("the agent does not answer at " + gone));
    }

    @Test
    void onlyKeysOfThatHostAndPortAreKnown() throws Exception {
        String one = publicHalfText(keygen("one", ""));
        String two = publicHalfText(keygen("two", ""));
        Path known = Files.writeString(
                home.resolve("known"),
                "db7 " + one + "\n@revoked db7 " + two + "\n@cert-authority db7 " + two + "\n[db7]:2222 " + two
                        + "\nother " + two + "\nnot a line\n");
        List<Login.Known> keys = LoginKeys.hostKeys("db7", 22, Optional.of(known), home);
        assertEquals(
                List.of(false, true), keys.stream().map(Login.Known::revoked).toList());
        assertEquals(
                1, LoginKeys.hostKeys("db7", 2222, Optional.of(known), home).size());
        CannotProbe unknown =
                assertThrows(CannotProbe.class, () -> LoginKeys.hostKeys("db8", 22, Optional.of(known), home));
        assertTrue(unknown.what().contains("no host key of db8 is known"), unknown.what());
        assertTrue(unknown.what().contains("nothing was sent"), unknown.what());
        assertThrows(CannotProbe.class, () -> LoginKeys.hostKeys("db7", 22, Optional.of(home.resolve("x")), home));
    }

    private static String publicHalfText(Path file) throws Exception {
        return Files.readString(Path.of(file + ".pub")).strip();
    }
}
