package rstprobe.path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import rstprobe.path.PathMtuStanding.Bounded;
import rstprobe.path.PathMtuStanding.Changed;
import rstprobe.path.PathMtuStanding.Exact;
import rstprobe.path.PathMtuStanding.Local;
import rstprobe.path.PathMtuStanding.Open;
import rstprobe.path.PathMtuStanding.Silent;

/// The search for a path MTU, on paths drawn by lot.
class PathMtuSearchTest {
    private static final int PATHS = 100_000;
    private static final int[] TOPS = {1_500, 1_500, 1_500, 1_500, 1_500, 9_000, 9_001, 9_216, 65_535, 2_000};

    /// A path that takes packets up to a size, and loses some of them.
    private static final class Path {
        private final int mtu;
        private final double loss;
        private final double burst;
        private final Random random;
        private boolean losing;

        /// Losses come in bursts of so many packets on average, or singly where that is 1.
        Path(int mtu, double loss, double burst, Random random) {
            this.mtu = mtu;
            this.loss = loss;
            this.burst = burst;
            this.random = random;
        }

        private boolean loses() {
            if (burst <= 1) {
                return random.nextDouble() < loss;
            }
            double end = 1 / burst;
            double begin = loss / (1 - loss) * end;
            losing = losing ? random.nextDouble() >= end : random.nextDouble() < begin;
            return losing;
        }

        List<SizedProbe> send(List<Integer> flight) {
            List<SizedProbe> became = new ArrayList<>();
            for (int bytes : flight) {
                boolean lost = loses();
                became.add(new SizedProbe(bytes, lost || bytes > mtu ? Fate.SILENT : Fate.DELIVERED));
            }
            return became;
        }
    }

    private static PathMtuStanding run(PathMtuSearch search, Path path) {
        for (List<Integer> flight = search.next(); !flight.isEmpty(); flight = search.next()) {
            search.on(path.send(flight));
        }
        return search.standing();
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    private static Random seededWith(long seed) {
        return new Random(seed);
    }

    private static int drawMtu(int floor, int top, Random random) {
        if (random.nextBoolean()) {
            List<LinkMtu> links = LinkMtu.all().stream()
                    .filter(link -> link.bytes() >= floor && link.bytes() <= top)
                    .toList();
            return links.get(random.nextInt(links.size())).bytes();
        }
        return random.nextInt(floor, top + 1);
    }

    /// Lies outnumber honest claims here, and a claim may repeat a size that was refuted.
    private static void claim(PathMtuSearch search, int mtu, Random random) {
        switch (random.nextInt(5)) {
            case 0 -> search.claimed(mtu);
            case 1 -> search.claimed(0);
            case 2 -> search.claimed(mtu + random.nextInt(1, 2_000));
            case 3 -> search.claimed(random.nextInt(68, mtu + 1));
            default -> {}
        }
    }

    @Test
    void aHundredThousandPathsAreMeasuredToTheByteOrLeftOpen() {
        Random seeds = seeded();
        List<String> wrong = new ArrayList<>();
        int open = 0;
        for (int i = 0; i < PATHS; i++) {
            long seed = seeds.nextLong();
            Random random = seededWith(seed);
            int floor = random.nextInt(4) == 0 ? 1_280 : 68;
            int top = TOPS[random.nextInt(TOPS.length)];
            int mtu = drawMtu(floor, top, random);
            double loss = random.nextInt(3) == 0 ? 0 : random.nextDouble(0.4);
            PathMtuSearch search = new PathMtuSearch(floor, top);
            claim(search, mtu, random);
            PathMtuStanding standing = run(search, new Path(mtu, loss, random.nextInt(1, 9), random));
            boolean right = switch (standing) {
                case Exact(int found, double doubt) -> found == mtu && mtu < top && doubt <= PathMtuSearch.DOUBT;
                case Local(int found) -> found == mtu && mtu == top;
                case Bounded(int delivered, var lost) -> delivered <= mtu && lost.orElse(mtu + 1) > mtu;
                case Changed _ -> false;
                case Silent _, Open _ -> standing instanceof Silent;
            };
            open += standing instanceof Exact || standing instanceof Local ? 0 : 1;
            if (!right) {
                wrong.add("seed " + seed + ": " + mtu + " of " + top + " at loss " + loss + ": " + standing);
            }
        }
        // An exact answer leaves a doubt of one in ten thousand at most.
        assertTrue(wrong.size() <= PATHS / 10_000, wrong::toString);
        assertTrue(open <= PATHS / 200, () -> "left open: more than one in 200");
    }

    @Test
    void aKnownSizeTakesTwoRoundTripsAndFewProbes() {
        for (int mtu : new int[] {1_492, 1_480, 1_476, 1_460, 1_450, 1_440, 1_420, 1_400, 1_380, 1_280}) {
            PathMtuSearch search = new PathMtuSearch(68, 1_500);
            assertEquals(
                    mtu,
                    assertInstanceOf(Exact.class, run(search, new Path(mtu, 0, 1, new Random(1))))
                            .pathMtu());
            assertTrue(search.flights() <= 2, mtu + ": " + search.flights() + " flights");
            assertTrue(search.probes() <= 80, mtu + ": " + search.probes() + " probes");
        }
    }

    @Test
    void theInterfacesOwnMtuIsProvenByOneProbe() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        assertEquals(new Local(1_500), run(search, new Path(1_500, 0, 1, new Random(1))));
        assertEquals(1, search.flights());
    }

