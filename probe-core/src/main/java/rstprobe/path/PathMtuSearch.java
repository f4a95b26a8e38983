package rstprobe.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// The search for a path MTU as a value that steps: it says which sizes to send at once, is told what became of each,
/// and ends when `pathMtu` and `pathMtu + 1` are each proven.
///
/// A probe that arrives is proof; silence is only evidence, weighed by the loss of sizes almost as long that was
/// measured beside it ([SizeEvidence]). A packet-too-big is a claim that makes a size likelier to be asked about
/// ([#claimed]) and never a bound. So nothing that a router says can make the answer wrong.
///
/// 1. *First flight.* The known sizes of links ([LinkMtu]), likeliest ones, longest first, with short ones at both
///    ends: where the path MTU is one of them, one round trip leaves a few bytes, and that one by far the likeliest.
/// 2. *Quantiles.* Sizes that split what is left into equal likelihoods, all at once.
/// 3. *Train.* The likeliest size and one byte more in turns, until chance explains the losses with less than
///    one in ten thousand. Only losses right beside a delivered one count, so that a burst of loss counts once.
///    It leaves together with the quantiles as soon as one size is likely, so a link's size takes two round trips.
///
/// Not thread-safe. Sizes are whole IP packets, their header included.
public final class PathMtuSearch {
    /// The doubt that an exact answer leaves, at most.
    public static final double DOUBT = 1e-4;

    /// How many packets leave together where fewer would take more round trips.
    ///
    /// @param firstSizes known sizes in the first flight
    /// @param quantiles  sizes that split what is left
    record Effort(int firstSizes, int quantiles) {
        static final Effort USUAL = new Effort(30, 24);
        static final Effort SPARING = new Effort(16, 3);
    }

    /// That something proven has changed is said where chance would do it less often than that.
    private static final double CHANGE = 1e-8;

    private static final int LEAST_TURNS = 2;
    private static final int MOST_TURNS = 12;
    /// A flight with fewer sizes than that asks about each several times.
    private static final int FEW = 5;

    private static final int REPEATS = 3;
    /// Short probes at each end of a flight where none of the first was answered.
    private static final int MORE_CONTROLS = 4;

    /// Where the longest arrives and so many others of about its length do not, it is asked about again: a path
    /// that has just become narrower shows the same.
    private static final int ODD_LOSSES = 3;

    /// Most often one of these few arrives, and that is that.
    private static final int FIRST_RECHECK_TURNS = 5;
    private static final int RECHECK_TURNS = 12;
    private static final int MOST_RECHECKS = 4;
    private static final int MOST_RECHECK_TURNS = FIRST_RECHECK_TURNS + (MOST_RECHECKS - 1) * RECHECK_TURNS;

    private static final int MOST_FLIGHTS = 24;
    private static final int MOST_PROBES = 900;
    /// Likely enough that the next flight is a train.
    private static final double LIKELY = 0.4;
    /// Likely enough that what follows from it is asked about in the same round trip.
    private static final double EXPECTED = 0.8;
    /// Likely enough that nothing else is asked about.
    private static final double SURE = 0.98;

    private final int floor;
    private final int top;
    private final Effort effort;
    private final SizePrior prior;
    private final SizeEvidence evidence = new SizeEvidence();
    private int flights;
    private int probes;
    private boolean stuck;
    private int rechecks;
    private int recheckLosses;
    private boolean rechecked;
    private OptionalInt changedAt = OptionalInt.empty();
    /// What follows from the evidence, worked out when it is asked for; empty where that has changed since.
    private Optional<SizePosterior> posterior = Optional.empty();

    private Optional<PathMtuStanding> standing = Optional.empty();

    /// @param floor the shortest size of interest: 68 in IPv4 (RFC 791), 1280 in IPv6 (RFC 8200), and no shorter than
    ///   the headers of the probes
    /// @param top   the longest that our own interface sends
    public PathMtuSearch(int floor, int top) {
        this(floor, top, Effort.USUAL);
    }

    PathMtuSearch(int floor, int top, Effort effort) {
        if (floor < 1 || top < floor || top > 65_535) {
            throw new IllegalArgumentException("no sizes from " + floor + " to " + top);
        }
        this.floor = floor;
        this.top = top;
        this.effort = effort;
        this.prior = new SizePrior(floor, top);
    }

