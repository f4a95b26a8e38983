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

    private enum State {
        CONNECTING,
        FLYING,
        TALKING,
        OVER
    }

    private final OpenRecording kept;
    private final CraftedSender sender;
    private final Plan plan;
    private final SurveyConnection connection;
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
            SurveyConnection connection,
            SurveyFlow flow,
            int top,
            SecureRandom random) {
        this.kept = kept;
        this.sender = sender;
        this.plan = plan;
        this.connection = connection;
        this.flow = flow;
        this.edge = new ConnectionEdge(flow.connection());
        this.answers = new ProbeAnswers(flow);
        this.craft = new ProbeCraft(flow, edge, plan.typeOfService(), random.nextInt());
        this.top = top;
    }

    /// Begins with a SYN.
    ///
    /// @param top the longest IP packet that the interface sends
    static TargetSurvey begin(OpenRecording kept, CraftedSender sender, Plan plan, Target target, int top)
            throws LinuxException {
        SecureRandom random = new SecureRandom();
        SurveyConnection connection = SurveyConnection.open(target, plan, kept::now, kept::note);
        IpAddress ours = IpAddress.of(connection.local().getAddress().getAddress());
        Endpoint theirs = new Endpoint(IpAddress.of(target.address().getAddress()), plan.port());
        SurveyFlow flow = new SurveyFlow(
                new Conversation(new Endpoint(ours, connection.local().getPort()), theirs),
                new Conversation(new Endpoint(ours, OwnPorts.here().draw(random)), theirs),
                random.nextInt(1 << 16));
        return new TargetSurvey(kept, sender, plan, connection, flow, top, random);
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
            case TALKING -> {
                if (answerIsSeen() || kept.now() >= survey.orElseThrow().talkEndsAtNanos()) {
                    kept.note(new Event.Talked(kept.now(), frames));
                    survey.orElseThrow().talked();
                    go();
                }
            }
            case OVER -> {}
        }
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
        } else {
            state = State.OVER;
            connection.leave();
        }
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
