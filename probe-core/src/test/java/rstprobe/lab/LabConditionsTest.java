package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Delay and loss are what was asked for, and nothing can leave a lab.
class LabConditionsTest {

    private static final Scenario CLOSED_PORT = Labs.named("closed-port").orElseThrow();
    private static final int DATAGRAMS = 1000;
    private static final int DISCARD = 9;

    @Test
    void aRoundTripTakesTwiceTheDelay() throws Exception {
        int delayMillis = 30;
        Conditions slow = new Conditions(delayMillis, 0, 1, false, Optional.empty());
        try (Lab lab = Lab.build(CLOSED_PORT, slow);
                Capture capture = Capture.on(lab, Node.CLIENT, "tcp")) {
            for (int i = 0; i < 3; i++) {
                assertThrows(ConnectException.class, () -> connect(lab));
            }
            capture.await(packet -> packet.contains("Flags [R.]"), 5);
            double fastest = Double.MAX_VALUE;
            List<String> packets = capture.packets();
            for (int i = 0; i + 1 < packets.size(); i += 2) {
                fastest = Math.min(fastest, Capture.seconds(packets.get(i + 1)) - Capture.seconds(packets.get(i)));
            }
            double millis = fastest * 1000;
            assertTrue(millis >= 2 * delayMillis && millis < 2 * delayMillis + 15, millis + " ms");
        }
    }

    private static Void connect(Lab lab) throws IOException {
        return Entering.call(lab.clientNamespacePath(), () -> {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(lab.serverAddress()), lab.port()));
                return null;
            }
        });
    }

    @Test
    void theBridgeLosesTheShareAskedForAndOneSeedLosesTheSameDatagrams() throws Exception {
        long seed = 20261121;
        Set<Integer> first = arrived(seed, 0.2);
        Set<Integer> again = arrived(seed, 0.2);
        Set<Integer> other = arrived(seed + 1, 0.2);
        // Five standard deviations of a binomial with n = 1000, p = 0.2 are 63.
        assertTrue(Math.abs(DATAGRAMS * 0.8 - first.size()) < 63, "seed " + seed + ": " + first.size() + " arrived");
        assertEquals(first, again, "seed " + seed);
        assertTrue(!first.equals(other), "seeds " + seed + " and the next lose the same");
    }

    /// Which of many numbered datagrams reach the server, as tcpdump there sees it: each is as long as its number.
    private static Set<Integer> arrived(long seed, double loss) throws Exception {
        Conditions lossy = new Conditions(0, loss, seed, false, Optional.empty());
        try (Lab lab = Lab.build(CLOSED_PORT, lossy);
                Capture capture = Capture.on(lab, Node.SERVER, "udp")) {
            Entering.call(lab.clientNamespacePath(), () -> {
                try (DatagramSocket socket = new DatagramSocket()) {
                    InetAddress server = InetAddress.ofLiteral(lab.serverAddress());
                    for (int number = 1; number <= DATAGRAMS; number++) {
                        socket.send(new DatagramPacket(new byte[number], number, server, DISCARD));
                    }
                    // These say that the others are through: they go until one has made it.
                    while (capture.packets().stream()
                            .noneMatch(packet -> packet.endsWith("length " + (DATAGRAMS + 1)))) {
                        socket.send(new DatagramPacket(new byte[DATAGRAMS + 1], DATAGRAMS + 1, server, DISCARD));
                        LockSupport.parkNanos(5_000_000);
                    }
                }
                return null;
            });
            Pattern length = Pattern.compile("UDP, length (\\d+)$");
            assertEquals(0, lab.counters().overflowed());
            return capture.packets().stream()
                    .map(length::matcher)
                    .filter(Matcher::find)
                    .map(found -> Integer.parseInt(found.group(1)))
                    .filter(number -> number <= DATAGRAMS)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void noNodeHasADefaultRouteAndEveryLinkEndsInsideTheLab() throws Exception {
        String before = print(List.of("/usr/sbin/ip", "-o", "link"));
        try (Lab lab = Lab.build(CLOSED_PORT, Conditions.plain())) {
            Set<String> own = Set.copyOf(lab.name().namespaces());
            for (Node node : Node.values()) {
                Path namespace = lab.name().namespacePath(node);
                assertEquals("", print(Program.inside(namespace, List.of("/usr/sbin/ip", "route", "show", "default"))));
                assertEquals(
                        "",
                        print(Program.inside(namespace, List.of("/usr/sbin/ip", "-6", "route", "show", "default"))));
                String links = print(Program.inside(namespace, List.of("/usr/sbin/ip", "-o", "link")));
                for (String link :
                        links.lines().filter(line -> !line.contains("LOOPBACK")).toList()) {
                    Matcher peer = Pattern.compile("link-netns (\\S+)").matcher(link);
                    assertTrue(peer.find() && own.contains(peer.group(1)), link);
                }
            }
            assertEquals(before, print(List.of("/usr/sbin/ip", "-o", "link")));
        }
    }

    @Test
    void nothingInTheNetworkShowsTheScenariosName() throws Exception {
        Set<Scenario.Server> servers = new HashSet<>();
        for (Scenario scenario : Labs.of(Scenario.Group.RESETS)) {
            // One network of each kind of server, since a lab's names, files and processes hang on that alone.
            if (!servers.add(scenario.server())) {
                continue;
            }
            try (Lab lab = Lab.build(scenario, Conditions.plain())) {
                String visible = lab.clientNamespace()
                        + lab.name().directory()
                        + print(List.of("/usr/sbin/ip", "netns"))
                        + ProcessHandle.allProcesses()
                                .map(process -> LabCleanUpTest.commandLine(process.pid()))
                                .filter(line -> line.contains(lab.name().toString()))
                                .collect(Collectors.joining());
                assertTrue(!visible.contains(scenario.name()), visible);
                if (Files.exists(lab.name().directory())) {
                    try (var files = Files.walk(lab.name().directory())) {
                        assertTrue(files.noneMatch(file -> file.toString().contains(scenario.name())));
                    }
                }
            }
        }
    }

    @Test
    void conditionsOutsideTheirRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Conditions(-1, 0, 1, false, Optional.empty()));
        assertThrows(IllegalArgumentException.class, () -> new Conditions(0, Double.NaN, 1, false, Optional.empty()));
        assertThrows(IllegalArgumentException.class, () -> new Conditions(0, 1.1, 1, false, Optional.empty()));
    }

    private static String print(List<String> command) throws IOException {
        return new String(new ProcessBuilder(command).start().getInputStream().readAllBytes());
    }
}
