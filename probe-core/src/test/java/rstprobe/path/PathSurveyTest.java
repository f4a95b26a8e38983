package rstprobe.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.path.DirectionFinding.Signal;
import rstprobe.path.SimulatedTwoWays.Path;

/// Surveys of paths whose limits are known.
class PathSurveyTest {
    private static final int ETHERNET = 1500;
    private static final long SEED = 4_821;

    private static SurveyFinding survey(Path path) {
        return SimulatedTwoWays.survey(path, ETHERNET, SEED);
    }

    private static int exact(DirectionFinding direction) {
        return switch (direction.standing()) {
            case PathMtuStanding.Exact(int bytes, double _) -> bytes;
            case PathMtuStanding.Local(int bytes) -> bytes;
            default -> 0;
        };
    }

    @Test
    void aCleanPathTakesOneFlightAndOneOnOtherPortsAndNoKeyExchange() {
        SurveyFinding found = survey(Path.of(ETHERNET, ETHERNET));
        assertEquals(ETHERNET, exact(found.forward()));
        assertEquals(ETHERNET, exact(found.reverse()));
        assertEquals(Signal.LOCAL, found.forward().signal());
        assertEquals(1, found.forward().rounds());
        assertEquals(2, found.rounds());
        assertEquals(0, found.exitCode());
    }

    @Test
    void aBlackHoleIsExactAndPlacedAfterTwoRoundTrips() {
        SurveyFinding found = survey(Path.of(1400, ETHERNET));
        assertEquals(1400, exact(found.forward()));
        assertEquals(2, found.forward().rounds());
        assertTrue(found.forward().blackHole());
        assertEquals(Signal.SILENCE, found.forward().signal());
        assertEquals(
                Optional.of(new LimitPlace(1, 2, Optional.of("10.0.1.1"), Optional.of("10.0.2.1"))),
                found.forward().place());
        assertEquals(Optional.of(false), found.forward().fragmentsPass(), "no router is the limit");
        assertEquals(2, found.rounds());
        assertTrue(found.probes() <= 110, found::toString);
        assertEquals(12, found.exitCode());
        assertEquals(Optional.of(new MssClamp(1460, SimulatedTwoWays.CLAMPED, 1, 2)), found.clamp());
    }

    @Test
    void aBlackHoleAtAUsualSizeTakesTwoRoundTripsToTheByteAndFourWithAllElse() {
        for (int bytes :
                new int[] {1496, 1492, 1480, 1476, 1460, 1450, 1446, 1440, 1438, 1430, 1420, 1400, 1380, 1280}) {
            SurveyFinding found = survey(Path.of(bytes, ETHERNET).sharedWith(bytes));
            assertEquals(bytes, exact(found.forward()));
            assertEquals(ETHERNET, exact(found.reverse()));
            assertEquals(1, found.forward().place().orElseThrow().after());
            assertTrue(found.forward().rounds() <= 2 && found.rounds() <= 4, found::toString);
            assertTrue(found.probes() <= 150, found::toString);
        }
    }

    @Test
    void atOneLossInFiveABlackHoleAtAUsualSizeSeldomTakesMoreThanSixRoundTrips() {
        int slow = 0;
        int dear = 0;
        for (int i = 0; i < 200; i++) {
            Path path = Path.of(1400, ETHERNET).sharedWith(1400).losing(0.2);
            SurveyFinding found = SimulatedTwoWays.survey(path, ETHERNET, SEED + i);
            String what = "seed " + (SEED + i) + ": " + found;
            assertEquals(1400, exact(found.forward()), what);
            assertTrue(found.forward().place().isPresent(), what);
            slow += found.rounds() > 6 ? 1 : 0;
            dear += found.probes() > 250 ? 1 : 0;
        }
        assertTrue(slow <= 4 && dear <= 10, slow + " of 200 took more round trips, " + dear + " more than 250 packets");
    }