    @Test
    void whoAnswersNothingHasNoNumber() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        assertEquals(new Silent(), run(search, new Path(0, 0, 1, new Random(1))));
        assertTrue(search.probes() < 200);
    }

    /// A queue that loses three of five packets above 1000 bytes and none below is no threshold.
    @Test
    void lossThatGrowsWithTheSizeIsNoThreshold() {
        Random random = seeded();
        for (int i = 0; i < 300; i++) {
            PathMtuSearch search = new PathMtuSearch(68, 1_500);
            for (List<Integer> flight = search.next(); !flight.isEmpty(); flight = search.next()) {
                List<SizedProbe> became = new ArrayList<>();
                flight.forEach(bytes -> became.add(new SizedProbe(
                        bytes, bytes > 1_000 && random.nextDouble() < 0.6 ? Fate.SILENT : Fate.DELIVERED)));
                search.on(became);
            }
            assertEquals(new Local(1_500), search.standing());
        }
    }

    @Test
    void aFragmentedAnswerProvesTheByteAtOnce() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        search.on(List.of(new SizedProbe(1_400, Fate.DELIVERED), new SizedProbe(1_401, Fate.NOT_WHOLE)));
        assertEquals(new Exact(1_400, 0), search.standing());
    }

    @Test
    void aClaimIsAskedAboutAndNotBelieved() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        search.claimed(1_333);
        assertTrue(search.next().containsAll(List.of(1_333, 1_334)));
        assertEquals(new Local(1_500), run(search, new Path(1_500, 0, 1, new Random(1))));
    }

    @Test
    void aPathThatNarrowsMeanwhileIsSaidToHaveChanged() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        search.on(new Path(1_450, 0, 1, new Random(1)).send(search.next()));
        assertInstanceOf(Open.class, search.standing());
        PathMtuStanding standing = run(search, new Path(1_400, 0, 1, new Random(1)));
        assertInstanceOf(Changed.class, standing);
    }

    @Test
    void aPathThatNarrowsWithinTheFirstFlightIsAskedAgainBeforeTheLongestIsBelieved() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        List<Integer> flight = search.next();
        List<SizedProbe> became = new ArrayList<>(new Path(1_500, 0, 1, new Random(1)).send(flight.subList(0, 10)));
        became.addAll(new Path(1_400, 0, 1, new Random(1)).send(flight.subList(10, flight.size())));
        search.on(became);
        assertInstanceOf(Open.class, search.standing());
        assertInstanceOf(Changed.class, run(search, new Path(1_400, 0, 1, new Random(1))));
    }

    @Test
    void aPathThatWidensIsMeasuredAnew() {
        PathMtuSearch search = new PathMtuSearch(68, 1_500);
        search.on(new Path(1_400, 0, 1, new Random(1)).send(search.next()));
        PathMtuStanding standing = run(search, new Path(1_450, 0, 1, new Random(1)));
        assertEquals(1_450, assertInstanceOf(Exact.class, standing).pathMtu());
    }
}
