package rstprobe.record;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import rstprobe.linux.LinuxException;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.PathSurvey;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyFlow;
import rstprobe.path.SurveyScope;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The survey of one target on the wire. It never waits and never sends by itself: whoever drives it hands over what
/// was captured, lets it look whenever something came or time is up, sends the rounds that it makes, each when there
/// is room for it, and asks until when it can be left alone. So one thread drives as many as it likes.
final class TargetSurvey implements AutoCloseable {
    private static final long LOOK_NANOS = 5_000_000;
    /// While nothing was captured, nothing has happened to the connection either but its time running out.
    private static final long SELDOM_NANOS = 50_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private enum State {
        CONNECTING,
        READY,
        LEAVING,
        FLYING,
        TALKING,
        PAUSING,
        TRYING,
        OVER
    }

    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final Plan plan;
    private final Target target;
    private SurveyConnection connection;
    private final Terms terms;
    private int connections;
    private long openedNanos;
    private final SurveyFlow flow;
    private final ConnectionEdge edge;
    private final ProbeAnswers answers;
    private final ProbeCraft craft;
    private final int top;
    private Optional<PathSurvey> survey = Optional.empty();
    private Optional<Heard.Opened> opened = Optional.empty();
    private State state = State.CONNECTING;
    private final List<Heard> before = new ArrayList<>();
    private Conversation last;
    private boolean parted;
    private int frames;
    private boolean stirred;
    private long roundNanos;
    private long leavingNanos;
    private final Settling settling = new Settling();

    /// What a survey may do to its target.
    ///
    /// @param first  the number of its first connection among those of the run, from 1
    /// @param trials connections beside that one, at most
    /// @param scope  what is asked
    record Terms(int first, int trials, SurveyScope scope) {
        /// A survey of its own.
        static Terms alone(SurveyScope scope) {
            return new Terms(1, PathSurvey.MOST_TRIALS, scope);
        }
    }

    private TargetSurvey(
            LongSupplier now,
            Consumer<Event> journal,
            Plan plan,
            Target target,
            SurveyConnection connection,
            SurveyFlow flow,
            int top,
            Terms terms,
            SecureRandom random) {
        this.now = now;
        this.journal = journal;
        this.plan = plan;
        this.target = target;
        this.connection = connection;
        this.flow = flow;
        this.last = flow.connection();
        this.edge = new ConnectionEdge(flow.connection());
        this.answers = new ProbeAnswers(flow);
        this.craft = new ProbeCraft(flow, edge, plan.typeOfService(), random.nextInt());
        this.top = top;
        this.terms = terms;
        this.connections = terms.first();
        this.openedNanos = now.getAsLong();
    }

    /// Begins with a SYN.
    ///
    /// @param now     nanoseconds on the clock of the captured frames
    /// @param journal takes every event as it happens
    /// @param top     the longest IP packet that the interface sends
    /// @param terms   what it may do to the target
    static TargetSurvey begin(LongSupplier now, Consumer<Event> journal, Plan plan, Target target, int top, Terms terms)
            throws LinuxException {
        SecureRandom random = new SecureRandom();
        SurveyConnection connection =
                SurveyConnection.open(terms.first(), target, plan, OptionalInt.empty(), now, journal);
        Conversation standing = new Conversation(
                new Endpoint(
                        IpAddress.of(connection.local().getAddress().getAddress()),
                        connection.local().getPort()),
                new Endpoint(IpAddress.of(target.address().getAddress()), plan.port()));
        SurveyFlow flow = OwnPorts.here().flow(standing, random);
        return new TargetSurvey(now, journal, plan, target, connection, flow, top, terms, random);
    }

    /// Takes a frame of the capture.
    ///
    /// @param number of the frame
    void on(int number, long atNanos, Decoded decoded) {
        frames = number;
        stirred = true;
        parting(decoded);
        if (decoded instanceof Decoded.Segment segment) {
            edge.on(segment);
        }
        Optional<Heard> heard = answers.read(atNanos, number, decoded);
        if (heard.orElse(null) instanceof Heard.Opened open && survey.isEmpty()) {
            opened = Optional.of(open);
        }
        heard.ifPresent(news -> survey.ifPresentOrElse(running -> running.on(news), () -> before.add(news)));
    }

    /// Takes a frame that came after the survey: only whether the server ends its last connection too is of interest.
    void parting(Decoded decoded) {
        if (decoded instanceof Decoded.Segment segment && last.isTheirs(segment.source(), segment.destination())) {
            parted |= segment.flags().fin() || segment.flags().rst();
        }
    }

    /// The round trip of its first connection; empty where that never stood.
    OptionalLong tripNanos() {
        return opened.stream().mapToLong(Heard.Opened::tripNanos).findFirst();
    }

    /// Whether both sides have ended the last connection, or none ever stood.
    boolean parted() {
        return parted || opened.isEmpty();
    }

    /// Does what is next.
    void look() throws IOException {
        connection.look();
        switch (state) {
            case CONNECTING -> {
                if (!connection.isConnecting() && (opened.isPresent() || !connection.stands())) {
                    begin();
                }
            }
            case READY, LEAVING, OVER -> {}
            case FLYING -> {
                if (now.getAsLong() >= landsAtNanos()) {
                    long at = now.getAsLong();
                    journal.accept(new Event.Landed(at, frames));
                    survey.orElseThrow().landed(at);
                    state = State.READY;
                }
            }
            case PAUSING -> {
                if (now.getAsLong() >= openedNanos + plan.spacingMillis() * NANOS_PER_MILLI) {
                    retry(survey.orElseThrow().wantsTrial());
                }
            }
            case TRYING -> {
                if (connection.stands()) {
                    state = State.TALKING;
                    connection.talk();
                } else if (!connection.isConnecting()) {
                    talked();
                }
            }
            case TALKING -> {
                if (answerIsSeen()
                        || settling.isSilent(
                                now.getAsLong(), survey.orElseThrow().talkEndsAtNanos())) {
                    talked();
                }
            }
        }
        stirred = false;
    }

