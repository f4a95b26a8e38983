package rstprobe.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The survey of the path to one target, both ways, as a value that steps: it says which probes leave together, is
/// told what is heard, and says when the round is over and what is next.
///
/// Rounds go on until both path MTUs are proven, the place of the forward limit is known, and, where the way back
/// has a limit, the server's own long segments have shown whether it knows of it.
public final class PathSurvey {
    /// RFC 791 and RFC 8200 let no link be shorter.
    private static final int FLOOR4 = 68;

    private static final int FLOOR6 = 1_280;
    private static final int SMALL4 = 200;
    private static final int HEADERS4 = 40;
    private static final int HEADERS6 = 60;
    private static final int MOST_ROUNDS = 40;

    /// So many connections beside its own tell the way back to the byte where no echo is answered.
    public static final int MOST_TRIALS = SegmentSearch.MOST_TRIALS;

    private final SurveyScope scope;
    private final boolean isV6;
    private final int top;
    private final ForwardSurvey forward;
    private final ReverseSurvey reverse;
    private final Numbering numbers = new Numbering();
    private final Map<Integer, PathProbe> known = new HashMap<>();
    private Optional<LimitSearch> limit = Optional.empty();
    private Optional<ClampSearch> clamp = Optional.empty();
    private Optional<UnsaidSearch> unsaid = Optional.empty();
    private Optional<FlowSearch> flows = Optional.empty();
    private Optional<Heard.Opened> opened = Optional.empty();
    private final SegmentSearch segments;
    private Optional<Round> round = Optional.empty();
    private long beganNanos;
    private long tripNanos;
    private int packets;
    private int rounds;

    /// @param scope     what is asked
    /// @param top       the longest IP packet that our interface sends
    /// @param trials    connections that may be opened beside that one, at most [#MOST_TRIALS]
    /// @param connected the TCP connection that the probes ride on, where there is one
    public PathSurvey(SurveyScope scope, boolean isV6, int top, int trials, Optional<Heard.Opened> connected) {
        this.scope = scope;
        this.isV6 = isV6;
        this.top = top;
        this.opened = connected;
        this.tripNanos = connected.map(Heard.Opened::tripNanos).orElse(0L);
        this.forward = new ForwardSurvey(isV6 ? FLOOR6 : FLOOR4, top, scope.effort(), connected);
        this.reverse = new ReverseSurvey(isV6 ? FLOOR6 : SMALL4, top);
        int headers = isV6 ? HEADERS6 : HEADERS4;
        this.segments = new SegmentSearch(isV6 ? FLOOR6 : FLOOR4, top, headers, trials, connected);
    }

    /// One that never came to send a probe.
    public static PathSurvey notBegun() {
        return new PathSurvey(SurveyScope.WHOLE, false, FLOOR4, 0, Optional.empty());
    }

    /// The probes of the next round, in the order in which they leave; empty where none are left to send.
    public List<PathProbe> next(long atNanos) {
        beganNanos = beganNanos == 0 ? atNanos : beganNanos;
        if (rounds >= MOST_ROUNDS) {
            return List.of();
        }
        boolean whole = scope == SurveyScope.WHOLE;
        follow(whole ? forward.expected() : OptionalInt.empty());
        if (whole && clamp.isEmpty() && forward.hopsAway() > 1 && (limit.isPresent() || isMssLow())) {
            clamp = Optional.of(new ClampSearch(top, isV6 ? HEADERS6 : HEADERS4, forward.hopsAway()));
        }
        if (unsaid.isEmpty()
                && forward.standing() instanceof PathMtuStanding.Exact
                && forward.unsaid().isPresent()) {
            unsaid = Optional.of(
                    new UnsaidSearch(forward.delivered() + 1, forward.unsaid().getAsInt(), forward.kind()));
        }
        List<PathProbe> sent = new ArrayList<>(whole ? reverse.next(numbers, forward) : List.of());
        clamp.ifPresent(search -> sent.addAll(search.next(numbers)));
        flows.ifPresent(search -> sent.addAll(search.next(numbers)));
        unsaid.ifPresent(search -> sent.addAll(search.next(numbers)));
        limit.ifPresent(search -> sent.addAll(search.next(numbers)));
        sent.addAll(forward.next(numbers));
        if (!sent.isEmpty()) {
            rounds++;
            packets += sent.stream().mapToInt(PathProbe::packets).sum();
            round = Optional.of(new Round(sent, Map.copyOf(known), atNanos, tripNanos));
        }
        return sent;
    }

