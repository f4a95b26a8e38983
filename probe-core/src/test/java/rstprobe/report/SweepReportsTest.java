package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import rstprobe.record.SweepTarget;
import rstprobe.report.SweptPath.Way;

/// What people and programs read of a sweep, and that no name in it gets the better of them.
final class SweepReportsTest {
    private static final long AT_NANOS = 1_800_000_000_000_000_000L;
    private static final Pattern SAMPLE =
            Pattern.compile("[a-z_]+(\\{([a-z]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\"(,(?=[a-z])|(?=})))*})? [0-9.]+");

    private static final Way WIDE =
            new Way(OptionalInt.of(1500), OptionalInt.empty(), false, "local", Optional.empty(), Optional.empty());
    private static final Way HOLE = new Way(
            OptionalInt.of(1400),
            OptionalInt.of(1401),
            true,
            "silence",
            Optional.of(Way.between(1, 2)),
            Optional.of("wireguard"));
    private static final Way OPEN =
            new Way(OptionalInt.of(1400), OptionalInt.empty(), false, "none", Optional.empty(), Optional.empty());
    private static final Way TOLD = new Way(
            OptionalInt.of(1400), OptionalInt.of(1401), false, "packet-too-big", Optional.empty(), Optional.empty());

    private static SweptPath path(String host, String status, Way there, Way back) {
        return new SweptPath(
                new SweepTarget(host, 22),
                Optional.of("198.18.0.1"),
                status,
                Optional.of(there),
                Optional.of(back),
                Optional.empty(),
                "{}");
    }

    private static final SweptPath GOOD = path("good", "exact", WIDE, WIDE);
    private static final SweptPath BAD = path("bad", "exact", WIDE, HOLE);
    private static final SweptPath DIM = path("dim", "bounded", OPEN, WIDE);
    private static final SweptPath GONE = new SweptPath(
            new SweepTarget("gone", 2222),
            Optional.empty(),
            "unreachable",
            Optional.empty(),
            Optional.empty(),
            Optional.of("cannot resolve gone: no such host"),
            "{}");
    private static final List<SweptPath> ALL = List.of(GOOD, GONE, BAD, DIM);

    @Test
    void theTableBeginsWithTheSumAndThenWithWhatHurts() {
        assertEquals("""
                4 targets: 1 with a black hole, 2 known to the byte both ways, 1 not, 1 unreachable

                              target     there    back
                BLACK HOLE    bad        1500     1400     vanish on the way back
                unreachable   gone:2222  ?        ?        cannot resolve gone: no such host
                bounded       dim        >=1400   1500
                ok            good       1500     1500
                """, SweepTable.of(ALL, 4, false));
        assertTrue(SweepTable.of(List.of(GOOD), 7, false).startsWith("1 of 7 targets:"));
    }

    @Test
    void theWorstTargetMakesTheExitCode() {
        assertEquals(12, SweptPath.exitCode(ALL.stream()));
        assertEquals(19, SweptPath.exitCode(List.of(GOOD, GONE, DIM).stream()));
        assertEquals(4, SweptPath.exitCode(List.of(GOOD, GONE).stream()));
        assertEquals(0, SweptPath.exitCode(List.of(GOOD).stream()));
    }

    @Test
    void aTableOfCsvHasAFieldForEachWord() {
        List<String> lines = SweepCsv.of(ALL).lines().toList();
        assertEquals(5, lines.size());
        assertEquals(
                "bad,22,198.18.0.1,exact,1500,,false,local,,,1400,1401,true,silence,hops 1 and 2,wireguard,",
                lines.get(3));
        assertEquals(
                1,
                lines.stream()
                        .map(line -> line.split(",", -1).length)
                        .distinct()
                        .count());
    }

