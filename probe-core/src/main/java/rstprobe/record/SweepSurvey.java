package rstprobe.record;

import java.io.IOException;
import java.util.List;
import rstprobe.linux.LinuxException;
import rstprobe.path.SurveyFinding;
import rstprobe.wire.Decoded;
import rstprobe.wire.IpAddress;

/// One survey among those of a sweep: the steps of its value, and what of its round has not left yet.
///
/// Each has a clock of its own, begun with it: a sweep lasts long enough for the wall clock to move against the
/// monotonic one.
final class SweepSurvey implements AutoCloseable {
    private static final int MOST_MTU = 65_535;
    private static final long LONGEST_NANOS = 120_000_000_000L;
    /// Answers come within much less; what steps further makes rounds end too early or too late.
    private static final long MOST_STEP_NANOS = 2_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final SweepResolver.Way way;
    private final IpAddress address;
    private final RunClock clock;
    private final TargetSurvey survey;
    private final long begunNanos;
    private final long lostBefore;
    private final int tries;
    private List<byte[]> round = List.of();
    private int gone;
    private long restsUntilNanos = System.nanoTime();

    private SweepSurvey(SweepResolver.Way way, RunClock clock, TargetSurvey survey, int tries) {
        this.way = way;
        this.address = IpAddress.of(way.target().address().getAddress());
        this.clock = clock;
        this.survey = survey;
        this.begunNanos = clock.now();
        this.lostBefore = way.link().lost();
        this.tries = tries;
    }

    /// Begins with a SYN.
    ///
    /// @param tries how often this target was surveyed before
    static SweepSurvey begin(SweepPlan plan, SweepResolver.Way way, int tries) throws LinuxException {
        RunClock clock = new RunClock();
        int top = Math.min(way.link().mtu(), MOST_MTU);
        TargetSurvey survey = TargetSurvey.begin(
                clock::now, _ -> {}, plan.of(way.words()), way.target(), top, TargetSurvey.Terms.alone(plan.scope()));
        return new SweepSurvey(way, clock, survey, tries);
    }

    SweepResolver.Way way() {
        return way;
    }

    IpAddress address() {
        return address;
    }

    int tries() {
        return tries;
    }

    void on(int frame, long atNanos, Decoded decoded) {
        survey.on(frame, atNanos, decoded);
    }

    /// Does what is next.
    void look() throws IOException {
        survey.look();
        if (clock.now() - begunNanos > LONGEST_NANOS && !isLeaving()) {
            survey.leave();
        }
    }

    /// Whether it has not come to a round yet, and that only since a moment ago.
    boolean isFresh(long nanos) {
        return survey.isConnecting() && clock.now() - begunNanos < nanos;
    }

    boolean isReady() {
        return survey.isReady();
    }

    /// From when on, on [System#nanoTime], the target's own limit permits a round.
    long restsUntilNanos() {
        return restsUntilNanos;
    }

    /// Goes on, and rests then for as long as the round is worth.
    ///
    /// @return packets of the round; 0 where none is needed
    int goOn(SendRate perTarget) throws LinuxException {
        round = survey.goOn();
        gone = 0;
        restsUntilNanos = System.nanoTime()
                + (perTarget.framesPerSecond() == 0
                        ? 0
                        : round.size() * NANOS_PER_SECOND / perTarget.framesPerSecond());
        return round.size();
    }

    boolean isLeaving() {
        return gone < round.size();
    }

    /// The datagrams that have not left yet.
    List<byte[]> remaining() {
        return round.subList(gone, round.size());
    }

    /// Sends so many of them.
    void send(int count) {
        try {
            way.sender().send(round.subList(gone, gone + count));
            gone += count;
            if (!isLeaving()) {
                round = List.of();
                gone = 0;
                survey.left();
            }
        } catch (NotPossibleHere stuck) {
            round = List.of();
            gone = 0;
            survey.stuck(stuck);
        }
    }

    /// In how many nanoseconds it wants to look again, if no frame comes before.
    long patienceNanos() {
        return Math.max(0, survey.wakesAtNanos() - clock.now());
    }

    boolean over() {
        return survey.over();
    }

    SurveyFinding finding() {
        return survey.finding();
    }

    /// Whether frames were lost on this host meanwhile, or the clock was set: then a silence proves nothing.
    boolean isDoubtful() throws LinuxException {
        return way.link().lost() > lostBefore || Math.abs(clock.stepNanos()) > MOST_STEP_NANOS;
    }

    /// Ends the connection in order.
    void leave() {
        survey.leave();
    }

    @Override
    public void close() {
        survey.close();
    }
}
