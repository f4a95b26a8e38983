package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/// The search for the path MTU towards the target, with one kind of probe at a time.
///
/// Where old data on a connection is not answered, the first of these takes over that is: data with timestamps, stray
/// segments, data ahead, echoes, datagrams.
final class ForwardSurvey {
    private static final int MOST_SILENT_ROUNDS = 3;
    private static final int FEW_UNSAID = 3;

    private final int floor;
    private final int top;
    private final PathMtuSearch.Effort effort;
    private final Optional<ProbeKind> riding;
    private final boolean stamps;
    private final boolean sack;
    private final Claims claims = new Claims();
    /// Lengths that were asked about, and whether any error came for them.
    private final TreeMap<Integer, Boolean> told = new TreeMap<>();
    private PathMtuSearch search;
    private ProbeKind kind;
    private List<PathProbe> flight = List.of();
    private List<PathProbe> scouts = List.of();
    private int probes;
    private int rounds;
    private int hopsAway;
    private boolean strayHeard;
    private long doneNanos;

    /// @param connected the connection that probes ride on
    ForwardSurvey(int floor, int top, PathMtuSearch.Effort effort, Optional<Heard.Opened> connected) {
        this.floor = floor;
        this.top = top;
        this.effort = effort;
        this.stamps = connected.filter(Heard.Opened::stamps).isPresent();
        this.sack = connected.filter(Heard.Opened::sack).isPresent();
        this.riding =
                sack ? Optional.of(ProbeKind.OLD_DATA) : stamps ? Optional.of(ProbeKind.STAMPED) : Optional.empty();
        this.search = new PathMtuSearch(floor, top, effort);
        this.kind = riding.orElse(ProbeKind.OLD_DATA);
    }

    /// Probes to send now; empty where there are none.
    List<PathProbe> next(Numbering numbers) {
        if (over()) {
            return List.of();
        }
        scouts = heardOf() || savesScouts() ? List.of() : scouts(numbers);
        boolean waits = kind.rides() && riding.isEmpty();
        flight = waits
                ? List.of()
                : sizes().stream().map(bytes -> numbers.far(kind, bytes)).toList();
        List<PathProbe> sent = new ArrayList<>(scouts);
        sent.addAll(flight);
        probes += sent.size();
        return sent;
    }

    /// Most servers answer what rides on the connection; the others cost a survey in few packets one more round trip.
    private boolean savesScouts() {
        return effort == PathMtuSearch.Effort.SPARING && riding.isPresent() && rounds == 0;
    }

    private List<Integer> sizes() {
        return kind.isSparing() ? SparingFlight.of(kind, search.next(), delivered()) : search.next();
    }

    /// A timestamp ahead of the kernel's own would hide what has none, so it waits until that has failed; what stays
    /// with the server, and what it answers seldom, wait with it.
    private List<PathProbe> scouts(Numbering numbers) {
        boolean waited = rounds > 0;
        List<PathProbe> sent = new ArrayList<>();
        if (stamps && waited && kind != ProbeKind.STAMPED) {
            sent.add(numbers.far(ProbeKind.STAMPED, floor));
        }
        sent.add(numbers.far(ProbeKind.STRAY, floor));
        if (sack && !stamps && waited) {
            sent.add(numbers.far(ProbeKind.AHEAD, floor));
        }
        sent.add(numbers.far(ProbeKind.ECHO, floor));
        if (waited) {
            sent.add(numbers.far(ProbeKind.DATAGRAM, floor));
        }
        return sent;
    }

    private boolean isMute() {
        return rounds >= MOST_SILENT_ROUNDS && !heardOf();
    }

    private boolean heardOf() {
        return delivered() > 0;
    }

    void on(Round round) {
        if (over()) {
            return;
        }
        rounds++;
        flight.forEach(probe -> {
            claimed(round, probe);
            told.merge(probe.bytes(), round.answer(probe).orElse(null) instanceof Heard.TooBig, Boolean::logicalOr);
        });
        List<SizedProbe> fates = new ArrayList<>(fates(round));
        round.late().stream()
                .filter(probe -> probe.kind() == kind && probe.isFar())
                .forEach(probe -> fates.add(new SizedProbe(probe.bytes(), Fate.DELIVERED)));
        if (!flight.isEmpty()) {
            search.on(fates);
        }
        round.probes().stream()
                .map(round::answer)
                .flatMap(Optional::stream)
                .filter(Heard.Arrived.class::isInstance)
                .findFirst()
                .ifPresent(answer -> hopsAway = hopsOf(((Heard.Arrived) answer).ttl()));
        strayHeard |= scouts.stream().anyMatch(scout -> scout.kind() == ProbeKind.STRAY && round.arrived(scout));
        if (!heardOf()) {
            scouts.stream().filter(round::arrived).findFirst().ifPresent(this::takeOver);
        }
    }

