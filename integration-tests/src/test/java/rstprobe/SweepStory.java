package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Very many targets behind one router, each with a path MTU of its own there and back: the truth beside the answer,
/// whatever happens meanwhile.
final class SweepStory {
    private static final Pattern CONNECTION = Pattern.compile("^Connection from \\S+ port \\d+ on (\\S+)");
    private static final int TARGETS = 100;

    private final int seed = ThreadLocalRandom.current().nextInt(1_000_000);
    private Path into;

    @BeforeEach
    void folder() throws IOException {
        into = Folder.scratch("sweep");
    }

    @AfterEach
    void clear() throws IOException {
        Folder.delete(into);
    }

    /// Runs a script in the network; it finds the program in `$rstprobe` and a folder for what it keeps in `$into`.
    private Command in(int targets, String script) throws IOException, InterruptedException {
        String keep =
                "; status=$?; cp $SWEEP_TRUTH $SWEEP_LOG \"$into\"; ip route show cache >\"$into/routes\"; exit $status";
        ProcessBuilder network = new ProcessBuilder(
                Path.of("machine", "with-sweep").toAbsolutePath().toString(),
                String.valueOf(targets),
                String.valueOf(seed),
                "sh",
                "-c",
                script + keep);
        network.environment().put("rstprobe", Image.words().getFirst());
        network.environment().put("into", into.toString());
        return Command.run(network);
    }

    /// Every target's numbers are the truth's.
    private void mustBeTrue(Map<String, JsonNode> answers) throws IOException {
        Map<String, String> wrong = new TreeMap<>();
        for (String line : Files.readAllLines(into.resolve("truth"))) {
            String[] truth = line.split(" ");
            JsonNode answer = answers.get(truth[0]);
            String said = answer == null
                    ? "nothing"
                    : answer.at("/forward/pathMtu") + " " + answer.at("/reverse/pathMtu") + " "
                            + (hole(answer)
                                    ? "12"
                                    : answer.path("status").asText().equals("exact") ? "0" : "19");
            if (!said.equals(truth[1] + " " + truth[2] + " " + truth[3])) {
                wrong.put(line, said);
            }
        }
        assertEquals(Map.of(), wrong, "truth and answer; seed " + seed);
    }

    private static boolean hole(JsonNode target) {
        return target.at("/forward/blackHole").asBoolean()
                || target.at("/reverse/blackHole").asBoolean();
    }

    private static Map<String, JsonNode> answers(List<String> lines) throws IOException {
        Map<String, JsonNode> answers = new HashMap<>();
        for (String line : lines) {
            JsonNode target = Folder.json(line);
            answers.put(target.path("host").asText(), target);
        }
        return answers;
    }

    /// How often sshd was connected to, by address.
    private Map<String, Long> connections() throws IOException {
        return Files.readAllLines(into.resolve("sshd.log")).stream()
                .map(CONNECTION::matcher)
                .filter(Matcher::find)
                .collect(Collectors.groupingBy(found -> found.group(1), Collectors.counting()));
    }

    @Test
    void everyTargetIsMeasuredToTheByteWithOneConnection() throws Exception {
        Command ran = in(
                TARGETS,
                "\"$rstprobe\" mtu -f $SWEEP_TARGETS --rate 100mbit --jsonl --html $into/map.html"
                        + " --prometheus $into/mtu.prom");
        ran.mustEndWith(12);
        mustBeTrue(answers(ran.out().lines().toList()));
        Map<String, Long> connections = connections();
        assertTrue(connections.values().stream().allMatch(count -> count == 1), connections::toString);
        assertEquals(TARGETS, connections.size(), "each once");
        assertEquals("", Files.readString(into.resolve("routes")), "no probe changes this host's routes");
        assertTrue(Files.readString(into.resolve("mtu.prom"))
                .contains("rstprobe_mtu_targets{status=\"exact\"} " + TARGETS));
    }

    /// The rate that nobody asked for is a slow one: what waits for its turn gets it all the same.
    @Test
    void aFewTargetsAreMeasuredAtTheUsualRate() throws Exception {
        Command ran = in(3, "timeout 60 \"$rstprobe\" mtu -f $SWEEP_TARGETS --jsonl");
        assertEquals(3, ran.out().lines().count(), ran::toString);
        mustBeTrue(answers(ran.out().lines().toList()));
    }

    @Test
    void theWayThereAloneIsMeasuredToTheByteAndNothingIsSaidOfTheWayBack() throws Exception {
        Command ran = in(20, "\"$rstprobe\" mtu -f $SWEEP_TARGETS --one-way --rate 100mbit --jsonl");
        Map<String, JsonNode> answers = answers(ran.out().lines().toList());
        for (String line : Files.readAllLines(into.resolve("truth"))) {
            String[] truth = line.split(" ");
            JsonNode answer = answers.get(truth[0]);
            assertEquals(truth[1], answer.at("/forward/pathMtu").asText(), () -> line + ", seed " + seed + ": " + ran);
            assertTrue(answer.at("/reverse").isNull(), answer::toString);
            assertEquals("exact", answer.path("status").asText(), answer::toString);
        }
        ran.mustEndWith(answers.values().stream().anyMatch(SweepStory::hole) ? 12 : 0);
    }