    /// What follows from the path MTU is asked about as soon as that is all but known, and anew where it turns
    /// out to be another.
    private void follow(OptionalInt expected) {
        limit = limit.filter(search -> expected.isPresent() && search.passes() == expected.getAsInt());
        flows = flows.filter(search -> expected.isPresent() && search.passes() == expected.getAsInt());
        if (expected.isEmpty()) {
            return;
        }
        int passes = expected.getAsInt();
        if (limit.isEmpty() && passes < top) {
            limit = Optional.of(new LimitSearch(passes, !isV6, forward.kind(), forward.hopsAway()));
        }
        if (flows.isEmpty() && passes > forward.floor()) {
            flows = Optional.of(new FlowSearch(forward.floor(), top, passes, forward.heardStray()));
        }
    }

    /// The server announces less than our interface takes, or a router lowered what it announces.
    private boolean isMssLow() {
        return opened.filter(open -> open.theirMss() < open.ourMss()).isPresent();
    }

    /// Something was heard.
    public void on(Heard heard) {
        switch (heard) {
            case Heard.Opened open -> segments.on(open);
            case Heard.Arrived _, Heard.InPieces _, Heard.Expired _, Heard.TooBig _ ->
                heard.about().ifPresent(number -> answered(number, heard));
            case Heard.Said said -> segments.on(said);
        }
    }

    private void answered(int number, Heard heard) {
        round.ifPresent(current -> current.on(number, heard));
    }

    /// When the round is over, unless more is heard.
    public long endsAtNanos() {
        return round.map(Round::endsAtNanos).orElse(0L);
    }

    /// The round is over.
    public void landed(long atNanos) {
        Round over = round.orElseThrow();
        tripNanos = Math.max(tripNanos, over.tripNanos());
        over.probes().forEach(probe -> known.put(probe.number(), probe));
        forward.on(over);
        limit.ifPresent(search -> search.on(over, forward.lossShare()));
        clamp.ifPresent(search -> search.on(over));
        flows.ifPresent(search -> search.on(over));
        unsaid.ifPresent(search -> search.on(over));
        forward.doneAt(atNanos);
        if (scope == SurveyScope.WHOLE) {
            reverse.on(over, forward);
            reverse.doneAt(atNanos);
        }
        round = Optional.empty();
    }

    /// Whether the server has to be made to send something long now, since its echoes do not tell all.
    public boolean wantsTalk() {
        boolean open = reverse.isMute() || !(reverse.standing() instanceof PathMtuStanding.Local);
        return reverse.over() && open && segments.wantsTalk();
    }

    /// The key exchange begins.
    public void talking(long atNanos) {
        segments.talking(atNanos);
    }

    /// The maximum segment size that one more connection should ask for before it exchanges keys; empty where none is
    /// needed.
    public OptionalInt wantsTrial() {
        return reverse.isMute() ? segments.wantsTrial() : OptionalInt.empty();
    }

    /// That connection is opened.
    public void trying(long atNanos) {
        segments.trying(atNanos);
    }

    /// When the key exchange is waited for no longer.
    public long talkEndsAtNanos() {
        return segments.endsAtNanos(forward.lossShare(), tripNanos);
    }

    /// Whether that many bytes of the server's were seen on the wire, from its first on.
    public boolean hasHeard(long bytes) {
        return segments.hasHeard(bytes);
    }

    /// The key exchange is over: the answer came, or did not.
    public void talked(long atNanos) {
        segments.talked();
        reverse.doneAgainAt(atNanos);
    }

    /// Frames of the server's that came with a hole before them, on the survey's own connection.
    public List<Integer> holeFrames() {
        return segments.holeFrames();
    }

    /// What is found.
    public SurveyFinding finding() {
        return new SurveyFinding(
                scope,
                forwardFinding(),
                scope == SurveyScope.WHOLE ? reverseFinding() : DirectionFinding.unknown(),
                opened.map(Heard.Opened::ourMss),
                opened.map(Heard.Opened::theirMss),
                clamp.flatMap(ClampSearch::clamp),
                flows.map(FlowSearch::members).orElse(List.of()),
                packets,
                rounds);
    }

    /// Where other connections find less, that is what passes whoever asks; where its limit stands was not searched.
    private DirectionFinding forwardFinding() {
        Optional<PathMtuStanding> narrower = flows.flatMap(FlowSearch::narrower);
        return narrower.map(this::ofOthers).orElseGet(this::ofConnection);
    }

