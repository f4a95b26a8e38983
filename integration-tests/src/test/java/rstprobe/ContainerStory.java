package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/// A client without Java, a router and an OpenSSH 10.0 server, each in its own container:
///
///     client 198.18.4.10 -- 198.18.4.2 router 198.18.5.2 -- 198.18.5.10 server
///
/// The probe is the built image, bound into the client read-only. `make test` brings the container engine and its
/// image; without them these tests fail, they do not hide.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ContainerStory {
    private static final DockerImageName DEBIAN = DockerImageName.parse("rstprobe-test");
    private static final Map<String, String> OURS = Map.of("rstprobe-test", "story");
    private static final String CLIENT = "198.18.4.10";
    private static final String ROUTER_TO_CLIENT = "198.18.4.2";
    private static final String ROUTER_TO_SERVER = "198.18.5.2";
    private static final String SERVER = "198.18.5.10";

    private static final Network CLIENT_SIDE = network("198.18.4.0/24");
    private static final Network SERVER_SIDE = network("198.18.5.0/24");
    private static final GenericContainer<?> router = machine(
            CLIENT_SIDE,
            ROUTER_TO_CLIENT,
            host -> host.withSysctls(Map.of("net.ipv4.ip_forward", "1")),
            "exec sleep infinity");
    private static final GenericContainer<?> server = machine(
                    SERVER_SIDE, SERVER, UnaryOperator.identity(), "ssh-keygen -A; exec /usr/sbin/sshd -D -e")
            .waitingFor(Wait.forLogMessage(".*Server listening.*", 1));
    private static final GenericContainer<?> client = machine(
            CLIENT_SIDE,
            CLIENT,
            host -> host.withBinds(new Bind(Image.folder().toString(), new Volume("/opt/rstprobe"), AccessMode.ro))
                    .withTmpFs(Map.of("/tmp", "noexec,nosuid,nodev")),
            "exec sleep infinity");

    @BeforeAll
    static void cable() throws IOException, InterruptedException {
        router.start();
        router.getDockerClient()
                .connectToNetworkCmd()
                .withContainerId(router.getContainerId())
                .withNetworkId(SERVER_SIDE.getId())
                .withContainerNetwork(new com.github.dockerjava.api.model.ContainerNetwork()
                        .withIpamConfig(new com.github.dockerjava.api.model.ContainerNetwork.Ipam()
                                .withIpv4Address(ROUTER_TO_SERVER)))
                .exec();
        server.start();
        client.start();
        mustRun(client, "ip", "route", "replace", "198.18.5.0/24", "via", ROUTER_TO_CLIENT);
        mustRun(server, "ip", "route", "replace", "198.18.4.0/24", "via", ROUTER_TO_SERVER);
    }

    @AfterAll
    static void clear() {
        client.stop();
        server.stop();
        router.stop();
        CLIENT_SIDE.close();
        SERVER_SIDE.close();
    }

    @Test
    @Order(1)
    void theImageRunsWhereThereIsNoJava() throws IOException, InterruptedException {
        ExecResult java = client.execInContainer("sh", "-c", "command -v java");
        assertNotEquals(0, java.getExitCode(), "the client must not have a Java of its own: " + java.getStdout());

        ExecResult version = rstprobe("--version");
        assertEquals(0, version.getExitCode(), version.getStderr());
        assertTrue(version.getStdout().startsWith("rstprobe "), version.getStdout());
        assertEquals("", version.getStderr());
    }

    @Test
    @Order(2)
    void aServerBehindAPlainRouterIsHealthy() throws IOException, InterruptedException {
        ExecResult ran = rstprobe("ssh", "--json", "--into", "/root", SERVER);
        assertEquals(0, ran.getExitCode(), ran::toString);
        assertEquals("", ran.getStderr());
        JsonNode report = Folder.json(ran.getStdout());
        assertEquals("healthy", report.at("/verdict/status").asText());
        assertTrue(report.at("/server/identification").asText().startsWith("SSH-2.0-OpenSSH_10.0"), report::toString);
        assertEquals("mlkem768x25519-sha256", report.at("/server/kex").asText());

        Folder folder = copyOut(report);
        assertEquals(ran.getStdout(), folder.reportText());
        assertEquals(List.of(), new Tshark(folder.capture()).frames("tcp.flags.reset == 1"));
    }

    @Test
    @Order(3)
    void aRouterThatRejectsTheIdentificationIsNotBlamedOnTheServer() throws IOException, InterruptedException {
        mustRun(router, "nft", "add table ip fault");
        mustRun(router, "nft", "add chain ip fault forward { type filter hook forward priority 0; }");
        mustRun(router, "nft", "add rule ip fault forward tcp dport 22 @ih,0,32 0x5353482d reject with tcp reset");

        ExecResult ran = rstprobe("ssh", "--hurry", "--json", "--into", "/root", SERVER);
        JsonNode report = Folder.json(ran.getStdout());
        JsonNode verdict = report.get("verdict");
        assertTrue(
                Set.of("fault", "undetermined").contains(verdict.get("status").asText()), report::toString);
        assertNotEquals("server-process", verdict.get("origin").asText(), report::toString);
        assertTrue(Set.of(11, 19).contains(ran.getExitCode()), ran::toString);

        Folder folder = copyOut(report);
        List<Integer> resets = new Tshark(folder.capture()).frames("ip.src == " + SERVER + " && tcp.flags.reset == 1");
        assertFalse(resets.isEmpty(), "the router resets in the server's name");
        assertFalse(Collections.disjoint(resets, folder.citedFrames()), () -> report + " does not cite " + resets);
    }

    @Test
    @Order(4)
    void nothingWasUnpackedOrLeftInTmp() throws IOException, InterruptedException {
        ExecResult left = client.execInContainer("find", "/tmp", "-mindepth", "1");
        assertEquals("", left.getStdout());
    }

    /// Hands the incident folder out of the client, as its user would.
    private static Folder copyOut(JsonNode report) throws IOException, InterruptedException {
        String name = report.get("incident").asText();
        Path copy = Files.createDirectory(Folder.scratch("container").resolve(name));
        ExecResult files = client.execInContainer("ls", "/root/" + name);
        assertEquals(0, files.getExitCode(), files::toString);
        for (String file : files.getStdout().strip().split("\\s+")) {
            client.copyFileFromContainer(
                    "/root/" + name + "/" + file, copy.resolve(file).toString());
        }
        Folder folder = new Folder(copy);
        folder.mustBeWhole();
        return folder;
    }

    /// Runs the probe in the client.
    private static ExecResult rstprobe(String... words) throws IOException, InterruptedException {
        String[] command = new String[words.length + 1];
        command[0] = "/opt/rstprobe/bin/rstprobe";
        System.arraycopy(words, 0, command, 1, words.length);
        return client.execInContainer(command);
    }

    private static Network network(String subnet) {
        return Network.builder()
                .createNetworkCmdModifier(command ->
                        command.withLabels(OURS).withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(subnet))))
                .build();
    }

    /// A container with one address that may shape its own network but has no other privilege.
    private static GenericContainer<?> machine(
            Network network, String address, UnaryOperator<HostConfig> host, String script) {
        return new GenericContainer<>(DEBIAN)
                .withImagePullPolicy(image -> false)
                .withLabels(OURS)
                .withNetwork(network)
                .withCommand("sh", "-c", "mkdir -p /run/sshd; " + script)
                .withCreateContainerCmdModifier(command -> {
                    command.withIpv4Address(address);
                    host.apply(command.getHostConfig().withCapAdd(Capability.NET_ADMIN, Capability.NET_RAW));
                });
    }

    private static void mustRun(GenericContainer<?> machine, String... command)
            throws IOException, InterruptedException {
        ExecResult result = machine.execInContainer(command);
        assertEquals(0, result.getExitCode(), () -> String.join(" ", command) + ": " + result.getStderr());
    }
}
