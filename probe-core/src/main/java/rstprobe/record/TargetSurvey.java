package rstprobe.record;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.linux.LinuxException;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.PathSurvey;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.SurveyFlow;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The survey of one target on the wire. It never waits: whoever drives it hands over frames, lets it look whenever
/// something came or time is up, and asks until when it can be left alone.
final class TargetSurvey implements AutoCloseable {
    private static final long LOOK_NANOS = 5_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private enum State {
        CONNECTING,
        FLYING,
        TALKING,
        PAUSING,
        TRYING,
        OVER
    }

    private final OpenRecording kept;
    private final CraftedSender sender;
    private final Plan plan;
    private final Target target;
    private SurveyConnection connection;
    private int connections = 1;
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
    private int frames;

    private TargetSurvey(
            OpenRecording kept,
            CraftedSender sender,
            Plan plan,
            Target target,
            SurveyConnection connection,
            SurveyFlow flow,
            int top,
            SecureRandom random) {
        this.kept = kept;
        this.sender = sender;
        this.plan = plan;
        this.target = target;
        this.connection = connection;
        this.flow = flow;
        this.edge = new ConnectionEdge(flow.connection());
        this.answers = new ProbeAnswers(flow);
        this.craft = new ProbeCraft(flow, edge, plan.typeOfService(), random.nextInt());
        this.top = top;
        this.openedNanos = kept.now();
    }

    /// Begins with a SYN.
    ///
    /// @param top the longest IP packet that the interface sends
    static TargetSurvey begin(OpenRecording kept, CraftedSender sender, Plan plan, Target target, int top)
            throws LinuxException {
        SecureRandom random = new SecureRandom();
        SurveyConnection connection =
                SurveyConnection.open(1, target, plan, OptionalInt.empty(), kept::now, kept::note);
        IpAddress ours = IpAddress.of(connection.local().getAddress().getAddress());
        Endpoint theirs = new Endpoint(IpAddress.of(target.address().getAddress()), plan.port());
        SurveyFlow flow = new SurveyFlow(
                new Conversation(new Endpoint(ours, connection.local().getPort()), theirs),
                new Conversation(new Endpoint(ours, OwnPorts.here().draw(random)), theirs),
                random.nextInt(1 << 16));
        return new TargetSurvey(kept, sender, plan, target, connection, flow, top, random);
    }

    /// Takes a frame of the capture.
    void on(Frame frame) {
        frames = frame.number();
        Decoded decoded = Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
        if (decoded instanceof Decoded.Segment segment) {
            edge.on(segment);
        }
        Optional<Heard> heard = answers.read(frame.atNanos(), frame.number(), decoded);
        if (heard.orElse(null) instanceof Heard.Opened open && survey.isEmpty()) {
            opened = Optional.of(open);
        }
        heard.ifPresent(news -> survey.ifPresentOrElse(running -> running.on(news), () -> before.add(news)));
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
            case FLYING -> {
                if (kept.now() >= survey.orElseThrow().endsAtNanos()) {
                    kept.note(new Event.Landed(kept.now(), frames));
                    survey.orElseThrow().landed(kept.now());
                    go();
                }
            }
            case PAUSING -> {
                if (kept.now() >= openedNanos + plan.spacingMillis() * NANOS_PER_MILLI) {
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
                if (answerIsSeen() || kept.now() >= survey.orElseThrow().talkEndsAtNanos()) {
                    talked();
                }
            }
            case OVER -> {}
        }
    }

    private void talked() throws LinuxException {
        long at = kept.now();
        kept.note(new Event.Talked(at, frames));
        survey.orElseThrow().talked(at);
        go();
    }

    /// The kernel hands bytes over before the tap does.
    private boolean answerIsSeen() {
        return connection.answered() && survey.orElseThrow().hasHeard(connection.received());
    }

    private void begin() throws LinuxException {
        Optional<Heard.Opened> stands = opened.filter(_ -> connection.stands());
        Conversation tuple = flow.connection();
        kept.note(new Event.Surveying(
                kept.now(),
                tuple.ours().address().toString(),
                tuple.ours().port(),
                tuple.theirs().address().toString(),
                tuple.theirs().port(),
                flow.strays().ours().port(),
                flow.identifier(),
                top,
                stands.isPresent() ? OptionalInt.of(stands.get().frame()) : OptionalInt.empty()));
        PathSurvey begun = new PathSurvey(tuple.ours().address().isV6(), top, stands);
        survey = Optional.of(begun);
        go();
        before.forEach(begun::on);
    }

    private void go() throws LinuxException {
        PathSurvey running = survey.orElseThrow();
        List<PathProbe> probes = running.next(kept.now());
        if (!probes.isEmpty()) {
            fly(probes);
        } else if (running.wantsTalk() && connection.stands()) {
            state = State.TALKING;
            long at = kept.now();
            kept.note(new Event.Talking(at));
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
        openedNanos = kept.now();
        connection = SurveyConnection.open(++connections, target, plan, mss, kept::now, kept::note);
        int port = connection.local().getPort();
        answers.follow(new Conversation(
                new Endpoint(flow.strays().ours().address(), port),
                flow.strays().theirs()));
        long at = kept.now();
        kept.note(new Event.Trying(at, port, mss.orElseThrow()));
        survey.orElseThrow().trying(at);
        state = State.TRYING;
    }

    private void fly(List<PathProbe> probes) {
        List<byte[]> datagrams = new ArrayList<>();
        List<Event.Named> named = new ArrayList<>();
        for (PathProbe probe : probes) {
            ProbeCraft.Crafted crafted = craft.of(probe);
            answers.sent(probe, crafted.name());
            named.add(new Event.Named(probe, crafted.name()));
            datagrams.addAll(crafted.datagrams());
        }
        kept.note(new Event.Flight(kept.now(), named));
        state = State.FLYING;
        try {
            sender.send(datagrams);
        } catch (NotPossibleHere stuck) {
            kept.note(new Event.Omitted(kept.now(), ActiveTest.ECHO, stuck.getMessage()));
            state = State.OVER;
            connection.leave();
        }
    }

    /// When it wants to look again, if no frame comes before.
    long wakesAtNanos() {
        long soon = kept.now() + LOOK_NANOS;
        return state == State.FLYING ? Math.min(survey.orElseThrow().endsAtNanos(), soon + 10 * LOOK_NANOS) : soon;
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
