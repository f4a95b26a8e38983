package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real programs show on the wire what their network says, to a client that knows nothing of the probe.
///
/// `make test` unpacks the programs; without them this fails, it does not hide.
class CausesOnTheWireTest {

    private static final String SILENT = "";

    private static Lab lab(String name) throws Exception {
        String software = System.getenv("RSTPROBE_SOFTWARE");
        assertTrue(
                software != null,
                "RSTPROBE_SOFTWARE names no folder of programs: set it to what integration-tests/machine/software prints");
        Conditions conditions = new Conditions(0, 0, 1, false, Optional.empty(), Optional.of(Path.of(software)));
        return Lab.build(Labs.named(name).orElseThrow(), conditions);
    }

    /// RFC 4253 sections 6 and 7: length, padding length, message 30.
    private static final String KEX_MESSAGE = "\0\0\0\14\6\36" + "\0".repeat(10);

    /// The second connection is the other host's from its SYN on, and the first host resets it.
    @Test
    void twoHostsWithOneAddressResetEachOthersConnections() throws Exception {
        try (Lab lab = lab("two-hosts-one-address");
                Wire wire = Wire.ofClient(lab)) {
            for (int ttl : new int[] {62, 126}) {
                try (Caller caller = Caller.connect(lab)) {
                    assertTrue(caller.readLine().startsWith("SSH-2.0-OpenSSH_9.2"));
                    caller.say(Caller.IDENTIFICATION);
                    caller.say(KEX_MESSAGE);
                    String heard = caller.readToTheEnd();
                    assertTrue(heard.endsWith("<Connection reset>"), heard);
                    int port = caller.port();
                    assertEquals(
                            ttl,
                            wire.await(frame -> frame.isTcp()
                                            && frame.tcp().destinationPort() == port
                                            && frame.tcp().flags().syn())
                                    .tcp()
                                    .ip()
                                    .ttl());
                    assertEquals(
                            188 - ttl,
                            wire.await(frame -> frame.isTcp()
                                            && frame.tcp().destinationPort() == port
                                            && frame.tcp().flags().rst())
                                    .tcp()
                                    .ip()
                                    .ttl());
                }
            }
        }
    }

    @Test
    void aHostWithoutAPortOpensNoConnection() throws Exception {
        try (Lab lab = lab("no-port-left")) {
            String told = Caller.talk(lab, SILENT);
            assertTrue(told.contains("Cannot assign requested address"), told);
        }
    }

