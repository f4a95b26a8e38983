package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a survey leaves behind on its host and in the server's log: one connection that was ended in order, and
/// nothing else.
///
/// The host has a firewall of its own, which tracks connections and takes nothing that belongs to none.
final class SurveyMannersStory {
    private static final int TARGETS = 100;

    private static final String GUARD = """
            table inet guard {
              chain incoming {
                type filter hook input priority 0; policy drop;
                iifname lo accept
                ct state established,related accept
                ip protocol icmp accept
              }
              chain outgoing {
                type filter hook output priority 0
                ct state invalid drop
              }
            }
            """;

    /// Surveys the first target of that kind, and waits until its connection came to its end here and there.
    private static final String SURVEY = """
            nft "$guard"
            state() { nft list ruleset; ip netns list; ip route show cache; ip -6 route show cache; ip rule show; }
            state >$into/before
            grep ^$(awk "$kind { print \\$1; exit }" $SWEEP_TRUTH)' ' $SWEEP_TRUTH >$into/truth
            status=0
            "$rstprobe" mtu $(cut -d' ' -f1 $into/truth) --json --into $into >$into/said || status=$?
            state >$into/after
            tries=0
            until { grep -q $ended /proc/net/nf_conntrack && grep -q ^Disconnected $SWEEP_LOG; } || [ $tries -ge 100 ]; do
              sleep 0.1
              tries=$((tries + 1))
            done
            cat /proc/net/nf_conntrack >$into/tracked
            cp $SWEEP_LOG $into/sshd.log
            exit $status
            """;

    private static final Pattern TRACKED = Pattern.compile("src=(\\S+) dst=(\\S+) sport=(\\d+) dport=(\\d+) ");

    private final int seed = ThreadLocalRandom.current().nextInt(1_000_000);
    private Path into;

    @BeforeEach
    void folder() throws IOException {
        into = Folder.scratch("survey");
    }

    @AfterEach
    void clear() throws IOException {
        Folder.delete(into);
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(into.resolve(file));
    }

    /// Behind a black hole on the way back the server's own FIN waits for bytes that never pass, so that ours is all
    /// that ends there.
    @ParameterizedTest
    @CsvSource({
        "$2 == 1500 && $3 == 1500, TIME_WAIT",
        "$2 < 1500 && $3 == 1500, TIME_WAIT",
        "$2 < 1500 && $3 < 1500, TIME_WAIT\\|CLOSE_WAIT"
    })
    void aSurveyLeavesNothingOnItsHostAndOneConnectionInTheServersLog(String kind, String ended) throws Exception {
        ProcessBuilder network = new ProcessBuilder(
                Path.of("machine", "with-sweep").toAbsolutePath().toString(),
                String.valueOf(TARGETS),
                String.valueOf(seed),
                "sh",
                "-euc",
                SURVEY);
        network.environment().put("rstprobe", Image.words().getFirst());
        network.environment().put("into", into.toString());
        network.environment().put("guard", GUARD);
        network.environment().put("kind", kind);
        network.environment().put("ended", ended);
        Command ran = Command.run(network);
        assertTrue(Files.exists(into.resolve("truth")), () -> "seed " + seed + ": " + ran);
        String truth = lines("truth").getFirst();
        JsonNode target = Folder.json(Files.readString(into.resolve("said")))
                .path("targets")
                .path(0);
        String address = target.path("address").asText();
        assertEquals(
                truth,
                address + " " + target.at("/forward/pathMtu") + " " + target.at("/reverse/pathMtu") + " " + ran.exit(),
                () -> "truth and answer; seed " + seed + ": " + ran);
        assertEquals(
                lines("before"), lines("after"), "rules, namespaces, routes that were learnt, and rules of routes");
        mustBeOneConnection(address, ended);
    }

    private void mustBeOneConnection(String address, String ended) throws IOException {
        String log = String.join("\n", lines("sshd.log"));
        List<String> opened = lines("sshd.log").stream()
                .filter(line -> line.startsWith("Connection from "))
                .toList();
        assertEquals(1, opened.size(), log);
        String port = opened.getFirst().replaceFirst("Connection from 198\\.18\\.0\\.1 port (\\d+) on .*", "$1");
        assertTrue(opened.getFirst().contains(" on " + address + " port 22"), log);
        assertTrue(log.contains("\nReceived disconnect from 198.18.0.1 port " + port + ":11: "), log);
        for (String rude : List.of("reset", "error:", "fatal:", "Bad packet", "penalty", "Unable to")) {
            assertTrue(!log.contains(rude), log);
        }
        List<String> tracked = lines("tracked");
        assertEquals(1, tracked.size(), () -> "tracked beside our own: " + tracked);
        assertTrue(tracked.getFirst().matches(".*(" + ended.replace("\\", "") + ").*"), tracked::toString);
        assertTrue(
                TRACKED.matcher(tracked.getFirst())
                        .results()
                        .anyMatch(found -> found.group(2).equals(address)
                                && found.group(3).equals(port)
                                && found.group(4).equals("22")),
                tracked::toString);
    }
}
