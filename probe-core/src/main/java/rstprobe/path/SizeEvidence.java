package rstprobe.path;

import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What probes of known sizes have shown, and how likely mere loss would explain what did not arrive.
///
/// Loss is not estimated and then believed: its share is integrated out from even odds (a Beta distribution of 1
/// and 1), so `n` probes lost beside `l` lost and `d` delivered ones were all lost by chance with probability
/// `B(1+l+n, 1+d) / B(1+l, 1+d)`. Taking the estimate for the truth gave one wrong path MTU in 40 at 20 % loss.
final class SizeEvidence {
    /// Loss grows with the size where queues count bytes, so that a size is compared with sizes almost as long.
    private static final double ALMOST = 0.9;
    /// Sizes so long or longer tell what loss the longest meet.
    private static final double HALF = 0.5;

    /// How often losses come in bursts, as a guess that keeps one burst from hiding a size for good.
    private static final double BURSTS = 0.02;

    private int delivered;
    private int notWhole = Integer.MAX_VALUE;
    /// Silent ones of the longest delivered size since one of them arrived last, in flights that were heard of.
    private int streak;
    private final TreeMap<Integer, Integer> arrived = new TreeMap<>();
    private final TreeMap<Integer, Integer> silent = new TreeMap<>();
    /// Silent ones sent right beside one that arrived: a burst of loss would have taken both.
    private final TreeMap<Integer, Integer> flanked = new TreeMap<>();

    /// Takes what became of a flight, in the order in which it was sent.
    void add(List<SizedProbe> flight) {
        int controls = delivered;
        boolean heard = flight.stream().anyMatch(probe -> probe.fate() == Fate.DELIVERED);
        streak += heard
                ? (int) flight.stream()
                        .filter(probe -> isSilent(probe, controls))
                        .count()
                : 0;
        for (int i = 0; i < flight.size(); i++) {
            SizedProbe probe = flight.get(i);
            switch (probe.fate()) {
                case DELIVERED -> {
                    streak = probe.bytes() >= controls ? 0 : streak;
                    arrived.merge(probe.bytes(), 1, Integer::sum);
                    delivered = Math.max(delivered, probe.bytes());
                }
                case NOT_WHOLE -> notWhole = Math.min(notWhole, probe.bytes());
                case SILENT -> {
                    silent.merge(probe.bytes(), 1, Integer::sum);
                    if (arrived(flight, i - 1) || arrived(flight, i + 1)) {
                        flanked.merge(probe.bytes(), 1, Integer::sum);
                    }
                }
            }
        }
    }

    private static boolean isSilent(SizedProbe probe, int bytes) {
        return probe.fate() == Fate.SILENT && probe.bytes() == bytes;
    }

    private static boolean arrived(List<SizedProbe> flight, int i) {
        return i >= 0 && i < flight.size() && flight.get(i).fate() == Fate.DELIVERED;
    }

    /// The longest that arrived; 0 where none did.
    int delivered() {
        return delivered;
    }

    /// The shortest of which there is proof that it does not arrive whole.
    OptionalInt notWhole() {
        return notWhole == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(notWhole);
    }

    boolean contradictsItself() {
        return delivered >= notWhole;
    }

    /// How many of that size arrived.
    int arrivedAt(int bytes) {
        return arrived.getOrDefault(bytes, 0);
    }

    /// Sizes above the longest delivered one that were not heard of, with how many there were.
    NavigableMap<Integer, Integer> silentAbove() {
        return silent.tailMap(delivered, false);
    }

    /// Of those of that size, the ones that a burst of loss does not explain.
    int flankedAt(int bytes) {
        return flanked.getOrDefault(bytes, 0);
    }

    /// How likely it is that all probes above the longest delivered one and up to that size were lost by chance.
    double doubt(int bytes) {
        int lost = count(flanked, delivered + 1, bytes);
        int from = (int) (ALMOST * delivered) + 1;
        return byChance(lost, count(silent, from, delivered), count(arrived, from, delivered));
    }

    /// Silent ones of about that length, none longer.
    int silentAlmost(int bytes) {
        return count(silent, (int) (ALMOST * bytes) + 1, bytes);
    }

    /// Those of about that length that arrived.
    int arrivedAlmost(int bytes) {
        return count(arrived, (int) (ALMOST * bytes) + 1, bytes);
    }

    /// How likely that many more losses are where a threshold explains the others: each by itself, or, as happens
    /// now and then, in bursts, of which only the flanked ones tell.
    double likelihood(int lost, int flankedOnes) {
        int from = (int) (HALF * delivered);
        int lostBeside = count(silent, from, delivered);
        int arrivedBeside = count(arrived, from, delivered);
        return (1 - BURSTS) * byChance(lost, lostBeside, arrivedBeside)
                + BURSTS * byChance(flankedOnes, lostBeside, arrivedBeside);
    }

    private static int count(TreeMap<Integer, Integer> sizes, int from, int to) {
        return from > to
                ? 0
                : sizes.subMap(from, true, to, true).values().stream()
                        .mapToInt(number -> number)
                        .sum();
    }

    /// The chance that all of `lost` probes are lost, where `lostBeside` of the others were and `arrivedBeside` not.
    static double byChance(int lost, int lostBeside, int arrivedBeside) {
        double chance = 1;
        for (int i = 0; i < lost; i++) {
            chance *= (1.0 + lostBeside + i) / (2.0 + lostBeside + arrivedBeside + i);
        }
        return chance;
    }

    /// How many more have to be lost, each beside one of that size, until chance is that unlikely. Those of that size
    /// that arrive meanwhile count as well, as many of them as of others so far.
    int lossesUntil(double doubt, int most) {
        int from = (int) (ALMOST * delivered) + 1;
        int lostBeside = count(silent, from, delivered);
        int arrivedBeside = count(arrived, from, delivered);
        int have = count(flanked, delivered + 1, delivered + 1);
        double passes = 1 - lossShare();
        int more = 0;
        while (more < most && byChance(have + more, lostBeside, arrivedBeside + (int) (passes * more)) > doubt) {
            more++;
        }
        return more;
    }

    /// The share of losses among sizes almost as long as the longest delivered one, from even odds.
    double lossShare() {
        int from = (int) (ALMOST * delivered) + 1;
        int lost = count(silent, from, delivered);
        return (1.0 + lost) / (2.0 + lost + count(arrived, from, delivered));
    }

    /// The same where one was lost; 0 where none was, however few there were.
    double lossSeen() {
        return count(silent, (int) (ALMOST * delivered) + 1, delivered) == 0 ? 0 : lossShare();
    }

    /// How likely it is that all of the longest delivered size were lost by chance since one arrived last; 1 where
    /// one did in the last flight.
    double denial() {
        int from = (int) (ALMOST * delivered) + 1;
        return byChance(streak, count(silent, from, delivered) - streak, count(arrived, from, delivered));
    }
}