    /// A client that says nothing hears the close itself, and no reset that its own words could have drawn.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "host-keys-readable",
                "privilege-folder-gone",
                "sshd-replaced",
                "sshd-session-missing",
                "no-process-left-8.4",
                "no-process-left",
                "no-process-left-10.0",
                "haproxy-no-server",
                "haproxy-server-down",
                "dropbear-limit",
                "xinetd-no-access",
                "xinetd-per-source",
                "xinetd-instances",
                "socat-without-server",
                "nginx-without-server"
            })
    void theConnectionIsTakenAndEndedWithoutAByte(String name) throws Exception {
        try (Lab lab = lab(name)) {
            assertEquals("<end>", Caller.talk(lab, SILENT));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hosts-deny-8.4", "hosts-deny-9.2", "hosts-deny-10.0"})
    void tcpWrappersTakeFiveSecondsAndSayNothing(String name) throws Exception {
        try (Lab lab = lab(name);
                Wire wire = Wire.ofClient(lab)) {
            assertEquals("<end>", Caller.talk(lab, SILENT));
            long opened = wire.await(
                            frame -> frame.isTcp() && frame.tcp().flags().syn())
                    .atNanos();
            long ended = wire.await(frame -> frame.isTcp()
                            && !frame.outgoing()
                            && frame.tcp().flags().fin())
                    .atNanos();
            double seconds = (ended - opened) / 1e9;
            assertTrue(seconds >= 5, seconds + " s");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "per-source-startups-9.2,Exceeded MaxStartups",
        "per-source-startups-10.0,Not allowed at this time",
        "penalty-after-crash,Not allowed at this time",
        "haproxy-sends-proxy,Invalid SSH identification string.",
        "smtp-server,220 ",
        "healthy-8.4,SSH-2.0-OpenSSH_8.4",
        "healthy-9.2,SSH-2.0-OpenSSH_9.2",
        "healthy-10.0,SSH-2.0-OpenSSH_10.0",
        "haproxy,SSH-2.0-OpenSSH_9.2",
        "sslh,SSH-2.0-OpenSSH_9.2",
        "xinetd,SSH-2.0-OpenSSH_9.2",
        "dropbear,SSH-2.0-dropbear",
        "speaks-ssh-1,SSH-1.5-"
    })
    void theServerSaysSoBeforeWeSpeak(String name, String text) throws Exception {
        try (Lab lab = lab(name);
                Caller caller = Caller.connect(lab)) {
            StringBuilder heard = new StringBuilder();
            for (int line = 0; line < 2 && !heard.toString().contains(text); line++) {
                heard.append(caller.readLine()).append('\n');
            }
            assertTrue(heard.toString().contains(text), heard::toString);
        }
    }

    @Test
    void nginxAnswersAnIdentificationWithAPage() throws Exception {
        try (Lab lab = lab("nginx-http")) {
            String heard = Caller.talk(lab, Caller.IDENTIFICATION);
            assertTrue(heard.contains("400 Bad Request"), heard);
        }
    }

    @Test
    void whereTheChildCannotBeHadTheIdentificationIsAllThereIs() throws Exception {
        for (String name : new String[] {"one-process-left", "lacks-chroot", "sshd-auth-missing"}) {
            try (Lab lab = lab(name)) {
                String heard = Caller.talk(lab, Caller.IDENTIFICATION);
                assertTrue(heard.matches("SSH-2.0-OpenSSH[^\n]*\n<(end|Connection reset)>"), name + ": " + heard);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"fail2ban,Connection refused", "ufw-limit,Connection refused", "xinetd-rate,Connection refused"})
    void theOpeningIsRefused(String name, String expected) throws Exception {
        try (Lab lab = lab(name)) {
            assertEquals(expected, Caller.talk(lab, SILENT));
        }
    }

    @Test
    void aBanIsToldByIcmpFromTheServerItself() throws Exception {
        try (Lab lab = lab("fail2ban");
                Capture capture = Capture.on(lab, Node.CLIENT, "icmp")) {
            Caller.talk(lab, SILENT);
            String told = capture.await(packet -> packet.contains("unreachable"));
            assertTrue(told.contains("198.18.3.2 > 198.18.1.2: ICMP 198.18.3.2 tcp port 22 unreachable"), told);
        }
    }

    @Test
    void sshguardsSetDropsTheOpening() throws Exception {
        try (Lab lab = lab("sshguard")) {
            IOException silence = assertThrows(
                    IOException.class, () -> Caller.connect(lab, 1_500).close());
            assertTrue(silence.getMessage().contains("timed out"), silence.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"starved", "out-of-memory", "no-process-left"})
    void noControlGroupOutlivesItsNetwork(String name) throws Exception {
        List<Path> groups;
        try (Lab lab = lab(name);
                Caller caller = Caller.connect(lab)) {
            groups = ControlGroup.folders(lab.name());
            assertTrue(groups.stream().anyMatch(Files::isDirectory), groups::toString);
            caller.say(Caller.IDENTIFICATION);
        }
        assertTrue(groups.stream().noneMatch(Files::exists), groups::toString);
    }

    /// sshd at work in its layer leaves the tree it came from as it was.
    @Test
    void aLayerTakesEveryChange() throws Exception {
        Path tree = Path.of(System.getenv("RSTPROBE_SOFTWARE"), "bookworm");
        try (Lab lab = lab("sshd-replaced")) {
            Caller.talk(lab, SILENT);
        }
        assertTrue(Files.size(tree.resolve("usr/sbin/sshd")) > Files.size(tree.resolve("usr/bin/false")));
        assertFalse(Files.exists(tree.resolve("etc/ssh/sshd_config")));
    }
}
