package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/// A path of three hops with a limit each way, and a target that answers, as a value that a survey runs through.
final class SimulatedTwoWays {
    private static final int HOPS = 3;
    private static final int TRIP = 1_000_000;
    private static final int SHORTEST = 576;
    private static final int MOST = 65_535;
    /// Datagrams that are answered at once, and one more in each so many nanoseconds.
    private static final double BURST = 6;

    private static final double REFILL_NANOS = 1e9;
    /// What is left of a SYN's maximum segment size behind the first hop.
    static final int CLAMPED = 1300;

    /// What a path does.
    ///
    /// @param forward    longest packet there
    /// @param reverse    the same back
    /// @param limitHop   the limit there stands behind that many hops
    /// @param fragmentsThere whether the limit there is a router's, which fragments what may be
    /// @param fragmentsBack  the same back
    /// @param loss       share of probes that are lost with their answers
    /// @param claim      the size that a router names for what is too long there; -1 where it is silent
    /// @param tcp        whether the target's port takes connections
    /// @param echoes     whether the target answers echoes
    /// @param longestEcho replies that are longer are dropped, for being echoes
    /// @param others     longest packet there of every other port; the longest of all where no stray is answered
    /// @param speaks     the only kind of probe that the target answers; empty where the others say
    record Path(
            int forward,
            int reverse,
            int limitHop,
            boolean fragmentsThere,
            boolean fragmentsBack,
            double loss,
            int claim,
            boolean tcp,
            boolean echoes,
            int longestEcho,
            int others,
            Optional<ProbeKind> speaks) {
        static Path of(int forward, int reverse) {
            return new Path(forward, reverse, 1, false, true, 0, -1, true, true, MOST, MOST, Optional.empty());
        }

        Path losing(double share) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    share,
                    claim,
                    tcp,
                    echoes,
                    longestEcho,
                    others,
                    speaks);
        }

        Path claiming(int bytes) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    loss,
                    bytes,
                    tcp,
                    echoes,
                    longestEcho,
                    others,
                    speaks);
        }

        Path losingEchoesAbove(int bytes) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    loss,
                    claim,
                    tcp,
                    echoes,
                    bytes,
                    others,
                    speaks);
        }

        Path only(boolean tcpAnswers, boolean echoAnswers) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    loss,
                    claim,
                    tcpAnswers,
                    echoAnswers,
                    longestEcho,
                    others,
                    speaks);
        }

        Path sharedWith(int bytes) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    loss,
                    claim,
                    tcp,
                    echoes,
                    longestEcho,
                    bytes,
                    speaks);
        }

        Path limitedAfter(int hop, boolean there, boolean back) {
            return new Path(forward, reverse, hop, there, back, loss, claim, tcp, echoes, longestEcho, others, speaks);
        }

        Path answeringOnly(ProbeKind kind) {
            return new Path(
                    forward,
                    reverse,
                    limitHop,
                    fragmentsThere,
                    fragmentsBack,
                    loss,
                    claim,
                    kind.rides(),
                    false,
                    longestEcho,
                    others,
                    Optional.of(kind));
        }
    }

    private final Path path;
    private final Random dice;
    private long now = 1_000_000_000L;
    private int frame;
    private double answersLeft = BURST;
    private long answeredAt = now;

    private SimulatedTwoWays(Path path, long seed) {
        this.path = path;
        this.dice = new Random(seed);
    }

    /// What a survey finds on such a path.
    static SurveyFinding survey(Path path, int top, long seed) {
        return new SimulatedTwoWays(path, seed).run(top);
    }

    private SurveyFinding run(int top) {
        boolean stamps = path.speaks().isEmpty();
        Optional<Heard.Opened> opened = path.tcp()
                ? Optional.of(new Heard.Opened(now, 1, TRIP, top - 40, 1460, true, stamps, 0))
                : Optional.empty();
        PathSurvey survey = new PathSurvey(false, top, PathSurvey.MOST_TRIALS, opened);
        while (true) {
            List<PathProbe> probes = survey.next(now);
            if (!probes.isEmpty()) {
                now += TRIP;
                heard(probes).forEach(survey::on);
                now = Math.max(now, survey.endsAtNanos());
                survey.landed(now);
            } else if (survey.wantsTalk()) {
                survey.talking(now);
                said(survey, top);
                survey.talked(now);
            } else if (survey.wantsTrial().isPresent()) {
                int mss = survey.wantsTrial().getAsInt();
                survey.trying(now);
                survey.on(new Heard.Opened(now, ++frame, TRIP, mss, 1460, true, true, 0));
                said(survey, mss + 40);
                survey.talked(now);
            } else {
                return survey.finding();
            }
        }
    }

    /// Of data ahead that arrives at once, only the last is named.
    private List<Heard> heard(List<PathProbe> probes) {
        List<Heard> heard = new ArrayList<>();
        Optional<Heard> last = Optional.empty();
        for (PathProbe probe : probes) {
            Optional<Heard> answer = answer(probe);
            if (answer.isPresent() && probe.kind() == ProbeKind.AHEAD && answer.get() instanceof Heard.Arrived) {
                last = answer;
            } else {
                answer.ifPresent(heard::add);
            }
        }
        last.ifPresent(heard::add);
        return heard;
    }

    private boolean hasAnswerLeft() {
        answersLeft = Math.min(BURST, answersLeft + (now - answeredAt) / REFILL_NANOS);
        answeredAt = now;
        boolean left = answersLeft >= 1;
        answersLeft -= left ? 1 : 0;
        return left;
    }

    /// A reply of two segments; the first is as long as may be.
    private void said(PathSurvey survey, int longest) {
        int head = longest - 52;
        if (longest <= path.reverse()) {
            survey.on(new Heard.Said(now, ++frame, 0, head, longest));
        }
        survey.on(new Heard.Said(now, ++frame, head, 500, 552));
    }

    private Optional<Heard> answer(PathProbe probe) {
        now += 1_000;
        if (dice.nextDouble() < path.loss()) {
            return Optional.empty();
        }
        boolean inPieces = probe.kind() == ProbeKind.ECHO_IN_PIECES;
        boolean isShort = inPieces || probe.kind() == ProbeKind.OPENING;
        int limit = probe.flow() % 2 == 1 ? Math.min(path.others(), MOST) : path.forward();
        boolean tooLong = (isShort ? SHORTEST : probe.bytes()) > limit;
        if (probe.ttl() <= (tooLong ? path.limitHop() : HOPS)) {
            return Optional.of(
                    new Heard.Expired(now, ++frame, probe.number(), "10.0." + probe.ttl() + ".1", mss(probe)));
        }
        if (tooLong && !(path.fragmentsThere() && !probe.dontFragment())) {
            return path.claim() < 0
                    ? Optional.empty()
                    : Optional.of(new Heard.TooBig(now, ++frame, probe.number(), "10.0.1.1", path.claim()));
        }
        if (path.speaks().isPresent() && path.speaks().get() != probe.kind()) {
            return Optional.empty();
        }
        return switch (probe.kind()) {
            case AHEAD -> path.speaks().isPresent() ? arrived(probe) : Optional.empty();
            case DATAGRAM -> path.speaks().isPresent() && hasAnswerLeft() ? arrived(probe) : Optional.empty();
            case OLD_DATA, STAMPED -> path.tcp() ? arrived(probe) : Optional.empty();
            case STRAY -> path.others() < MOST ? arrived(probe) : Optional.empty();
            case OPENING -> Optional.empty();
            case ECHO, ECHO_IN_PIECES -> path.echoes() ? reply(probe) : Optional.empty();
        };
    }

    /// The second hop lowers it where that is so.
    private OptionalInt mss(PathProbe probe) {
        return probe.kind() == ProbeKind.OPENING && probe.ttl() > 1
                ? OptionalInt.of(CLAMPED)
                : probe.kind() == ProbeKind.OPENING ? OptionalInt.of(probe.bytes() - 40) : OptionalInt.empty();
    }

    private Optional<Heard> arrived(PathProbe probe) {
        return Optional.of(new Heard.Arrived(now, ++frame, probe.number(), 64 - HOPS));
    }

    private Optional<Heard> reply(PathProbe probe) {
        if (probe.bytes() <= Math.min(path.reverse(), path.longestEcho())) {
            return arrived(probe);
        }
        if (probe.bytes() > path.longestEcho()) {
            return Optional.empty();
        }
        int first = 20 + (path.reverse() - 20) / 8 * 8;
        return path.fragmentsBack()
                ? Optional.of(new Heard.InPieces(now, ++frame, probe.number(), first))
                : Optional.empty();
    }
}