    /// What looks like a link's size after the first flight is asked about together with what follows from it, which
    /// is worth nothing where the size is another.
    @Test
    void whereTheLikeliestSizeIsNotTheOneEverythingIsAskedAboutTheOther() {
        for (int bytes = 1412; bytes < 1441; bytes++) {
            SurveyFinding found =
                    survey(Path.of(bytes, ETHERNET).limitedAfter(2, true, true).sharedWith(bytes));
            assertEquals(bytes, exact(found.forward()));
            assertEquals(2, found.forward().place().orElseThrow().after());
            assertEquals(Optional.of(true), found.forward().fragmentsPass());
            assertEquals(List.of(), found.flows());
            assertTrue(found.rounds() <= 4 && found.probes() <= 180, found::toString);
        }
    }

    @Test
    void aRouterThatDoesNotSaySoIsToldFromALinkByWhatMayBeFragmented() {
        SurveyFinding found = survey(Path.of(1400, ETHERNET).limitedAfter(2, true, true));
        assertEquals(Optional.of(true), found.forward().fragmentsPass());
        assertEquals(2, found.forward().place().orElseThrow().after());
    }

    @Test
    void theWayBackIsFoundToTheByteFromAFragmentsLength() {
        for (int back = 1393; back <= 1410; back++) {
            SurveyFinding found = survey(Path.of(ETHERNET, back));
            assertEquals(back, exact(found.reverse()));
            assertTrue(found.reverse().blackHole(), "the server's long segment never came");
            assertFalse(found.forward().blackHole());
        }
    }

    @Test
    void aLinkThatLosesWhatIsTooLongForTheWayBackMakesNoFragments() {
        SurveyFinding found = survey(Path.of(ETHERNET, 1400).limitedAfter(1, false, false));
        assertEquals(1400, exact(found.reverse()));
        assertEquals(Signal.SILENCE, found.reverse().signal());
        assertEquals(Optional.of(false), found.reverse().fragmentsPass());
    }

    @Test
    void eachWayHasItsOwnLimit() {
        SurveyFinding found = survey(Path.of(1380, 1420));
        assertEquals(1380, exact(found.forward()));
        assertEquals(1420, exact(found.reverse()));
    }

    @Test
    void anyPairOfLimitsIsFoundAndAtOneLossInFiveNothingIsSaidThatIsNotSo() {
        Random dice = new Random(SEED);
        int exact = 0;
        for (int i = 0; i < 400; i++) {
            int there = 700 + dice.nextInt(801);
            int back = 700 + dice.nextInt(801);
            Path path = Path.of(there, back).limitedAfter(1 + dice.nextInt(2), dice.nextBoolean(), dice.nextBoolean());
            double loss = i % 2 == 0 ? 0 : 0.2;
            SurveyFinding found = SimulatedTwoWays.survey(path.losing(loss), ETHERNET, SEED + i);
            String what = "seed " + (SEED + i) + ": " + path + " " + found;
            for (var way : List.of(found.forward(), found.reverse())) {
                int truth = way == found.forward() ? there : back;
                assertTrue(exact(way) == 0 || exact(way) == truth, what);
                if (way.standing() instanceof PathMtuStanding.Bounded(int passes, OptionalInt lost)) {
                    assertTrue(passes <= truth && lost.orElse(ETHERNET + 1) > truth, what);
                }
                exact += exact(way) == truth ? 1 : 0;
            }
            assertTrue(loss > 0 || found.status() == SurveyFinding.Status.EXACT, what);
        }
        assertTrue(exact > 780, "exact in " + exact + " of 800 directions");
    }

    /// Many programs bisect in ten packets, and wait a second for each that is lost.
    @Test
    void theWayThereAloneTakesFewPacketsAndSaysNothingOfTheRest() {
        for (int bytes : new int[] {1500, 1492, 1480, 1476, 1460, 1450, 1440, 1438, 1420, 1400, 1380, 1360, 1280}) {
            SurveyFinding found = SimulatedTwoWays.surveyThere(Path.of(bytes, 1300), ETHERNET, SEED);
            assertEquals(bytes, exact(found.forward()));
            assertEquals(bytes < ETHERNET, found.forward().blackHole());
            assertEquals(SurveyFinding.Status.EXACT, found.status());
            assertEquals(Optional.empty(), found.reverse().method(), "nobody asked");
            assertEquals(Optional.empty(), found.forward().place());
            assertTrue(found.rounds() <= 3, found::toString);
            assertTrue(found.probes() <= (bytes == 1400 ? 42 : 65), found::toString);
        }
    }

