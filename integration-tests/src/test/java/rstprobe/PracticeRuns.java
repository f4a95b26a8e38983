package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;

/// Every practice network, diagnosed once under each condition by the image's own `rstprobe lab verify`; the stories
/// share the answers and the incident folders.
///
/// Most of a run is waiting, so several run beside each other; each has its own network.
final class PracticeRuns {
    /// What a story holds that fills this machine with networks.
    static final String MACHINE = "machine";

    private static final int BESIDE_EACH_OTHER = 7;
    private static final int LONGEST_MINUTES = 8;

    /// Networks that are diagnosed over IPv6 as well.
    private static final List<String> CORE =
            List.of("healthy", "tap-forges-reset", "router-rejects", "closed-port", "server-aborts");

    /// Where this host's own routes refuse, nothing is recorded.
    private static final String WITHOUT_FOLDER = "own-route-prohibits";

    /// Networks that are diagnosed under every condition; the others without delay or loss.
    private static final List<String> EVERYWHERE = List.of(
            "healthy",
            "tap-forges-reset",
            "tap-matches-one-segment",
            "router-rejects",
            "router-rejects-icmp",
            "closed-port",
            "server-aborts",
            "server-closes-unread",
            "silent-server",
            "drops-syn",
            "http-server",
            "closes-after-identification",
            "no-common-algorithm",
            "server-firewall-rejects",
            "max-startups",
            "no-route");

    private static final List<List<String>> CONDITIONS = List.of(
            List.of(), List.of("--delay", "10"), List.of("--loss", "0.01"), List.of("--delay", "10", "--loss", "0.01"));

    private static final Map<Asked, Future<Answer>> RUNS = start();

    private PracticeRuns() {}

    /// A practice network and the options it is built with.
    record Asked(String network, List<String> options) {
        @Override
        public String toString() {
            return network + (options.isEmpty() ? "" : " " + String.join(" ", options));
        }
    }

    /// What `lab verify` said, and the folder it left.
    ///
    /// @param judgement `right`, `honest`, `missed` or `wrong`
    record Answer(String judgement, String said, Folder folder) {}

    static List<Asked> all() {
        return List.copyOf(RUNS.keySet());
    }

    /// Waits for the answer.
    static Answer of(Asked asked) throws InterruptedException {
        try {
            return RUNS.get(asked).get(LONGEST_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException failed) {
            throw new AssertionError(asked + ": " + failed.getCause().getMessage(), failed.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError(asked + " is not over after " + LONGEST_MINUTES + " minutes", late);
        }
    }

    private static Map<Asked, Future<Answer>> start() {
        Map<Asked, Future<Answer>> runs = new LinkedHashMap<>();
        ExecutorService workers = Executors.newFixedThreadPool(
                BESIDE_EACH_OTHER,
                Thread.ofPlatform().daemon().name("practice-", 1).factory());
        for (Asked asked : questions()) {
            runs.put(asked, workers.submit(() -> diagnose(asked)));
        }
        workers.shutdown();
        return runs;
    }

    private static List<Asked> questions() {
        List<Asked> questions = new ArrayList<>();
        for (List<String> options : CONDITIONS) {
            for (String network : EVERYWHERE) {
                questions.add(new Asked(network, options));
            }
            for (String network : CORE) {
                List<String> six = new ArrayList<>(List.of("-6"));
                six.addAll(options);
                questions.add(new Asked(network, List.copyOf(six)));
            }
        }
        Labs.of(Scenario.Group.RESETS).stream()
                .map(Scenario::name)
                .filter(network -> !EVERYWHERE.contains(network) && !network.equals(WITHOUT_FOLDER))
                .forEach(network -> questions.add(new Asked(network, List.of())));
        return questions;
    }

    /// Whether the exact answer is expected.
    static boolean settled(Asked asked) {
        return EVERYWHERE.contains(asked.network());
    }

    private static Answer diagnose(Asked asked) throws IOException, InterruptedException {
        Path into = Folder.scratch("practice");
        List<String> words = Image.words("lab", "verify", "--only", asked.network(), "--into", into.toString());
        words.addAll(asked.options());
        Command ran = Command.run(new ProcessBuilder(words));
        assertEquals("", ran.err(), ran::toString);
        String[] first = ran.out().strip().split("\\s+", 3);
        assertTrue(first.length == 3 && first[0].equals(asked.network()), ran::toString);
        return new Answer(first[1], ran.toString(), Folder.below(into));
    }
}
