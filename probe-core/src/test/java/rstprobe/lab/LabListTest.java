package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.Cause;
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

    /// How many rows each part of the table of causes has; two of them have a second half.
    private static final Map<String, Integer> TABLE =
            Map.of("A", 10, "B", 23, "C", 5, "D", 12, "E", 8, "F", 7, "G", 9, "H", 6);

    /// Rows about connections that are not used.
    private static final Set<String> TO_COME = Set.of("G1", "G2");

    @Test
    void everyRowHasANetworkOrAReasonAndNoneHasBoth() {
        Set<String> built = new TreeSet<>();
        Labs.all().forEach(scenario -> built.addAll(scenario.rows()));
        Set<String> reasons = NotBuilt.all().stream().map(NotBuilt::row).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(NotBuilt.all().size(), reasons.size(), "one reason a row");
        reasons.forEach(row -> assertFalse(built.contains(row), row));
        Set<String> left = new TreeSet<>(Set.of("B2b"));
        TABLE.forEach((part, rows) -> IntStream.rangeClosed(1, rows).forEach(number -> left.add(part + number)));
        assertTrue(left.containsAll(built), () -> built + " are not all rows of the table");
        left.removeAll(built);
        left.removeAll(reasons);
        left.removeAll(TO_COME);
        assertEquals(Set.of(), left, "rows without a network and without a reason");
    }

    @Test
    void aGroupHoldsItsNetworksAndOnlyTheFirstHasNumbers() {
        assertEquals(
                Labs.all().size(),
                Stream.of(Scenario.Group.values())
                        .mapToInt(group -> Labs.of(group).size())
                        .sum());
        assertEquals(Set.of("B2"), Labs.named("max-startups").orElseThrow().rows());
        assertTrue(Labs.of(Scenario.Group.CAUSES).stream()
                .allMatch(scenario -> scenario.numbers().isEmpty()));
        assertEquals("causes", Scenario.Group.CAUSES.word());
    }

    @Test
    void aServerTellsNothingOfAHealthyNetworkAndOnlyCausesThereAre() {
        Set<String> causes = Stream.of(Cause.values()).map(Cause::id).collect(Collectors.toSet());
        Labs.all().forEach(scenario -> {
            Truth truth = scenario.truth();
            assertTrue(causes.containsAll(truth.told()), scenario.name());
            assertTrue(truth.exitCode() != 0 || truth.told().isEmpty(), scenario.name());
            assertTrue(
                    truth.told().isEmpty()
                            || truth.isToldAs(truth.told().iterator().next(), ""),
                    scenario.name());
        });
        assertEquals(
                Set.of("max-startups"),
                Labs.named("max-startups").orElseThrow().truth().told());
        assertEquals(
                Set.of(), Labs.named("router-rejects").orElseThrow().truth().told());
        assertEquals(
                Set.of("no-listener"),
                Labs.named("proxy-aborts").orElseThrow().truth().told());
    }

    @Test
    void aNetworkStandsWithTheReleasesThatHaveWhatItIsAbout() {
        assertEquals(Set.of(Release.values()), releases("hosts-deny-8.4"));
        assertEquals(Set.of(Release.BOOKWORM, Release.TRIXIE), releases("login-unused"));
        assertEquals(Set.of(Release.BOOKWORM, Release.TRIXIE), releases("out-of-memory"));
        assertEquals(Set.of(Release.BOOKWORM, Release.TRIXIE), releases("loses-long-to-client"));
        assertEquals(Set.of(Release.values()), releases("loses-long-to-server"));
        assertEquals(Set.of(Release.TRIXIE), releases("no-moduli"));
        assertEquals(Set.of(Release.TRIXIE), releases("expedited-lost"));
        assertEquals(Set.of(Release.values()), releases("login-marking-dropped"));
        assertEquals(Set.of(Release.BOOKWORM), releases("ufw-limit"));
        assertEquals(Set.of(Release.BOOKWORM), releases("sslh"));
    }

    private static Set<Release> releases(String name) {
        Scenario scenario = Labs.named(name).orElseThrow();
        return Stream.of(Release.values())
                .filter(release -> OtherRelease.of(scenario, release).isPresent())
                .collect(Collectors.toSet());
    }

    @Test
    void aNetworkSaysWhatItNeedsUnlessAnySshdWillDo() {
        assertEquals(
                Optional.of("haproxy, sshd of bookworm"),
                Labs.named("haproxy-rejects").orElseThrow().needs());
        // Its sshd is started with fewer rights by another program, which is not what it needs.
        assertEquals(
                Optional.of("sshd of bookworm"),
                Labs.named("lacks-chroot").orElseThrow().needs());
        assertEquals(Optional.empty(), Labs.named("healthy").orElseThrow().needs());
    }
}