    @Test
    void anyLimitOfTheWayThereIsFoundInFewPacketsAndAtOneLossInFiveNothingIsSaidThatIsNotSo() {
        Random dice = new Random(SEED);
        int exact = 0;
        for (int i = 0; i < 2_000; i++) {
            int there = 700 + dice.nextInt(801);
            Path path = Path.of(there, 700 + dice.nextInt(801)).losing(i % 2 == 0 ? 0 : 0.2);
            SurveyFinding found = SimulatedTwoWays.surveyThere(path, ETHERNET, SEED + i);
            String what = "seed " + (SEED + i) + ": " + path + " " + found;
            assertTrue(exact(found.forward()) == 0 || exact(found.forward()) == there, what);
            exact += exact(found.forward()) == there ? 1 : 0;
        }
        assertTrue(exact > 1_950, "exact in " + exact + " of 2000 surveys");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 68, 600, 1399, 1400, 1401, 1450, 1500, 65_535})
    void whatAPacketTooBigSaysNeverChangesTheAnswer(int claimed) {
        SurveyFinding found = survey(Path.of(1400, ETHERNET).claiming(claimed));
        assertEquals(1400, exact(found.forward()));
        assertEquals(Signal.PACKET_TOO_BIG, found.forward().signal());
        assertEquals(claimed < 68 || claimed > 1400, found.forward().blackHole());
        assertEquals(1, found.forward().claims().size());
        MtuClaim.Truth truth = found.forward().claims().getFirst().truth();
        assertEquals(
                claimed == 0
                        ? MtuClaim.Truth.UNNAMED
                        : claimed < 1400
                                ? MtuClaim.Truth.TOO_LOW
                                : claimed == 1400 ? MtuClaim.Truth.PROVEN : MtuClaim.Truth.REFUTED,
                truth);
        assertTrue(found.probes() <= 150, found::toString);
    }

    @Test
    void whereNothingButTheConnectionAnswersTheServersOwnSegmentsTell() {
        SurveyFinding clean = survey(Path.of(1400, ETHERNET).only(true, false));
        assertEquals(ETHERNET, exact(clean.reverse()));
        assertEquals(Optional.of("tcp"), clean.reverse().method());
        SurveyFinding hole = survey(Path.of(ETHERNET, 1400).only(true, false));
        assertEquals(1400, exact(hole.reverse()));
        assertTrue(hole.reverse().blackHole());
    }

    @Test
    void shorterSegmentsNarrowTheWayBackWithinEightConnectionsAndSayNothingUntrue() {
        int exact = 0;
        for (int back = 1281; back < ETHERNET; back++) {
            SurveyFinding found = survey(Path.of(ETHERNET, back).only(true, false));
            switch (found.reverse().standing()) {
                case PathMtuStanding.Exact(int bytes, double _) -> {
                    assertEquals(back, bytes);
                    exact++;
                }
                case PathMtuStanding.Bounded(int passes, OptionalInt lost) ->
                    assertTrue(passes <= back && lost.orElseThrow() > back, found::toString);
                default -> throw new AssertionError(found);
            }
            assertTrue(found.reverse().blackHole());
        }
        assertTrue(exact >= 20, "the usual sizes are found to the byte, and " + exact + " were");
    }

    @Test
    void withoutAConnectionEchoesTellAndEndOutWhereTheyCannotTellTheWays() {
        SurveyFinding there = survey(Path.of(1400, ETHERNET).only(false, true));
        assertEquals(1400, exact(there.forward()));
        assertEquals(Optional.of("icmp"), there.forward().method());
        SurveyFinding both = survey(Path.of(ETHERNET, 1400).only(false, true).limitedAfter(1, false, false));
        assertEquals(
                new PathMtuStanding.Bounded(1400, OptionalInt.empty()),
                both.forward().standing());
        assertFalse(both.forward().blackHole());
    }

    @ParameterizedTest
    @EnumSource(
            value = ProbeKind.class,
            names = {"AHEAD", "DATAGRAM"})
    void aTargetThatAnswersOnlySomeOfWhatArrivesIsMeasuredToTheByteOrNotSaid(ProbeKind kind) {
        Random dice = new Random(SEED);
        int exact = 0;
        for (int i = 0; i < 120; i++) {
            int there = i % 4 == 0 ? ETHERNET : 600 + dice.nextInt(900);
            double loss = i % 2 == 0 ? 0 : 0.2;
            SurveyFinding found = SimulatedTwoWays.survey(
                    Path.of(there, ETHERNET).answeringOnly(kind).losing(loss), ETHERNET, SEED + i);
            String what = kind + ", seed " + (SEED + i) + ": truth " + there + ", " + found;
            assertTrue(exact(found.forward()) == 0 || exact(found.forward()) == there, what);
            if (found.forward().standing() instanceof PathMtuStanding.Bounded(int passes, OptionalInt lost)) {
                assertTrue(passes <= there && lost.orElse(ETHERNET + 1) > there, what);
            }
            assertTrue(loss > 0 || exact(found.forward()) == there, what);
            assertTrue(found.probes() <= 700, what);
            exact += exact(found.forward()) == there ? 1 : 0;
        }
        assertTrue(exact > 90, kind + " is exact in " + exact + " of 120");
    }

    @Test
    void datagramsAreNoFasterThanTheyAreAnswered() {
        SurveyFinding found = survey(Path.of(1400, ETHERNET).answeringOnly(ProbeKind.DATAGRAM));
        assertEquals(Optional.of("udp"), found.forward().method());
        assertEquals(1400, exact(found.forward()));
        assertTrue(found.forward().nanos() >= 1_000_000_000L * (found.forward().rounds() - 4), found::toString);
        assertEquals(Optional.empty(), found.reverse().method(), "an error says nothing of the way back");
        assertEquals(12, found.exitCode());
    }

    @Test
    void whereLongEchoesAreDroppedAndLongSegmentsAreNotNothingIsWrongWithThePath() {
        SurveyFinding found = survey(Path.of(ETHERNET, ETHERNET).losingEchoesAbove(1000));
        assertEquals(ETHERNET, exact(found.reverse()));
        assertEquals(Optional.of("tcp"), found.reverse().method());
        assertEquals(0, found.exitCode());
    }

    @Test
    void aTargetThatAnswersNothingHasNoPathMtu() {
        SurveyFinding found = survey(Path.of(ETHERNET, ETHERNET).only(false, false));
        assertEquals(SurveyFinding.Status.UNREACHABLE, found.status());
        assertEquals(4, found.exitCode());
        assertTrue(found.probes() <= 40, found::toString);
    }

    @Test
    void whereSeveralLinksShareTheLoadTheNarrowestIsToldAndTheOthersBesideIt() {
        SurveyFinding found = survey(Path.of(ETHERNET, ETHERNET).sharedWith(1300));
        assertEquals(1300, exact(found.forward()));
        assertTrue(found.forward().blackHole());
        assertEquals(12, found.exitCode());
        assertEquals(List.of(new FlowMtu(1300, 6), new FlowMtu(ETHERNET, 7)), found.flows());
        assertTrue(found.rounds() <= 8 && found.probes() <= 260, found::toString);
        SurveyFinding wider = survey(Path.of(1400, ETHERNET).sharedWith(ETHERNET));
        assertEquals(1400, exact(wider.forward()));
        assertEquals(ETHERNET, wider.flows().getLast().bytes());
    }

    @Test
    void lossOnOtherPortsIsNoOtherWay() {
        for (int i = 0; i < 100; i++) {
            SurveyFinding found = SimulatedTwoWays.survey(
                    Path.of(1400, ETHERNET).sharedWith(1400).losing(0.2), ETHERNET, SEED + i);
            assertEquals(List.of(), found.flows(), "seed " + (SEED + i));
        }
    }
}
