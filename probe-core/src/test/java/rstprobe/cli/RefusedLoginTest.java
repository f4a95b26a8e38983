package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Logins that do not come about: a wrong user, a key that is refused, a host key that nobody vouches for. Each is
/// explained, and before a host that is not the known one nothing is signed or offered.
final class RefusedLoginTest {
    private static Cable cable;
    private static OpenSsh server;

    @TempDir
    private Path into;

    @BeforeAll
    static void lay() throws Exception {
        cable = new Cable();
        server = new OpenSsh(cable);
    }

    @AfterAll
    static void remove() throws Exception {
        server.close();
        cable.close();
    }

    @Test
    void aKeyThatTheServerDoesNotTakeIsAUserRefused() throws Exception {
        int offers = offers();
        assertRefused("root");
        assertTrue(offers() > offers, "the key was offered");
    }

    @Test
    void aUserWhoDoesNotExistIsRefusedAsOneWhoMayNot() throws Exception {
        assertRefused("nobody-has-this-name");
        assertTrue(server.log().contains("nobody-has-this-name"), server.log());
    }

    private void assertRefused(String user) throws Exception {
        Probe.Ran ran = login(user, server.hostKey());
        ran.noTrace();
        assertEquals(13, ran.exit(), ran::toString);
        assertTrue(ran.out().contains("user-refused"), ran::toString);
    }

    @Test
    void anotherHostKeyThanTheKnownOneEndsItBeforeAnythingIsOffered() throws Exception {
        int offers = offers();
        Probe.Ran ran = login("root", key("other"));
        ran.noTrace();
        assertEquals(19, ran.exit(), ran::toString);
        assertTrue(ran.out().replaceAll("\\s+", " ").contains("is none of those known for this host"), ran::toString);
        assertEquals(offers, offers(), "no key was offered");
    }

    @Test
    void aHostThatIsNotKnownAtAllIsNotEvenAsked() throws Exception {
        Files.writeString(into.resolve("known"), "elsewhere.example " + server.hostKey() + "\n");
        Path identity = identity();
        Probe.at(cable)
                .run(
                        "ssh",
                        "root@" + Cable.SERVER,
                        "--into",
                        into.toString(),
                        "--identity",
                        identity.toString(),
                        "--known-hosts",
                        into.resolve("known").toString())
                .oneLine(Exit.CANNOT_PROBE, "known");
    }

    private static int offers() throws IOException {
        return (int)
                server.log().lines().filter(line -> line.contains("publickey")).count();
    }

    private Probe.Ran login(String user, String hostKey) throws Exception {
        Files.writeString(into.resolve("known"), Cable.SERVER + " " + hostKey + "\n");
        return Probe.at(cable)
                .run(
                        "ssh",
                        user + "@" + Cable.SERVER,
                        "--into",
                        into.toString(),
                        "--identity",
                        identity().toString(),
                        "--known-hosts",
                        into.resolve("known").toString());
    }

    private Path identity() throws IOException {
        key("identity");
        assertFalse(Files.readString(into.resolve("identity")).isEmpty());
        return into.resolve("identity");
    }

    /// Makes a key, and gives its public half.
    private String key(String name) throws IOException {
        Path file = into.resolve(name);
        Cable.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file.toString());
        return Files.readString(into.resolve(name + ".pub")).strip();
    }
}
