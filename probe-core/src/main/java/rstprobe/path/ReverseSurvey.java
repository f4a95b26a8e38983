package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// The search for the path MTU from the target to us by echoes, which the target makes as long as we ask for.
///
/// The requests travel in short fragments, so the way to the target does not matter. A reply that comes whole proves
/// its size; one that comes in fragments proves that its size does not pass, and its first fragment is at most seven
/// bytes short of the path MTU (RFC 791: fragments are cut at multiples of eight). Where the target never sees the
/// fragments, whole requests tell as much as the way there lets pass.
final class ReverseSurvey {
    private static final int TRIES = 2;
    private static final int FRAGMENT_STEP = 8;
    private static final int MOST_NARROWING = 8;
    private static final int QUIET_ROUNDS = 1;
    private static final int LOSSY_ROUNDS = 3;
    private static final double QUIET = 0.1;

    private enum Way {
        SCOUTING,
        IN_PIECES,
        WHOLE,
        MUTE
    }

    private final int top;
    private final int small;
    private PathMtuSearch search;
    private Way way = Way.SCOUTING;
    private List<PathProbe> flight = List.of();
    private boolean wholeHeard;
    private int scoutRounds;
    private int narrowing;
    private int delivered;
    private int notWhole = Integer.MAX_VALUE;
    private OptionalInt firstBytes = OptionalInt.empty();
    private int probes;
    private int rounds;
    private long doneNanos;

    /// @param small a size that passes wherever anything does
    ReverseSurvey(int small, int top) {
        this.small = Math.min(small, top);
        this.top = top;
        this.search = new PathMtuSearch(this.small, top);
    }

    List<PathProbe> next(Numbering numbers, ForwardSurvey forward) {
        flight = switch (way) {
            case SCOUTING -> scouts(numbers);
            case IN_PIECES -> over() ? List.of() : inPieces(numbers);
            case WHOLE -> over() || !forward.over() ? List.of() : whole(numbers, forward);
            case MUTE -> List.of();
        };
        probes += flight.size();
        return flight;
    }

    private List<PathProbe> scouts(Numbering numbers) {
        List<PathProbe> scouts = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            scouts.add(numbers.far(ProbeKind.ECHO, small));
            scouts.add(numbers.far(ProbeKind.ECHO_IN_PIECES, top));
            scouts.add(numbers.far(ProbeKind.ECHO_IN_PIECES, small));
        }
        return scouts;
    }

    /// Between the first fragment's length and what it is short of.
    private List<PathProbe> inPieces(Numbering numbers) {
        List<PathProbe> sent = new ArrayList<>();
        if (firstBytes.isPresent() && narrowing < MOST_NARROWING) {
            narrowing++;
            int from = Math.max(firstBytes.getAsInt(), delivered + 1);
            int to = Math.min(firstBytes.getAsInt() + FRAGMENT_STEP, notWhole - 1);
            for (int bytes = Math.min(to, top); bytes >= from; bytes--) {
                sent.add(numbers.far(ProbeKind.ECHO_IN_PIECES, bytes));
            }
            sent.add(numbers.far(ProbeKind.ECHO_IN_PIECES, small));
            return sent;
        }
        search.next().forEach(bytes -> sent.add(numbers.far(ProbeKind.ECHO_IN_PIECES, bytes)));
        return sent;
    }

    private List<PathProbe> whole(Numbering numbers, ForwardSurvey forward) {
        if (rounds == 0) {
            search = new PathMtuSearch(small, Math.max(small, forward.delivered()));
        }
        return search.next().stream()
                .map(bytes -> numbers.far(ProbeKind.ECHO, bytes))
                .toList();
    }

    void on(Round round, ForwardSurvey forward) {
        if (way == Way.SCOUTING) {
            scouted(round, forward.lossShare());
        } else if (!flight.isEmpty()) {
            rounds++;
        }
        ProbeKind kind = way == Way.WHOLE ? ProbeKind.ECHO : ProbeKind.ECHO_IN_PIECES;
        List<SizedProbe> fates = new ArrayList<>();
        for (PathProbe probe : flight) {
            if (probe.kind() == kind) {
                fates.add(new SizedProbe(probe.bytes(), fate(round, probe)));
            }
        }
        round.late().stream()
                .filter(probe -> probe.kind() == kind)
                .forEach(probe -> fates.add(new SizedProbe(probe.bytes(), Fate.DELIVERED)));
        boolean counts = way == Way.IN_PIECES || way == Way.WHOLE && rounds > 0;
        if (counts && !fates.isEmpty()) {
            search.on(fates);
        }
    }

    private Fate fate(Round round, PathProbe probe) {
        return switch (round.answer(probe).orElse(null)) {
            case Heard.Arrived _ -> {
                delivered = Math.max(delivered, probe.bytes());
                yield Fate.DELIVERED;
            }
            case Heard.InPieces pieces -> {
                notWhole = Math.min(notWhole, probe.bytes());
                firstBytes = OptionalInt.of(Math.min(firstBytes.orElse(Integer.MAX_VALUE), pieces.firstBytes()));
                yield Fate.NOT_WHOLE;
            }
            case null, default -> Fate.SILENT;
        };
    }

    private void scouted(Round round, double lossShare) {
        scoutRounds++;
        wholeHeard |= flight.stream().anyMatch(probe -> probe.kind() == ProbeKind.ECHO && round.arrived(probe));
        boolean pieces = flight.stream()
                .anyMatch(probe -> probe.kind() == ProbeKind.ECHO_IN_PIECES
                        && round.answer(probe).isPresent());
        if (pieces) {
            way = Way.IN_PIECES;
            rounds++;
        } else if (scoutRounds >= (lossShare < QUIET ? QUIET_ROUNDS : LOSSY_ROUNDS)) {
            way = wholeHeard ? Way.WHOLE : Way.MUTE;
        }
    }

    void doneAt(long atNanos) {
        doneNanos = doneNanos == 0 && over() ? atNanos : doneNanos;
    }

    /// More was learnt after the echoes.
    void doneAgainAt(long atNanos) {
        doneNanos = atNanos;
    }

    boolean over() {
        return switch (way) {
            case SCOUTING -> false;
            case MUTE -> true;
            case WHOLE -> rounds > 0 && !(search.standing() instanceof PathMtuStanding.Open);
            case IN_PIECES -> !(search.standing() instanceof PathMtuStanding.Open);
        };
    }

    /// Whether the target never answers an echo.
    boolean isMute() {
        return way == Way.MUTE;
    }

    /// Whether replies that are too long come in fragments: then a router made them, and no link lost them.
    boolean fragmented() {
        return firstBytes.isPresent();
    }

    /// What is proven. Where the way there is shorter than what our interface takes, its end is no end of the way
    /// back.
    PathMtuStanding standing() {
        return way == Way.WHOLE && search.standing() instanceof PathMtuStanding.Local(int bytes) && bytes < top
                ? new PathMtuStanding.Bounded(bytes, OptionalInt.empty())
                : search.standing();
    }

    double lossShare() {
        return search.lossShare();
    }

    /// The same where one was lost, else 0.
    double lossSeen() {
        return search.lossSeen();
    }

    int probes() {
        return probes;
    }

    int rounds() {
        return scoutRounds + rounds;
    }

    long doneNanos() {
        return doneNanos;
    }
}
