package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.capture.CaptureReader;
import rstprobe.capture.Damage;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;

/// Runs that are ended while a packet filter rule of theirs stands, or where none can be set, beside
/// somebody else's rules in one practice network: what is theirs goes, what is somebody else's stays.
final class EndedRunsStory {
    private static final int KILLS = 50;
    /// A whole run takes some three seconds; from the second connection on a rule stands.
    private static final int LATEST_MILLIS = 1_800;

    private static final int LATER_MILLIS = 300;
    private static final int PATIENCE_SECONDS = 60;
    private static final int INTERRUPTED = 130;
    private static final int KILLED = 128 + 9;
    private static final int IN_THE_NETWORK = 11;
    /// Enough for a verdict, too few for the connection that only listens.
    private static final String BUDGET = "3";

    private static final String SOMEBODY_ELSES = """
            table inet rstprobe-of-somebody {
            	chain output {
            		type filter hook output priority filter; policy accept;
            		tcp dport 9 drop comment "not ours"
            	}
            }
            """;

    private static Lab lab;
    private static Path into;

    @BeforeAll
    static void build() throws Exception {
        into = Folder.scratch("ended");
        lab = Lab.build(Labs.named("tap-forges-reset").orElseThrow(), Conditions.plain());
        Path rules = Files.writeString(into.resolve("rules"), SOMEBODY_ELSES);
        inLab("/usr/sbin/nft", "-f", rules.toString());
    }

    /// Neither the network nor a program of it outlives the lab.
    @AfterAll
    static void remove() throws Exception {
        String name = lab.clientNamespace().substring(0, lab.clientNamespace().lastIndexOf('-'));
        lab.close();
        List<String> left = Machine.now().things().stream()
                .filter(thing -> thing.contains(name) || thing.contains(into.toString()))
                .toList();
        assertEquals(List.of(), left);
        Folder.delete(into);
    }

    private static String inLab(String... words) throws IOException, InterruptedException {
        return Command.run(lab.inClient(List.of(words))).mustEndWith(0).out();
    }

    private static String rules() throws IOException, InterruptedException {
        return inLab("/usr/sbin/nft", "list", "ruleset");
    }

    private static boolean oneStands() throws IOException, InterruptedException {
        return rules().contains("comment \"rstprobe ");
    }

    /// Somebody else's table, and nothing beside it.
    private static void mustBeOnlySomebodyElses() throws IOException, InterruptedException {
        assertEquals(SOMEBODY_ELSES, rules());
    }

    private static List<String> words(Path folder) {
        return Image.words("ssh", "--hurry", lab.serverAddress(), "--json", "--into", folder.toString());
    }

    private static Process start(List<String> words) throws IOException {
        return lab.inClient(words)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }

    @Test
    void whatFiftyKilledRunsLeaveGoesWithTheNextStart() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path folder = Files.createDirectory(into.resolve("killed"));
        int left = 0;
        for (int i = 0; i < KILLS; i++) {
            Process running = start(words(folder));
            if (i % 2 == 0) {
                running.waitFor(random.nextInt(LATEST_MILLIS), TimeUnit.MILLISECONDS);
            } else {
                awaitRuleOf(running);
                running.waitFor(random.nextInt(LATER_MILLIS), TimeUnit.MILLISECONDS);
            }
            running.destroyForcibly().waitFor();
            boolean wasKilled = running.exitValue() == KILLED;
            left += wasKilled && oneStands() ? 1 : 0;
        }
        assertTrue(left > 0, "seed " + seed + ": no run was killed while its rule stood");
        Command.run(lab.inClient(words(folder))).mustEndWith(IN_THE_NETWORK);
        mustBeOnlySomebodyElses();
        mustBeReadable(folder);
    }

    /// A table of this very process.
    private static void awaitRuleOf(Process running) {
        Machine.await("a rule stands", () -> {
            try {
                return !running.isAlive() || rules().contains("rstprobe-" + running.pid() + "-");
            } catch (IOException | InterruptedException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    private static void mustBeReadable(Path folder) throws IOException {
        List<Path> captures;
        List<Path> journals;
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            captures = all.stream()
                    .filter(file -> file.getFileName().toString().startsWith("capture.pcapng"))
                    .toList();
            journals = all.stream()
                    .filter(file -> file.getFileName().toString().startsWith("recording.jsonl"))
                    .toList();
        }
        assertTrue(captures.size() > 1, captures::toString);
        int frames = 0;
        for (Path capture : captures) {
            try (CaptureReader reader = CaptureReader.open(capture)) {
                while (reader.next().isPresent()) {
                    frames++;
                }
                assertTrue(reader.damage().stream().allMatch(Damage::cut), () -> capture + ": " + reader.damage());
            }
        }
        assertTrue(frames > captures.size(), frames + " frames in " + captures.size() + " captures");
        for (Path journal : journals) {
            List<String> lines =
                    Files.readString(journal, StandardCharsets.UTF_8).lines().toList();
            for (String line : lines.subList(0, Math.max(0, lines.size() - 1))) {
                assertTrue(Folder.json(line).has("line"), journal + ": " + line);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aRunThatIsStoppedTakesItsRuleAlong(String signal) throws Exception {
        Path folder = Files.createDirectory(into.resolve(signal));
        Process running = start(words(folder));
        awaitRuleOf(running);
        assertTrue(running.isAlive());
        Command.run("kill", "-" + signal, Long.toString(running.pid())).mustEndWith(0);
        assertTrue(running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(INTERRUPTED, running.exitValue());
        mustBeOnlySomebodyElses();
        assertTrue(Files.exists(Folder.below(folder).path().resolve("report.json")));
    }

    @Test
    void withoutTheRightToSetARuleTheRunGoesOnAndSaysSo() throws Exception {
        List<String> words = new ArrayList<>(List.of("/usr/bin/setpriv", "--bounding-set=-net_admin"));
        goesOn("unprivileged", words, "CAP_NET_ADMIN");
    }

    @Test
    void withoutNftTheRunGoesOnAndSaysSo() throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "/usr/bin/unshare",
                "--mount",
                "/bin/sh",
                "-c",
                "mount --bind /dev/null /usr/sbin/nft && exec \"$@\"",
                "sh"));
        goesOn("without-nft", words, "needs nft");
    }

    private static void goesOn(String name, List<String> before, String why) throws IOException, InterruptedException {
        Path folder = Files.createDirectory(into.resolve(name));
        before.addAll(words(folder));
        before.addAll(List.of("--budget", BUDGET));
        Command ran = Command.run(lab.inClient(before)).mustEndWith(IN_THE_NETWORK);
        assertEquals(
                "injected-reset", Folder.json(ran.out()).at("/verdict/cause").asText());
        List<String> notMade = new ArrayList<>();
        Folder.json(ran.out()).get("evidence").forEach(fact -> {
            if (fact.get("id").asText().equals("test-not-made")) {
                notMade.add(fact.get("text").asText());
            }
        });
        assertTrue(notMade.stream().anyMatch(text -> text.contains(why)), ran::toString);
        assertFalse(oneStands());
    }
}
