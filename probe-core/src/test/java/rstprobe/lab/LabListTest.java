package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.lab.Scenario.Server;

/// The list of practice networks is whole, and each one's half is settled for good.
class LabListTest {

    private static final List<String> FIRST_NAMES = List.of(
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

    @Test
    void everyResetToBeToldApartHasANetwork() {
        Set<Integer> built = Labs.all().stream()
                .flatMap(scenario -> scenario.numbers().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(IntStream.rangeClosed(1, 50).boxed().collect(Collectors.toCollection(TreeSet::new)), built);
    }

    @Test
    void theNamesThatWereThereFromTheStartStay() {
        assertTrue(FIRST_NAMES.stream().allMatch(name -> Labs.named(name).isPresent()));
        assertEquals("healthy", Labs.all().getFirst().name());
    }

    @Test
    void aNetworksHalfDoesNotDependOnTheOthersAndBothHalvesAreUsable() {
        long report = Labs.all().stream()
                .filter(scenario -> Split.of(scenario) == Split.REPORT)
                .count();
        assertTrue(report > Labs.all().size() / 3 && report < Labs.all().size() * 2 / 3, report + " of them");
        Scenario other = new Scenario("healthy", "", Truth.healthy(""), new Server.Nothing(), List.of());
        assertEquals(Split.of(Labs.all().getFirst()), Split.of(other));
        // Decided once: weights were fitted on the one half and reported on the other.
        assertEquals(Split.CALIBRATION, Split.of(Labs.named("tap-forges-reset").orElseThrow()));
        assertEquals(Split.REPORT, Split.of(Labs.named("closed-port").orElseThrow()));
    }

    /// What these turn into resets is the server's own answer, which a trigger must reach the server to draw.
    private static final Set<String> FOUND_BY_NO_SWEEP = Set.of("openings-rewritten", "answers-rewritten");

    @Test
    void aTruthAboutASenderSaysWhereItSitsAndAContentTriggerWhichByteItIs() {
        for (Scenario scenario : Labs.all()) {
            Truth truth = scenario.truth();
            boolean inNetwork = Set.of("on-path", "in-path", "proxy").contains(truth.origin());
            boolean silent = truth.exitCode() == 4;
            assertEquals(
                    inNetwork && !silent && !FOUND_BY_NO_SWEEP.contains(scenario.name()),
                    inNetwork && !silent && truth.proof().hops().isPresent(),
                    () -> scenario.name() + " has a place or has none");
            truth.proof().triggerByte().ifPresent(number -> assertEquals(8, number, scenario.name()));
        }
        assertTrue(new HopInterval(1, 2).within(0, 3));
        assertFalse(new HopInterval(1, 2).within(2, 3));
    }
}
