package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import rstprobe.lab.Conditions;
import rstprobe.lab.Lab;
import rstprobe.lab.Labs;
import rstprobe.lab.Limiter;

/// A run with default settings trips none of the limits that a server's host may have, whatever is broken: read from
/// the server's own state, and from a client that still gets in.
///
/// The faults are those that make a run open most connections. All run beside each other, since most of a run is
/// waiting.
final class MannersStory {
    private static final int BESIDE_EACH_OTHER = 11;
    private static final int LONGEST_MINUTES = 5;

    /// What a client of any kind sees first.
    private static final String GREETING = "exec 3<>/dev/tcp/$0/22 && read -r -t 10 line <&3 && printf '%s' \"$line\"";

    private static final Map<Case, Future<Told>> CASES = start(List.of(
            new Case(Limiter.PENALTIES, "tap-forges-reset"),
            new Case(Limiter.PENALTIES, "inspector-resets"),
            new Case(Limiter.FAIL2BAN, "tap-forges-reset"),
            new Case(Limiter.FAIL2BAN_AGGRESSIVE, "tap-forges-reset"),
            new Case(Limiter.FAIL2BAN_AGGRESSIVE, "tap-copies-hop-count"),
            new Case(Limiter.FAIL2BAN_AGGRESSIVE, "tap-resets-long"),
            new Case(Limiter.FAIL2BAN_AGGRESSIVE, "tap-resets-both-sides"),
            new Case(Limiter.FAIL2BAN_AGGRESSIVE_LATE, "tap-forges-reset"),
            new Case(Limiter.UFW_LIMIT, "tap-forges-reset"),
            new Case(Limiter.UFW_LIMIT, "inspector-resets"),
            new Case(Limiter.UFW_LIMIT, "server-firewall-rejects"),
            new Case(Limiter.DROPBEAR, "tap-forges-reset")));

    /// A limit, and the name of a network whose fault stands before it.
    record Case(Limiter limiter, String network) {}

    /// What came of it.
    ///
    /// @param greeting what the server said to the next client; empty where the fault keeps every client out
    record Told(Command ran, Limiter.Reading reading, String greeting) {}

    static List<Case> cases() {
        return List.copyOf(CASES.keySet());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nothingIsTripped(Case asked) throws Exception {
        Told told = CASES.get(asked).get(LONGEST_MINUTES, TimeUnit.MINUTES);
        System.out.println(
                asked + ": " + told.reading().spent() + " of " + asked.limiter().limit());
        assertTrue(
                told.ran().exit() >= 10 && told.ran().exit() < 20,
                () -> told.ran().toString());
        assertEquals(List.of(), told.reading().tripped(), () -> told.ran().toString());
        if (!asked.network().equals("server-firewall-rejects")) {
            assertTrue(told.greeting().startsWith("SSH-2.0-"), told::toString);
        }
    }

    /// The same runs in a hurry do trip them: the stories above can fail.
    @Test
    void inAHurryALimitIsTripped() throws Exception {
        Told told = run(new Case(Limiter.UFW_LIMIT, "tap-forges-reset"), List.of("--hurry"));
        assertTrue(!told.reading().tripped().isEmpty(), told::toString);
    }

    private static Map<Case, Future<Told>> start(List<Case> cases) {
        Map<Case, Future<Told>> told = new LinkedHashMap<>();
        ExecutorService workers = Executors.newFixedThreadPool(
                BESIDE_EACH_OTHER,
                Thread.ofPlatform().daemon().name("manners-", 1).factory());
        cases.forEach(asked -> told.put(asked, workers.submit(() -> run(asked, List.of()))));
        workers.shutdown();
        return told;
    }

    private static Told run(Case asked, List<String> more) throws Exception {
        Path into = Folder.scratch("manners");
        Path software = Path.of(System.getenv().getOrDefault("RSTPROBE_SOFTWARE", "/no/RSTPROBE_SOFTWARE"));
        Conditions conditions = new Conditions(0, 0, 1, false, Optional.empty(), Optional.of(software));
        try (Lab lab =
                Lab.build(asked.limiter().guarding(Labs.named(asked.network()).orElseThrow()), conditions)) {
            List<String> words = new ArrayList<>(Image.words("ssh", lab.serverAddress(), "--into", into.toString()));
            words.addAll(more);
            Command ran = Command.run(lab.inClient(words));
            return new Told(ran, asked.limiter().reading(lab), greeting(lab));
        }
    }

    private static String greeting(Lab lab) throws IOException {
        Process asked = lab.inClient(List.of("/bin/bash", "-c", GREETING, lab.serverAddress()))
                .redirectErrorStream(true)
                .start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