    private List<SizedProbe> fates(Round round) {
        List<SizedProbe> all = flight.stream()
                .map(probe -> new SizedProbe(probe.bytes(), reached(round, probe) ? Fate.DELIVERED : Fate.SILENT))
                .toList();
        return kind.isSparing() ? SparingFlight.evidence(all) : all;
    }

    /// A reply in fragments says nothing against the way there.
    private static boolean reached(Round round, PathProbe probe) {
        return round.arrived(probe) || round.answer(probe).orElse(null) instanceof Heard.InPieces;
    }

    private void takeOver(PathProbe scout) {
        kind = scout.kind();
        search = new PathMtuSearch(floor, top, effort);
    }

    /// A packet-too-big that could be true makes its size likelier; it proves nothing.
    private void claimed(Round round, PathProbe probe) {
        if (round.answer(probe).orElse(null) instanceof Heard.TooBig claim
                && claims.add(claim, probe.bytes())
                && claim.mtu() < probe.bytes()) {
            search.claimed(claim.mtu());
        }
    }

    /// Senders begin with 64, 128 or 255; what is missing are the hops in between.
    private static int hopsOf(int ttl) {
        int began = ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
        return began - ttl + 1;
    }

    void doneAt(long atNanos) {
        doneNanos = doneNanos == 0 && over() ? atNanos : doneNanos;
    }

    boolean over() {
        return isMute() || !(search.standing() instanceof PathMtuStanding.Open);
    }

    /// The longest that is proven to arrive; 0 where none is.
    int delivered() {
        return switch (standing()) {
            case PathMtuStanding.Open(int bytes) -> bytes;
            case PathMtuStanding.Exact(int bytes, double _) -> bytes;
            case PathMtuStanding.Local(int bytes) -> bytes;
            case PathMtuStanding.Bounded(int bytes, var _) -> bytes;
            case PathMtuStanding.Silent _ -> 0;
            case PathMtuStanding.Changed(int bytes) -> bytes;
        };
    }

    PathMtuStanding standing() {
        return search.standing();
    }

    /// The longest that passes, where it is proven to be, or the next flight is to prove it and hardly anything else
    /// can be: what follows from it can be asked about in the same round trip.
    OptionalInt expected() {
        return switch (standing()) {
            case PathMtuStanding.Exact(int bytes, double _) -> OptionalInt.of(bytes);
            case PathMtuStanding.Local(int bytes) -> OptionalInt.of(bytes);
            case PathMtuStanding.Open _ -> kind.isSparing() ? OptionalInt.empty() : search.expected();
            case PathMtuStanding.Bounded _, PathMtuStanding.Silent _, PathMtuStanding.Changed _ -> OptionalInt.empty();
        };
    }

    /// Whether segments of no connection were answered, as far as was asked.
    boolean heardStray() {
        return strayHeard;
    }

    Claims claims() {
        return claims;
    }

    /// The shortest of the lengths of which nobody said that they are too long, where somebody did of shorter ones.
    OptionalInt unsaid() {
        OptionalInt longestTold = told.entrySet().stream()
                .filter(Map.Entry::getValue)
                .mapToInt(Map.Entry::getKey)
                .max();
        if (longestTold.isEmpty()) {
            return OptionalInt.empty();
        }
        var longer = told.tailMap(Math.max(longestTold.getAsInt(), delivered()), false);
        return longer.size() < FEW_UNSAID ? OptionalInt.empty() : OptionalInt.of(longer.firstKey());
    }

    ProbeKind kind() {
        return kind;
    }

    double lossShare() {
        return search.lossShare();
    }

    /// The same where one was lost, else 0.
    double lossSeen() {
        return search.lossSeen();
    }

    int hopsAway() {
        return hopsAway;
    }

    int floor() {
        return floor;
    }

    int probes() {
        return probes;
    }

    int rounds() {
        return rounds;
    }

    long doneNanos() {
        return doneNanos;
    }
}
