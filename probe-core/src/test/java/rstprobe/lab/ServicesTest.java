package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rstprobe.lab.Scenario.Server;
import rstprobe.lab.Scenario.Service;

/// What the programs of practice networks are told, and where they are looked for.
class ServicesTest {

    private static final Service NGINX = new Service(List.of("/usr/sbin/nginx"), 22, 2);

    private static List<String> settings(Server.Installed server) {
        return server.files().get(Services.SETTINGS).lines().toList();
    }

    @Test
    void whatIsAskedForReplacesWhatIsUsual() {
        List<String> lines = settings(Services.openSsh(Release.BOOKWORM, "UseDNS yes", "DenyUsers *"));
        assertTrue(lines.contains("UseDNS yes"), lines::toString);
        assertFalse(lines.contains("UseDNS no"), lines::toString);
        assertTrue(lines.contains("UsePAM no"), lines::toString);
    }

    /// sshd_config(5): a Match block goes on to the next one or to the end of the file, and a host key is not allowed
    /// in it.
    @Test
    void aBlockStandsBehindEverythingElse() {
        List<String> lines = settings(Services.openSsh(Release.TRIXIE, "Match User *", "  RefuseConnection yes"));
        assertEquals(List.of("Match User *", "  RefuseConnection yes"), lines.subList(lines.size() - 2, lines.size()));
        assertEquals("HostKey /etc/ssh/ssh_host_ed25519_key", lines.getFirst());
    }

    @Test
    void aServerBehindAnotherProgramListensElsewhereAndStartsFirst() {
        Server.Installed server = Services.inFront(Map.of("/etc/nginx/nginx.conf", "events {}"), NGINX);
        assertEquals(
                List.of(Services.BEHIND, Topology.PORT),
                server.programs().stream().map(Service::port).toList());
        assertEquals(List.of("/usr/sbin/sshd", "/usr/sbin/nginx"), InstalledServer.programs(server));
    }

    @Test
    void aProgramThatIsMissingIsNamedWithTheFix(@TempDir Path folder) throws Exception {
        Server.Installed server = Services.alone(Map.of(), NGINX);
        CannotBuild missing = assertThrows(CannotBuild.class, () -> InstalledServer.tree(server, Optional.of(folder)));
        assertTrue(missing.what().contains("usr/sbin/nginx"), missing.what());
        assertTrue(missing.fix().contains("--software"), missing.fix());
        Path program = folder.resolve("bookworm/usr/sbin/nginx");
        Files.createDirectories(program.getParent());
        Files.createFile(program);
        assertTrue(program.toFile().setExecutable(true));
        assertEquals(folder.resolve("bookworm"), InstalledServer.tree(server, Optional.of(folder)));
    }

    @Test
    void theRulesOfUfwAreOneALine() {
        Scenario ufw = Labs.named("ufw-limit").orElseThrow();
        String rules = ((Server.Installed) ufw.server()).files().get("/etc/ufw/user.rules");
        assertTrue(
                rules.lines()
                        .allMatch(line -> line.startsWith("-A ")
                                || line.startsWith(":")
                                || line.startsWith("*")
                                || line.equals("COMMIT")),
                rules);
        assertEquals(2, rules.lines().filter(line -> line.contains("-m recent")).count(), rules);
    }
}