    /// Somebody says that this is the path MTU: worth a question, and no proof.
    public void claimed(int bytes) {
        prior.claim(bytes);
        forget();
    }

    private void forget() {
        posterior = Optional.empty();
        standing = Optional.empty();
    }

    /// What became of the flight that [#next] asked for, in the order in which it was sent.
    public void on(List<SizedProbe> flight) {
        forget();
        flights++;
        probes += flight.size();
        int before = evidence.delivered();
        if (before >= top) {
            recheck(flight);
            return;
        }
        double doubted = evidence.doubt(before + 1);
        evidence.add(flight);
        stuck = before > 0 && evidence.delivered() == before;
        boolean widened = before > 0 && evidence.delivered() > before && doubted <= CHANGE;
        if (widened || evidence.denial() <= CHANGE || evidence.contradictsItself()) {
            changedAt = OptionalInt.of(before);
        }
    }

    /// One that arrives settles it; where none does although shorter ones do, the path is not what it was.
    private void recheck(List<SizedProbe> flight) {
        int lostBeside = evidence.silentAlmost(top);
        int arrivedBeside = evidence.arrivedAlmost(top);
        evidence.add(flight);
        rechecks++;
        boolean arrives = flight.stream().anyMatch(probe -> probe.bytes() == top && probe.fate() == Fate.DELIVERED);
        boolean heard = flight.stream().anyMatch(probe -> probe.fate() == Fate.DELIVERED);
        rechecked = arrives || rechecks >= MOST_RECHECKS;
        recheckLosses += heard && !arrives
                ? (int) flight.stream().filter(probe -> probe.bytes() == top).count()
                : 0;
        double chance = SizeEvidence.byChance(recheckLosses, recheckedBeside(lostBeside), arrivedBeside);
        boolean every = recheckLosses >= MOST_RECHECK_TURNS;
        if (!arrives && (every || chance <= CHANGE)) {
            changedAt = OptionalInt.of(top);
        }
    }

    /// Losses of earlier rechecks are no measure of the loss that explains them.
    private int recheckedBeside(int lost) {
        return Math.max(0, lost - recheckLosses);
    }

    /// What is proven.
    public PathMtuStanding standing() {
        PathMtuStanding known = standing.orElseGet(this::worked);
        standing = Optional.of(known);
        return known;
    }

    private PathMtuStanding worked() {
        if (changedAt.isPresent()) {
            return new PathMtuStanding.Changed(changedAt.getAsInt());
        }
        int delivered = evidence.delivered();
        boolean spent = flights >= MOST_FLIGHTS || probes >= MOST_PROBES;
        if (delivered == 0) {
            return flights >= 3 || spent ? new PathMtuStanding.Silent() : new PathMtuStanding.Open(0);
        }
        if (delivered >= top) {
            boolean odd = !rechecked && evidence.silentAlmost(top) >= ODD_LOSSES;
            return odd && !spent ? new PathMtuStanding.Open(top) : new PathMtuStanding.Local(top);
        }
        if (evidence.notWhole().orElse(0) == delivered + 1) {
            return new PathMtuStanding.Exact(delivered, 0);
        }
        double doubt = evidence.doubt(delivered + 1);
        if (doubt <= DOUBT && evidence.arrivedAt(delivered) > 0 && isLikeliest(SURE)) {
            return new PathMtuStanding.Exact(delivered, doubt);
        }
        return spent ? new PathMtuStanding.Bounded(delivered, provenLost()) : new PathMtuStanding.Open(delivered);
    }

    private OptionalInt provenLost() {
        return evidence.silentAbove().keySet().stream()
                .mapToInt(bytes -> bytes)
                .filter(bytes -> evidence.doubt(bytes) <= DOUBT)
                .findFirst();
    }

    /// The sizes to send next, in that order and at once; empty at the end.
    public List<Integer> next() {
        if (!(standing() instanceof PathMtuStanding.Open)) {
            return List.of();
        }
        if (evidence.delivered() == 0) {
            return firstFlight();
        }
        if (evidence.delivered() >= top) {
            return longestAgain();
        }
        SizePosterior all = posterior();
        TreeSet<Integer> sizes = new TreeSet<>();
        boolean train = isLikeliest(LIKELY);
        if (!isLikeliest(SURE)) {
            all.quantiles(effort.quantiles()).forEach(sizes::add);
        }
        if (!train) {
            sizes.add(all.likeliest());
            sizes.add(Math.min(top, all.likeliest() + 1));
        }
        List<Integer> flight = inTurns(sizes);
        if (stuck) {
            flight = flankedBy(evidence.delivered(), flight, flight.size() < FEW ? REPEATS : 1);
        }
        if (train) {
            train(flight);
        } else {
            flight.add(evidence.delivered());
        }
        return flight;
    }