    /// The rest runs, and whoever asks for the exit code hears of the name.
    @Test
    void aNameThatDoesNotResolveIsNamedAndTheOthersAreMeasured() throws Exception {
        Command ran = in(
                5,
                "{ echo '# by hand'; cat $SWEEP_TARGETS; echo; echo no-such-host.invalid; cat $SWEEP_TARGETS; }"
                        + " >$into/list; \"$rstprobe\" mtu -f $into/list --rate 100mbit --jsonl");
        Map<String, JsonNode> answers = answers(ran.out().lines().toList());
        assertEquals(6, answers.size(), ran::toString);
        mustBeTrue(answers);
        JsonNode unresolved = answers.get("no-such-host.invalid");
        assertEquals("unreachable", unresolved.path("status").asText(), ran::toString);
        assertTrue(unresolved.path("problem").asText().contains("no such host"), ran::toString);
        boolean hole = answers.values().stream().anyMatch(SweepStory::hole);
        ran.mustEndWith(hole ? 12 : 4);
    }

    @Test
    void aSweepThatIsStoppedAndKilledGoesOnWithoutRepeating() throws Exception {
        String sweep = "\"$rstprobe\" mtu -f $SWEEP_TARGETS --rate 40mbit --per-target 5000"
                + " --checkpoint $into/kept --jsonl";
        Command ran = in(
                TARGETS,
                ">$into/kept; stopped() { env --default-signal=INT " + sweep + " >$into/part & sweep=$!; tries=0;"
                        + " while [ $(wc -l <$into/kept) -lt $1 ] && [ $tries -lt 600 ];"
                        + " do sleep 0.1; tries=$((tries + 1)); done;"
                        + " kill -$2 $sweep; wait $sweep; echo $? >>$into/codes; };"
                        + " stopped 10 INT; stopped 40 KILL;"
                        + " cp $into/kept $into/before; wc -l <$SWEEP_LOG >$into/said; " + sweep);
        ran.mustEndWith(12);
        mustBeTrue(answers(ran.out().lines().toList()));
        assertEquals(TARGETS, ran.out().lines().count(), "each once");
        assertEquals(
                TARGETS + 1, Files.readAllLines(into.resolve("kept")).size(), "a header, and a line for each target");
        List<String> done = Files.readAllLines(into.resolve("before"));
        List<String> log = Files.readAllLines(into.resolve("sshd.log"));
        int said = Integer.parseInt(Files.readString(into.resolve("said")).strip());
        List<String> again = log.subList(said, log.size()).stream()
                .map(CONNECTION::matcher)
                .filter(Matcher::find)
                .map(found -> "{\"host\":\"" + found.group(1) + "\",")
                .filter(host -> done.stream().anyMatch(line -> line.startsWith(host) && line.endsWith("}")))
                .toList();
        assertEquals(List.of(), again, "measured again although it was done");
        List<String> codes = Files.readAllLines(into.resolve("codes"));
        assertEquals("130", codes.getFirst(), codes::toString);
    }

    @Test
    void anInterfaceThatGoesDownEndsTheSweepAndWhatWasMeasuredStays() throws Exception {
        Command ran = in(
                TARGETS,
                ">$into/out; (while [ $(wc -l <$into/out) -lt 5 ]; do sleep 0.05; done; ip link set client down) & "
                        + "\"$rstprobe\" mtu -f $SWEEP_TARGETS --rate 8mbit --jsonl --checkpoint $into/kept"
                        + " >$into/out");
        ran.mustEndWith(3);
        assertTrue(ran.err().contains("client"), ran::toString);
        assertTrue(ran.err().contains("  fix: "), ran::toString);
        List<String> lines = Files.readAllLines(into.resolve("out"));
        assertTrue(lines.size() >= 5 && lines.size() < TARGETS, lines.size() + " targets");
        Map<String, JsonNode> answers = answers(lines);
        assertTrue(answers.values().stream()
                .allMatch(target -> target.path("status").asText().equals("exact")));
        assertEquals(lines.size() + 1, Files.readAllLines(into.resolve("kept")).size());
    }

    @Test
    void aFullDiskIsSaidInOneLineAndTheResultsAreStillThere() throws Exception {
        Command ran = in(
                20,
                "mkdir /run/small; mount -t tmpfs -o size=4k tmpfs /run/small;"
                        + " \"$rstprobe\" mtu -f $SWEEP_TARGETS --rate 100mbit --jsonl --checkpoint /run/small/kept");
        ran.mustEndWith(3);
        mustBeTrue(answers(ran.out().lines().toList()));
        assertEquals(
                1,
                ran.err()
                        .lines()
                        .filter(line -> line.contains("/run/small/kept"))
                        .count(),
                ran::toString);
    }
}
