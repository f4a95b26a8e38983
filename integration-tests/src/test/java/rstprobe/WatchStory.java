package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// The flight recorder beside programs that know nothing of it.
final class WatchStory {
    private static final int PATIENCE_SECONDS = 20;
    private static final int SSH_FAILED = 255;

    /// Connects to a port where nobody listens; waits for the file of metrics.
    private static final String TOOLS = """
            refused() { (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null || true; }
            ready() { tries=0; until [ -e $1 ] || [ $tries = 200 ]; do sleep 0.05; tries=$((tries + 1)); done; }
            mkdir /run/incidents
            """;

    private Path into;

    @BeforeEach
    void folder() throws IOException {
        into = Folder.scratch("watch");
    }

    @AfterEach
    void clear() throws IOException {
        Folder.delete(into);
    }

    @Test
    void aTapThatResetsOpenSshIsToldFromTheServerWhichDidNot() throws Exception {
        Path metrics = into.resolve("watch.prom");
        Path out = into.resolve("out");
        Path incidents = Files.createDirectory(into.resolve("incidents"));
        try (Lab lab = Lab.build(Labs.named("tap-forges-reset").orElseThrow(), Conditions.plain())) {
            Process watching = lab.inClient(Image.words(
                            "watch",
                            "-i",
                            "any",
                            "--json",
                            "--into",
                            incidents.toString(),
                            "--metrics",
                            metrics.toString()))
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(into.resolve("err").toFile())
                    .start();
            try {
                Machine.await("watching", () -> Files.exists(metrics) || !watching.isAlive());
                assertTrue(watching.isAlive(), () -> text(into.resolve("err")));
                Command ssh = Command.run(lab.inClient(List.of(
                        "/usr/bin/ssh",
                        "-F",
                        "none",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "nobody@" + lab.serverAddress())));
                assertEquals(SSH_FAILED, ssh.exit(), ssh::toString);
                assertTrue(ssh.err().contains("reset"), ssh::toString);
                Machine.await("the incident", () -> size(out) > 0);
            } finally {
                watching.destroy();
                assertTrue(watching.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            assertEquals(130, watching.exitValue(), () -> text(into.resolve("err")));
        }
        List<String> lines = Files.readAllLines(out);
        assertEquals(1, lines.size(), lines::toString);
        JsonNode told = Folder.json(lines.getFirst());
        String origin = told.path("origin").asText();
        assertTrue(Set.of("on-path", "unknown").contains(origin), told::toString);
        Folder incident = Folder.below(incidents);
        incident.mustBeWhole();
        assertEquals(
                incident.path().getFileName().toString(), told.path("incident").asText());
        assertEquals(origin, incident.report().at("/verdict/origin").asText(origin));
        Command replayed = Command.run(new ProcessBuilder(
                Image.words("replay", "--json", incident.path().toString())));
        assertEquals(
                incident.report().get("verdict"), Folder.json(replayed.out()).get("verdict"));
        String counted = Files.readString(metrics);
        assertTrue(counted.contains("rstprobe_watch_reset_connections_total{origin=\"" + origin + "\"} 1"), counted);
        assertTrue(counted.contains("rstprobe_watch_lost_frames_total 0"), counted);
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    /// Runs a script in a network with one cable; it finds the program in `$rstprobe`.
    private static Command in(String script) throws IOException, InterruptedException {
        ProcessBuilder network = new ProcessBuilder(
                Path.of("bench", "with-veth").toAbsolutePath().toString(), "bash", "-c", TOOLS + script);
        network.environment().put("rstprobe", Image.words().getFirst());
        return Command.run(network);
    }

    @Test
    void aStormOfOneKindFillsNoDisk() throws Exception {
        Command ran = in("""
                $rstprobe watch -i lo --into /run/incidents --metrics /run/metrics --for 6s & watching=$!
                ready /run/metrics
                for i in 1 2 3 4 5 6 7 8 9; do refused; done
                wait $watching; status=$?
                ls /run/incidents | wc -l
                exit $status
                """).mustEndWith(19);
        List<String> lines = ran.out().lines().toList();
        assertEquals(
                9,
                lines.stream()
                        .filter(line -> line.contains("connection refused"))
                        .count(),
                ran::toString);
        assertEquals("4", lines.getLast(), "four of a kind within an hour");
        assertTrue(ran.err().contains("4 incident folders written, and 5 not"), ran::toString);
    }

    @Test
    void aFullDiskIsToldAndWatchingGoesOn() throws Exception {
        Command ran = in("""
                mkdir /run/small; mount -t tmpfs -o size=8k tmpfs /run/small
                $rstprobe watch -i lo --into /run/small --metrics /run/metrics --for 5s & watching=$!
                ready /run/metrics
                refused; sleep 2; refused
                wait $watching
                """).mustEndWith(3);
        assertEquals(2, ran.out().lines().count(), ran::toString);
        assertEquals(
                1,
                ran.err()
                        .lines()
                        .filter(line -> line.contains("; watching goes on"))
                        .count(),
                ran::toString);
    }

    @Test
    void anInterfaceThatGoesDownIsWatchedAgainAndItEndsWhenTheLastVanishes() throws Exception {
        Command ran = in("""
                $rstprobe watch -i there -i here --into /run/incidents --metrics /run/metrics & watching=$!
                ready /run/metrics
                ip link set there down; sleep 0.5; ip link set there up; sleep 0.5
                kill -0 $watching || echo 'it did not survive'
                ip link delete here
                wait $watching
                """).mustEndWith(3);
        assertEquals("", ran.out());
        assertTrue(ran.err().contains("the interface there is down; watching goes on"), ran::toString);
        assertTrue(ran.err().contains("the capture on there ended: the interface is gone"), ran::toString);
        assertTrue(ran.err().contains("  fix: "), ran::toString);
        assertFalse(ran.err().contains("Exception"), ran::toString);
    }

    @Test
    void whatCannotBeWatchedIsSaidInOneLine() throws Exception {
        Command none =
                in("exec $rstprobe watch -i nothing --into /run/incidents").mustEndWith(3);
        assertTrue(none.err().startsWith("rstprobe: there is no interface nothing; there are "), none::toString);
        Command down = in("exec unshare --net $rstprobe watch -i nothing --into /run/incidents")
                .mustEndWith(3);
        assertTrue(
                down.err().matches("(?s)rstprobe: there is no interface nothing; there are [^\n]*\\blo\\b.*"),
                down::toString);
        Command bare =
                in("exec unshare --net $rstprobe watch --into /run/incidents").mustEndWith(3);
        assertTrue(bare.err().contains("no interface to choose; none is up\n"), bare::toString);
        Command route = in("exec $rstprobe watch --into /run/incidents").mustEndWith(3);
        assertTrue(route.err().startsWith("rstprobe: there is no default route"), route::toString);
        Command rights = in("exec setpriv --bounding-set=-net_raw $rstprobe watch -i lo --into /run/incidents")
                .mustEndWith(3);
        assertTrue(rights.err().contains("CAP_NET_RAW"), rights::toString);
        assertEquals(2, rights.err().lines().count(), rights::toString);
    }

    @Test
    void allInterfacesAreWatchedAtOnce() throws Exception {
        Command ran = in("""
                $rstprobe watch -i any --into /run/incidents --metrics /run/metrics --for 4s --quiet & watching=$!
                ready /run/metrics
                refused
                wait $watching
                """).mustEndWith(19);
        assertEquals(1, ran.out().lines().count(), ran::toString);
    }
}