    @Test
    void metricsAreWhatACollectorReads() {
        String text = SweepMetrics.of(ALL, AT_NANOS);
        text.lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> assertTrue(SAMPLE.matcher(line).matches(), line));
        assertTrue(text.contains("rstprobe_path_mtu_bytes{host=\"bad\",port=\"22\",address=\"198.18.0.1\","
                + "direction=\"reverse\"} 1400\n"));
        assertTrue(text.contains("rstprobe_mtu_targets{status=\"unreachable\"} 1\n"));
        assertTrue(text.contains("rstprobe_mtu_sweep_end_seconds 1800000000\n"));
        assertFalse(text.contains(
                "rstprobe_path_mtu_bytes{host=\"dim\",port=\"22\",address=\"198.18.0.1\",direction=\"forward\""));
    }

    @Test
    void ofVeryManyTargetsThoseInTroubleHaveSeries() {
        List<SweptPath> many = new ArrayList<>(IntStream.range(0, 3_000)
                .mapToObj(i -> path("good" + i, "exact", WIDE, WIDE))
                .toList());
        many.add(BAD);
        String text = SweepMetrics.of(many, AT_NANOS);
        assertTrue(text.lines().filter(line -> !line.startsWith("#")).count() <= 5_010);
        assertTrue(text.contains("rstprobe_mtu_black_hole{host=\"bad\""));
        assertTrue(text.contains("rstprobe_mtu_targets_left_out 2001\n"));
    }

    @Test
    void theHeatMapNamesBlackHolesInWordsAndNeedsNothingFromOutside() {
        String page = SweepHeatMap.of(ALL, 4, AT_NANOS);
        List<String> shapes = Xml.shapes(page);
        assertEquals(
                1,
                shapes.stream()
                        .filter(shape -> shape.contains("class=way hole"))
                        .count());
        assertTrue(page.contains(">above 1400<"), page);
        assertTrue(shapes.stream().noneMatch(shape -> shape.startsWith("script") || shape.contains("src=")));
    }

    @Test
    void noNameGetsTheBetterOfAReader() {
        for (String trick : Hostile.TRICKS) {
            SweptPath hostile = path("x" + trick, "exact", WIDE, HOLE);
            assertEquals(
                    List.of(),
                    Hostile.dangers(SweepTable.of(List.of(hostile), 1, false).replace("\n", "")),
                    trick);
            assertEquals(
                    Xml.shapes(SweepHeatMap.of(List.of(BAD), 1, AT_NANOS)),
                    Xml.shapes(SweepHeatMap.of(List.of(hostile), 1, AT_NANOS)));
            SweepMetrics.of(List.of(hostile), AT_NANOS)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> assertTrue(SAMPLE.matcher(line).matches(), line));
            assertEquals(2, SweepCsv.of(List.of(hostile)).lines().count());
        }
    }

    @Test
    void onlyWhatIsProvenToBeLowerIsWorse() {
        assertEquals(0, SweepComparison.of(ALL, ALL).exitCode(), "an old black hole is not worse");
        assertEquals(12, compared(WIDE, HOLE));
        assertEquals(12, compared(WIDE, TOLD), "lower, although it is told");
        assertEquals(12, compared(TOLD, HOLE), "as long, and silent now");
        assertEquals(0, compared(HOLE, WIDE));
        assertEquals(0, compared(HOLE, TOLD), "told now");
        assertEquals(19, compared(WIDE, OPEN), "not known any more");
        assertEquals(0, SweepComparison.of(List.of(DIM), List.of(DIM)).exitCode(), "was not known before");
        assertEquals(
                0,
                SweepComparison.of(List.of(DIM), List.of(path("dim", "exact", TOLD, WIDE)))
                        .exitCode());
        assertEquals(
                4,
                SweepComparison.of(
                                List.of(path("gone", "exact", WIDE, WIDE)),
                                List.of(new SweptPath(
                                        new SweepTarget("gone", 22),
                                        Optional.empty(),
                                        "unreachable",
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        "{}")))
                        .exitCode());
    }

    private static int compared(Way before, Way now) {
        String status = now.isExact() ? "exact" : "bounded";
        return SweepComparison.of(
                        List.of(path("host", before.isExact() ? "exact" : "bounded", before, WIDE)),
                        List.of(path("host", status, now, WIDE)))
                .exitCode();
    }

    @Test
    void aComparisonSaysBothSides() {
        String text = SweepComparison.of(
                        List.of(path("a", "exact", WIDE, WIDE), path("b", "exact", HOLE, WIDE), GOOD),
                        List.of(path("a", "exact", HOLE, WIDE), path("b", "exact", WIDE, WIDE), BAD))
                .text(false);
        assertEquals("""

                baseline   1 worse, 1 better, 0 targets the same, 0 not known any more, 1 new, 1 not asked this time
                worse      a there: 1500 before, 1400 and a black hole now
                better     b there: 1400 and a black hole before, 1500 now
                """, text);
    }
}