    private DirectionFinding ofOthers(PathMtuStanding standing) {
        boolean limited = standing.fails().isPresent();
        return new DirectionFinding(
                standing,
                Optional.of(Oracle.RESET),
                limited ? DirectionFinding.Signal.SILENCE : DirectionFinding.Signal.NONE,
                limited,
                Optional.empty(),
                Optional.empty(),
                forward.claims().judged(standing),
                OptionalInt.empty(),
                forward.lossSeen(),
                forward.probes() + flows.orElseThrow().probes(),
                forward.rounds(),
                Math.max(0, forward.doneNanos() - beganNanos));
    }

    private DirectionFinding ofConnection() {
        PathMtuStanding standing = forwardStanding();
        int passes = forward.delivered();
        boolean usable = forward.claims()
                .usable(passes + 1, passes, isV6 ? FLOOR6 : FLOOR4)
                .isPresent();
        boolean limited = standing instanceof PathMtuStanding.Exact
                || standing instanceof PathMtuStanding.Bounded bounded
                        && bounded.lost().isPresent();
        DirectionFinding.Signal signal = standing instanceof PathMtuStanding.Local
                ? DirectionFinding.Signal.LOCAL
                : !limited
                        ? DirectionFinding.Signal.NONE
                        : forward.claims().cameFor(passes + 1)
                                ? DirectionFinding.Signal.PACKET_TOO_BIG
                                : DirectionFinding.Signal.SILENCE;
        OptionalInt silentAbove = unsaid.map(UnsaidSearch::unsaid).orElse(OptionalInt.empty());
        return new DirectionFinding(
                standing,
                passes > 0 ? Optional.of(forward.kind().oracle()) : Optional.empty(),
                signal,
                limited && !usable || silentAbove.isPresent(),
                limit.flatMap(LimitSearch::place),
                limit.flatMap(LimitSearch::fragmentsPass),
                forward.claims().judged(standing),
                silentAbove,
                forward.lossSeen(),
                forward.probes(),
                forward.rounds(),
                Math.max(0, forward.doneNanos() - beganNanos));
    }

    /// Of echoes that vanish where fragmented ones do as well, nobody knows which way they were too long for.
    private PathMtuStanding forwardStanding() {
        boolean both = forward.kind() == ProbeKind.ECHO
                && !(reverse.standing() instanceof PathMtuStanding.Local)
                && !reverse.fragmented();
        return both && forward.standing() instanceof PathMtuStanding.Exact(int bytes, double _)
                ? new PathMtuStanding.Bounded(bytes, OptionalInt.empty())
                : forward.standing();
    }

    /// Whether the server's own segments have the last word: where it answers no echo, and where they came although
    /// echoes as long did not. Some filters drop long echoes and nothing else.
    private boolean bySegments() {
        boolean longer =
                reverse.standing() instanceof PathMtuStanding.Exact(int bytes, double _) && segments.passes() > bytes;
        return reverse.isMute() || longer;
    }

    private DirectionFinding reverseFinding() {
        PathMtuStanding standing = bySegments() ? segments.standing(forward.lossShare()) : reverse.standing();
        boolean limited = standing instanceof PathMtuStanding.Exact
                || standing instanceof PathMtuStanding.Bounded bounded
                        && bounded.lost().isPresent();
        boolean silent = limited && (segments.gap() || !bySegments() && !reverse.fragmented());
        boolean told =
                !silent && standing instanceof PathMtuStanding.Exact(int pathMtu, double _) && segments.cutsAt(pathMtu);
        DirectionFinding.Signal signal = standing instanceof PathMtuStanding.Local
                ? DirectionFinding.Signal.LOCAL
                : silent
                        ? DirectionFinding.Signal.SILENCE
                        : told ? DirectionFinding.Signal.PACKET_TOO_BIG : DirectionFinding.Signal.NONE;
        Optional<Oracle> oracle = bySegments()
                ? segments.begun() ? Optional.of(Oracle.SEGMENT) : Optional.empty()
                : Optional.of(Oracle.REPLY);
        return new DirectionFinding(
                standing,
                oracle,
                signal,
                silent,
                Optional.empty(),
                bySegments() ? Optional.empty() : Optional.of(reverse.fragmented()),
                List.of(),
                OptionalInt.empty(),
                reverse.lossSeen(),
                reverse.probes() + segments.trials(),
                reverse.rounds(),
                Math.max(0, reverse.doneNanos() - beganNanos));
    }
}
