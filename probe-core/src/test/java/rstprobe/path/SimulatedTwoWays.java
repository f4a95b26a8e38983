package rstprobe.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;

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

    /// What a path does. It never changes: each method gives another one.
    static final class Path {
        /// The longest packet there, and back.
        private final int forward, reverse;

        /// The limit there stands behind that many hops.
        private int limitHop = 1;

        /// Whether the limit is a router's, which fragments what may be.
        private boolean fragmentsThere, fragmentsBack = true;

        /// The share of probes that are lost with their answers.
        private double loss;

        /// The size that a router names for what is too long there; -1 where it is silent.
        private int claim = -1;

        /// Whether the target's port takes connections, and whether the target answers echoes.
        private boolean tcp = true, echoes = true;

        /// Replies that are longer are dropped, for being echoes.
        private int longestEcho = MOST;

        /// The longest packet there of every other port; the longest of all where no stray is answered.
        private int others = MOST;

        /// The only kind of probe that the target answers; empty where the others say.
        private Optional<ProbeKind> speaks = Optional.empty();

        private Path(int forward, int reverse) {
            this.forward = forward;
            this.reverse = reverse;
        }

        static Path of(int forward, int reverse) {
            return new Path(forward, reverse);
        }

        private Path but(Consumer<Path> change) {
            Path other = new Path(forward, reverse);
            other.limitHop = limitHop;
            other.fragmentsThere = fragmentsThere;
            other.fragmentsBack = fragmentsBack;
            other.loss = loss;
            other.claim = claim;
            other.tcp = tcp;
            other.echoes = echoes;
            other.longestEcho = longestEcho;
            other.others = others;
            other.speaks = speaks;
            change.accept(other);
            return other;
        }

        Path losing(double share) {
            return but(path -> path.loss = share);
        }

        Path claiming(int bytes) {
            return but(path -> path.claim = bytes);
        }

        Path losingEchoesAbove(int bytes) {
            return but(path -> path.longestEcho = bytes);
        }

        Path only(boolean tcpAnswers, boolean echoAnswers) {
            return but(path -> {
                path.tcp = tcpAnswers;
                path.echoes = echoAnswers;
            });
        }

        Path sharedWith(int bytes) {
            return but(path -> path.others = bytes);
        }

        Path limitedAfter(int hop, boolean there, boolean back) {
            return but(path -> {
                path.limitHop = hop;
                path.fragmentsThere = there;
                path.fragmentsBack = back;
            });
        }

        Path answeringOnly(ProbeKind kind) {
            return but(path -> {
                path.tcp = kind.rides();
                path.echoes = false;
                path.speaks = Optional.of(kind);
            });
        }

        @Override
        public String toString() {
            return forward + " there, behind hop " + limitHop + ", and " + reverse + " back; fragments "
                    + fragmentsThere
                    + " " + fragmentsBack + ", loss " + loss + ", claim " + claim + ", tcp " + tcp + ", echoes "
                    + echoes
                    + " up to " + longestEcho + ", others " + others + ", speaks " + speaks;
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
        return new SimulatedTwoWays(path, seed).run(SurveyScope.WHOLE, top);
    }

    /// What a survey of the way there alone finds on such a path.
    static SurveyFinding surveyThere(Path path, int top, long seed) {
        return new SimulatedTwoWays(path, seed).run(SurveyScope.THERE, top);
    }

    private SurveyFinding run(SurveyScope scope, int top) {
        boolean stamps = path.speaks.isEmpty();
        Optional<Heard.Opened> opened = path.tcp
                ? Optional.of(new Heard.Opened(now, 1, TRIP, top - 40, 1460, true, stamps, 0))
                : Optional.empty();
        PathSurvey survey = new PathSurvey(scope, false, top, PathSurvey.MOST_TRIALS, opened);
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
        if (longest <= path.reverse) {
            survey.on(new Heard.Said(now, ++frame, 0, head, longest));
        }
        survey.on(new Heard.Said(now, ++frame, head, 500, 552));
    }

    private Optional<Heard> answer(PathProbe probe) {
        now += 1_000;
        if (dice.nextDouble() < path.loss) {
            return Optional.empty();
        }
        boolean inPieces = probe.kind() == ProbeKind.ECHO_IN_PIECES;
        boolean isShort = inPieces || probe.kind() == ProbeKind.OPENING;
        int limit = probe.flow() % 2 == 1 ? Math.min(path.others, MOST) : path.forward;
        boolean tooLong = (isShort ? SHORTEST : probe.bytes()) > limit;
        if (probe.ttl() <= (tooLong ? path.limitHop : HOPS)) {
            return Optional.of(
                    new Heard.Expired(now, ++frame, probe.number(), "10.0." + probe.ttl() + ".1", mss(probe)));
        }
        if (tooLong && !(path.fragmentsThere && !probe.dontFragment())) {
            return path.claim < 0
                    ? Optional.empty()
                    : Optional.of(new Heard.TooBig(now, ++frame, probe.number(), "10.0.1.1", path.claim));
        }
        if (path.speaks.isPresent() && path.speaks.get() != probe.kind()) {
            return Optional.empty();
        }
        return switch (probe.kind()) {
            case AHEAD -> path.speaks.isPresent() ? arrived(probe) : Optional.empty();
            case DATAGRAM -> path.speaks.isPresent() && hasAnswerLeft() ? arrived(probe) : Optional.empty();
            case OLD_DATA, STAMPED -> path.tcp ? arrived(probe) : Optional.empty();
            case STRAY -> path.others < MOST ? arrived(probe) : Optional.empty();
            case OPENING -> Optional.empty();
            case ECHO, ECHO_IN_PIECES -> path.echoes ? reply(probe) : Optional.empty();
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
        if (probe.bytes() <= Math.min(path.reverse, path.longestEcho)) {
            return arrived(probe);
        }
        if (probe.bytes() > path.longestEcho) {
            return Optional.empty();
        }
        int first = 20 + (path.reverse - 20) / 8 * 8;
        return path.fragmentsBack
                ? Optional.of(new Heard.InPieces(now, ++frame, probe.number(), first))
                : Optional.empty();
    }
}