    /// The longest delivered size, where the next flight is to prove that it is the path MTU and hardly anything else
    /// can be; empty before, and where that is proven.
    public OptionalInt expected() {
        int delivered = evidence.delivered();
        boolean open = standing() instanceof PathMtuStanding.Open && delivered > 0 && delivered < top;
        return open && isLikeliest(EXPECTED) ? OptionalInt.of(delivered) : OptionalInt.empty();
    }

    private boolean isLikeliest(double share) {
        return posterior().likeliest() == evidence.delivered() && posterior().likeliestShare() >= share;
    }

    private SizePosterior posterior() {
        SizePosterior known = posterior.orElseGet(() -> SizePosterior.of(prior, evidence, floor, top));
        posterior = Optional.of(known);
        return known;
    }

    /// A short one stands at its end, so that a path that has changed is told from one that is gone.
    private void train(List<Integer> flight) {
        int delivered = evidence.delivered();
        int needed = evidence.lossesUntil(DOUBT, MOST_TURNS);
        double passes = 1 - evidence.lossShare();
        int turns = Math.clamp((long) Math.ceil(needed / Math.max(passes, 0.3)), LEAST_TURNS, MOST_TURNS);
        flight.add(delivered);
        for (int i = 0; i < turns; i++) {
            flight.add(delivered + 1);
            flight.add(delivered);
        }
        flight.add(floor);
    }

    private List<Integer> longestAgain() {
        List<Integer> flight = new ArrayList<>();
        int turns = rechecks == 0 ? FIRST_RECHECK_TURNS : RECHECK_TURNS;
        for (int i = 0; i < turns; i++) {
            flight.add(top);
            flight.add(floor);
        }
        return flight;
    }

    /// The longest leaves first and last, since most paths take it, and one loss must not say that this one does not.
    private List<Integer> firstFlight() {
        TreeSet<Integer> sizes = new TreeSet<>();
        sizes.add(top);
        prior.likeliest().stream().limit(effort.firstSizes()).forEach(sizes::add);
        prior.claims().forEach(bytes -> sizes.add(Math.min(top, bytes + 1)));
        List<Integer> flight = new ArrayList<>();
        List<Integer> controls = Collections.nCopies(flights == 0 ? 1 : MORE_CONTROLS, floor);
        flight.addAll(controls);
        flight.addAll(inTurns(sizes));
        flight.add(top);
        flight.addAll(controls);
        return flight;
    }

    /// A long one and a short one in turns, so that what is lost for its size is flanked by what arrives.
    private static List<Integer> inTurns(TreeSet<Integer> sizes) {
        List<Integer> ascending = List.copyOf(sizes);
        int half = ascending.size() / 2;
        List<Integer> turns = new ArrayList<>();
        for (int i = ascending.size() - 1; i >= half; i--) {
            turns.add(ascending.get(i));
            if (i - half < half) {
                turns.add(ascending.get(i - half));
            }
        }
        return turns;
    }

    /// Where all that is longer stays silent, a control beside every second probe tells loss from size.
    private static List<Integer> flankedBy(int control, List<Integer> flight, int times) {
        List<Integer> flanked = new ArrayList<>();
        for (int i = 0; i < times * flight.size(); i++) {
            flanked.add(flight.get(i % flight.size()));
            if (i % 2 == 0) {
                flanked.add(control);
            }
        }
        return flanked;
    }

    /// Probes asked about so far.
    public int probes() {
        return probes;
    }

    /// Flights so far: each takes a round trip.
    public int flights() {
        return flights;
    }

    /// The share of probes almost as long as the longest delivered one that were lost, from even odds.
    public double lossShare() {
        return evidence.lossShare();
    }

    /// The same where one was lost, else 0.
    double lossSeen() {
        return evidence.lossSeen();
    }
}
