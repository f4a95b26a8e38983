package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// A healthy server is found healthy, and the key exchange is the one OpenSSH's own client settles on with
/// the very same server.
final class HealthyHandshakeStory {
    private static final String KEX_OF_OPENSSH_10 = "mlkem768x25519-sha256";
    private static final String OFFERS = "debug1: kex: algorithm: ";

    private static final String WITHOUT_SSHD = "mount --bind /dev/null /usr/sbin/sshd; exec \"$@\"";

    @ParameterizedTest(name = "IPv6 {0}")
    @ValueSource(booleans = {false, true})
    void thisMachinesOpenSshAndItsClientAgreeWithUs(boolean ipv6) throws Exception {
        Path into = Folder.scratch("healthy");
        try (Lab lab = healthy(ipv6, Optional.empty())) {
            JsonNode report = probe(lab, into);
            assertEquals(
                    kexOfOpenSsh(lab, List.of("/usr/bin/ssh")),
                    report.at("/server/kex").asText());
            assertTrue(report.at("/server/identification").asText().startsWith("SSH-2.0-OpenSSH_"), report::toString);
        }
        Folder.below(into).mustBeWhole();
    }

    @ParameterizedTest(name = "IPv6 {0}")
    @ValueSource(booleans = {false, true})
    void openSsh10AndItsClientAgreeWithUsOnMlKem(boolean ipv6) throws Exception {
        Path into = Folder.scratch("healthy");
        Path tree = trixie();
        try (Lab lab = healthy(ipv6, Optional.of(tree))) {
            JsonNode report = probe(lab, into);
            String identification = report.at("/server/identification").asText();
            assertTrue(identification.startsWith("SSH-2.0-OpenSSH_10.0"), identification);
            assertEquals(KEX_OF_OPENSSH_10, report.at("/server/kex").asText());
            assertEquals(
                    KEX_OF_OPENSSH_10, kexOfOpenSsh(lab, List.of("/usr/sbin/chroot", tree.toString(), "/usr/bin/ssh")));
        }
        Folder.below(into).mustBeWhole();
    }

    @Test
    void whereNoSshdIsInstalledTheEmbeddedServerIsHealthyToo() throws Exception {
        Path into = Folder.scratch("healthy");
        List<String> words = new ArrayList<>(List.of("unshare", "--mount", "sh", "-euc", WITHOUT_SSHD, "sh"));
        words.addAll(Image.words("lab", "run", "healthy", "--into", into.toString()));
        Command ran = Command.run(new ProcessBuilder(words)).mustEndWith(0);
        assertTrue(ran.out().contains("\nverdict  healthy, exit 0"), ran::toString);
        String identification =
                Folder.below(into).report().at("/server/identification").asText();
        assertTrue(identification.startsWith("SSH-2.0-APACHE-SSHD-"), identification);
    }

    private static Lab healthy(boolean ipv6, Optional<Path> tree) throws Exception {
        return Lab.build(Labs.named("healthy").orElseThrow(), new Conditions(0, 0, 1, ipv6, tree));
    }

    private static Path trixie() {
        Path tree = Path.of(System.getenv().getOrDefault("RSTPROBE_TRIXIE", "/no/RSTPROBE_TRIXIE"));
        assertTrue(Files.isExecutable(tree.resolve("usr/sbin/sshd")), "no OpenSSH 10.0 at " + tree + ": `make test`");
        return tree;
    }

    /// Runs `rstprobe ssh` in the lab's client; it must find nothing wrong, and say nothing but the document.
    private static JsonNode probe(Lab lab, Path into) throws IOException, InterruptedException {
        Command ran = Command.run(
                        lab.inClient(Image.words("ssh", "--json", "--into", into.toString(), lab.serverAddress())))
                .mustEndWith(0);
        assertEquals("", ran.err(), ran::toString);
        JsonNode report = Folder.json(ran.out());
        assertEquals("healthy", report.at("/verdict/status").asText());
        assertTrue(
                report.at("/verdict/cause").isNull()
                        && report.at("/verdict/origin").isNull(),
                report::toString);
        assertTrue(report.at("/server/hostKey").asText().startsWith("SHA256:"), report::toString);
        assertEquals("publickey", report.at("/server/authMethods/0").asText());
        assertEquals(0, report.at("/capture/dropped").asInt());
        return report;
    }

    /// What OpenSSH's client says in the same place.
    private static String kexOfOpenSsh(Lab lab, List<String> ssh) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(ssh);
        words.addAll(List.of("-vv", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"));
        words.addAll(List.of("-o", "UserKnownHostsFile=/dev/null", "nobody@" + lab.serverAddress(), "true"));
        Command ran = Command.run(lab.inClient(words)).mustEndWith(255);
        Optional<String> agreed =
                ran.err().lines().filter(line -> line.startsWith(OFFERS)).findFirst();
        assertFalse(agreed.isEmpty(), ran::toString);
        return agreed.get().substring(OFFERS.length()).strip();
    }
}