    private void talked() throws LinuxException {
        settling.begin();
        long at = now.getAsLong();
        journal.accept(new Event.Talked(at, frames));
        survey.orElseThrow().talked(at);
        state = State.READY;
    }

    /// The kernel hands bytes over before the tap does.
    private boolean answerIsSeen() {
        return connection.answered() && survey.orElseThrow().hasHeard(connection.received());
    }

    private void begin() throws LinuxException {
        Optional<Heard.Opened> stands = opened.filter(_ -> connection.stands());
        Conversation tuple = flow.connection();
        if (terms.scope() == SurveyScope.THERE) {
            journal.accept(new Event.OneWay(now.getAsLong()));
        }
        journal.accept(new Event.Surveying(
                now.getAsLong(),
                tuple.ours().address().toString(),
                tuple.ours().port(),
                tuple.theirs().address().toString(),
                tuple.theirs().port(),
                flow.strays().ours().port(),
                flow.ports(),
                flow.identifier(),
                top,
                terms.trials(),
                stands.isPresent() ? OptionalInt.of(stands.get().frame()) : OptionalInt.empty()));
        PathSurvey begun = new PathSurvey(terms.scope(), tuple.ours().address().isV6(), top, terms.trials(), stands);
        survey = Optional.of(begun);
        state = State.READY;
    }

    /// Whether its first connection neither stands nor failed yet.
    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    /// Whether it has something to send or to do, once there is room for a round.
    boolean isReady() {
        return state == State.READY;
    }

    /// Goes on where it is ready: makes the next round, which counts as sent from now on, or does what else
    /// is next.
    ///
    /// @return the datagrams of the round in the order in which they leave, and [#left] is told when they have
    ///     left; empty where none is needed
    List<byte[]> goOn() throws LinuxException {
        PathSurvey running = survey.orElseThrow();
        List<PathProbe> probes = running.next(now.getAsLong());
        List<byte[]> datagrams = probes.isEmpty() ? List.of() : crafted(probes);
        before.forEach(running::on);
        before.clear();
        if (probes.isEmpty()) {
            goOnWithout(running);
        }
        return datagrams;
    }

    private void goOnWithout(PathSurvey running) throws LinuxException {
        if (running.wantsTalk() && connection.stands()) {
            state = State.TALKING;
            long at = now.getAsLong();
            journal.accept(new Event.Talking(at));
            running.talking(at);
            connection.talk();
        } else if (running.wantsTrial().isPresent()) {
            connection.leave();
            state = State.PAUSING;
        } else {
            state = State.OVER;
            connection.leave();
        }
    }

    /// One more connection, never two at once.
    private void retry(OptionalInt mss) throws LinuxException {
        openedNanos = now.getAsLong();
        connection = SurveyConnection.open(++connections, target, plan, mss, now, journal);
        int port = connection.local().getPort();
        last = new Conversation(
                new Endpoint(flow.strays().ours().address(), port),
                flow.strays().theirs());
        parted = false;
        answers.follow(last);
        long at = now.getAsLong();
        journal.accept(new Event.Trying(at, port, mss.orElseThrow()));
        survey.orElseThrow().trying(at);
        state = State.TRYING;
    }

    private List<byte[]> crafted(List<PathProbe> probes) {
        List<byte[]> datagrams = new ArrayList<>();
        List<Event.Named> named = new ArrayList<>();
        for (PathProbe probe : probes) {
            ProbeCraft.Crafted crafted = craft.of(probe);
            answers.sent(probe, crafted.name());
            named.add(new Event.Named(probe, crafted.name()));
            datagrams.addAll(crafted.datagrams());
        }
        roundNanos = now.getAsLong();
        journal.accept(new Event.Flight(roundNanos, named));
        state = State.LEAVING;
        return datagrams;
    }

    /// The whole round is on its way. What that took is no part of the round trip, so it is waited for so much longer.
    void left() {
        leavingNanos = now.getAsLong() - roundNanos;
        state = State.FLYING;
    }

    private long landsAtNanos() {
        return survey.orElseThrow().endsAtNanos() + leavingNanos;
    }

    /// The round cannot be sent: that is the end of the survey.
    void stuck(NotPossibleHere why) {
        journal.accept(new Event.Omitted(now.getAsLong(), ActiveTest.ECHO, why.getMessage()));
        leave();
    }

    /// The number of its last connection.
    int lastConnection() {
        return connections;
    }

    /// When it wants to look again, if no frame comes before.
    long wakesAtNanos() {
        long soon = now.getAsLong() + (state == State.CONNECTING && !stirred ? SELDOM_NANOS : LOOK_NANOS);
        return switch (state) {
            case FLYING -> Math.min(landsAtNanos(), soon + SELDOM_NANOS);
            case READY -> now.getAsLong();
            case CONNECTING, LEAVING, TALKING, PAUSING, TRYING, OVER -> soon;
        };
    }

    /// What is found so far.
    SurveyFinding finding() {
        return survey.orElseGet(PathSurvey::notBegun).finding();
    }

    boolean over() {
        return state == State.OVER;
    }

    /// Ends the connection in order, wherever the survey is.
    void leave() {
        state = State.OVER;
        connection.leave();
    }

    @Override
    public void close() {
        connection.close();
    }
}
