package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each practice network has the fault it says it has: ssh and tcpdump, which know nothing of us, are asked.
class LabScenariosTest {

    private static final Conditions PLAIN = Conditions.plain();

    private static Lab lab(String name, boolean ipv6) throws Exception {
        return Lab.build(Labs.named(name).orElseThrow(), new Conditions(0, 0, 1, ipv6, Optional.empty()));
    }

    /// What OpenSSH's client says about the server of a lab.
    private static String ssh(Lab lab) throws IOException {
        Process ssh = lab.inClient(List.of(
                        "/usr/bin/ssh",
                        "-v",
                        "-F",
                        "none",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "ConnectTimeout=2",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "PubkeyAuthentication=no",
                        "nobody@" + lab.serverAddress()))
                .redirectErrorStream(true)
                .start();
        return new String(ssh.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static Capture capture(Lab lab) throws IOException {
        return Capture.on(lab, Node.CLIENT, "tcp or icmp or (icmp6 and ip6[40] < 128)");
    }

    private static boolean fromServer(String packet) {
        return packet.contains(" 198.18.3.2.22 > ") || packet.contains(" 2001:db8:3::2.22 > ");
    }

    private static boolean isReset(String packet) {
        return fromServer(packet) && packet.contains("Flags [R");
    }

    private static void says(String expected, String said) {
        assertTrue(said.contains(expected), () -> "\"" + expected + "\" is not in:\n" + said);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHealthyNetworkLeadsToUserAuthentication(boolean ipv6) throws Exception {
        try (Lab lab = lab("healthy", ipv6);
                Capture capture = capture(lab)) {
            says("Permission denied (publickey)", ssh(lab));
            assertTrue(capture.packets().stream().noneMatch(LabScenariosTest::isReset));
            assertEquals(0, lab.counters().injected());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTapsResetHasItsOwnHopCountAndTheServerTalksOn(boolean ipv6) throws Exception {
        try (Lab lab = lab("tap-forges-reset", ipv6);
                Capture capture = capture(lab)) {
            says("Connection reset by", ssh(lab));
            String forged = capture.await(LabScenariosTest::isReset);
            says(ipv6 ? "hlim 127" : "ttl 127", forged);
            assertFalse(forged.contains("TS val"), forged);
            String genuine = capture.await(
                    LabScenariosTest::fromServer, capture.packets().indexOf(forged) + 1);
            says(ipv6 ? "hlim 62" : "ttl 62", genuine);
            assertEquals(1, lab.counters().injected());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRouterRejectsWithAResetThatDidNotComeFromTheServersDistance(boolean ipv6) throws Exception {
        try (Lab lab = lab("router-rejects", ipv6);
                Capture capture = capture(lab)) {
            says("Connection refused", ssh(lab));
            String reset = capture.await(LabScenariosTest::isReset);
            says(ipv6 ? "hlim 64" : "ttl 64", reset);
            assertTrue(ipv6 ? !reset.contains("class 0x") : reset.contains("tos 0x0,"), reset);
        }
    }

    @Test
    void theRouterRejectsWithIcmpFromItsOwnAddress() throws Exception {
        try (Lab lab = lab("router-rejects-icmp", false);
                Capture capture = capture(lab)) {
            says("No route to host", ssh(lab));
            says("198.18.1.1 > 198.18.1.2", capture.await(packet -> packet.contains("admin prohibited")));
        }
        try (Lab lab = lab("router-rejects-icmp", true);
                Capture capture = capture(lab)) {
            says("Permission denied", ssh(lab));
            says("2001:db8:1::1 > 2001:db8:1::2", capture.await(packet -> packet.contains("unreachable prohibited")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedPortsResetReturnsOurTypeOfService(boolean ipv6) throws Exception {
        try (Lab lab = lab("closed-port", ipv6);
                Capture capture = capture(lab)) {
            says("Connection refused", ssh(lab));
            String reset = capture.await(LabScenariosTest::isReset);
            says(ipv6 ? "hlim 62" : "ttl 62", reset);
            says(ipv6 ? "class 0x10" : "tos 0x10", reset);
        }
    }

    @Test
    void theServersPacketFilterRejectsFromTheServersDistanceWithoutOurTypeOfService() throws Exception {
        try (Lab lab = lab("server-firewall-rejects", false);
                Capture capture = capture(lab)) {
            says("Connection refused", ssh(lab));
            String reset = capture.await(LabScenariosTest::isReset);
            says("ttl 62", reset);
            says("tos 0x0,", reset);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-aborts", "server-closes-unread"})
    void anAbortingServersResetCarriesItsTimestampsAndNoFinComesBefore(String name) throws Exception {
        try (Lab lab = lab(name, false);
                Capture capture = capture(lab)) {
            says("remote software version OpenSSH_9.2", ssh(lab));
            String reset = capture.await(LabScenariosTest::isReset);
            says("Flags [R.]", reset);
            says("ttl 62", reset);
            says("TS val", reset);
            assertTrue(capture.packets().stream()
                    .limit(capture.packets().indexOf(reset))
                    .noneMatch(packet -> fromServer(packet) && packet.contains("Flags [F")));
        }
    }

    @Test
    void aSilentServerAcknowledgesAndSaysNothing() throws Exception {
        try (Lab lab = lab("silent-server", false);
                Capture capture = capture(lab)) {
            says("timed out during banner exchange", ssh(lab));
            capture.await(packet -> fromServer(packet) && packet.contains("Flags [.]") && packet.contains("ack 42"));
            assertTrue(capture.packets().stream()
                    .filter(LabScenariosTest::fromServer)
                    .noneMatch(packet -> packet.contains("Flags [P")));
        }
    }

    @Test
    void adroppedSynIsAnsweredByNothing() throws Exception {
        try (Lab lab = lab("drops-syn", false);
                Capture capture = capture(lab)) {
            says("Connection timed out", ssh(lab));
            capture.await(packet -> packet.contains("Flags [S]"), 1);
            assertTrue(capture.packets().stream().noneMatch(LabScenariosTest::fromServer));
        }
    }

    @Test
    void aWebServerAnswersWithAnErrorPage() throws Exception {
        try (Lab lab = lab("http-server", false);
                Capture capture = capture(lab)) {
            says("HTTP/1.1 400 Bad Request", ssh(lab));
            assertTrue(capture.packets().stream().noneMatch(LabScenariosTest::isReset));
        }
    }

    @Test
    void aServerThatClosesSendsAFinAndNoReset() throws Exception {
        try (Lab lab = lab("closes-after-identification", false);
                Capture capture = capture(lab)) {
            says("Connection closed by", ssh(lab));
            capture.await(packet -> fromServer(packet) && packet.contains("Flags [F"));
        }
    }

    @Test
    void noCommonAlgorithmIsWhatOpenSshsClientSaysToo() throws Exception {
        try (Lab lab = lab("no-common-algorithm", false)) {
            says("Their offer: diffie-hellman-group1-sha1", ssh(lab));
        }
    }

    @Test
    void maxStartupsRefusesTheSecondConnectionInWords() throws Exception {
        try (Lab lab = lab("max-startups", false);
                Capture capture = capture(lab)) {
            says("kex_exchange_identification", ssh(lab));
            // 22 bytes of text, "Exceeded MaxStartups", or the 26 of "Not allowed at this time" since OpenSSH 9.8.
            String text = capture.await(packet -> fromServer(packet) && packet.contains("Flags [P"));
            assertTrue(text.contains("length 22") || text.contains("length 26"), text);
        }
    }

    @Test
    void withoutARouteTheFirstRouterSaysSo() throws Exception {
        try (Lab lab = lab("no-route", false);
                Capture capture = capture(lab)) {
            says("Network is unreachable", ssh(lab));
            says("198.18.1.1 > 198.18.1.2", capture.await(packet -> packet.contains("ICMP net")));
        }
    }

    @Test
    void withoutOpenSshsServerAnEmbeddedOneAnswers() throws Exception {
        try (Lab lab = Lab.build(Labs.named("healthy").orElseThrow(), PLAIN, false)) {
            String said = ssh(lab);
            says("remote software version APACHE-SSHD", said);
            says("Permission denied", said);
        }
    }

    @Test
    void everyNetworkHasANameAStoryAndATruthAndTheNamesDiffer() {
        assertEquals(
                Labs.all().size(),
                Labs.all().stream().map(Scenario::name).distinct().count());
        Stream<Scenario> faults =
                Labs.all().stream().filter(scenario -> scenario.truth().exitCode() != 0);
        assertTrue(faults.allMatch(scenario -> !scenario.story().isBlank()
                && !scenario.truth().cause().isEmpty()
                && !scenario.truth().origin().isEmpty()
                && !scenario.truth().stage().isEmpty()));
        assertEquals("", Labs.named("healthy").orElseThrow().truth().cause());
    }
}
