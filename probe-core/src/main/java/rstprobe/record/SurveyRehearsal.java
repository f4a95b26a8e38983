package rstprobe.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import rstprobe.capture.Frame;
import rstprobe.capture.LinkType;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.PathSurvey;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.ProbeKind;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyFlow;
import rstprobe.path.SurveyScope;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// A survey of a path that is not there, with packets that do not leave: a cold JVM does all of it for the first time
/// here, while it waits for the target's first answer, and not between two rounds.
public final class SurveyRehearsal {
    private static final IpAddress OURS = IpAddress.parse("198.18.0.1");
    private static final IpAddress THEIRS = IpAddress.parse("198.18.0.2");
    private static final String ROUTER = "198.18.0.3";

    private static final int PORT = 1;
    private static final int IDENTIFIER = 1;
    private static final int TOP = 1_500;
    private static final int LIMIT = 1_400;
    private static final int MSS = 1_460;
    private static final int HOPS = 2;
    private static final int MOST_ROUNDS = 10;
    private static final long TRIP_NANOS = 1_000_000;

    private final ProbeCraft craft;
    private final ProbeAnswers answers;
    private final PathSurvey survey;
    private final List<Event> events = new ArrayList<>();
    private final List<Frame> frames = new ArrayList<>();
    private long now;

    private SurveyRehearsal(Optional<Heard.Opened> stands) {
        Conversation tuple = new Conversation(new Endpoint(OURS, PORT), new Endpoint(THEIRS, PORT));
        SurveyFlow flow = new SurveyFlow(tuple, tuple, ports(), IDENTIFIER);
        this.craft = new ProbeCraft(flow, new ConnectionEdge(tuple), 0, 1);
        this.answers = new ProbeAnswers(flow);
        this.survey = new PathSurvey(SurveyScope.WHOLE, false, TOP, 0, stands);
    }

    private static List<Integer> ports() {
        return IntStream.rangeClosed(1, SurveyFlow.PORTS).boxed().toList();
    }

    /// What is found behind a black hole.
    public static SurveyFinding finding() {
        SurveyRehearsal rehearsal =
                new SurveyRehearsal(Optional.of(new Heard.Opened(TRIP_NANOS, 1, TRIP_NANOS, MSS, MSS, true, true, 1)));
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<PathProbe> probes = rehearsal.send();
            if (probes.isEmpty()) {
                break;
            }
            probes.forEach(probe -> rehearsal.answer(probe).ifPresent(rehearsal.survey::on));
            rehearsal.land();
        }
        return rehearsal.survey.finding();
    }

    /// The recording of a survey whose first round nobody answers.
    public static Recording unanswered() {
        SurveyRehearsal rehearsal = new SurveyRehearsal(Optional.empty());
        String ours = OURS.toString();
        String theirs = THEIRS.toString();
        rehearsal.events.add(new Event.Opened(0, 1, Mode.SURVEY, ours, PORT, theirs, PORT));
        rehearsal.events.add(new Event.Surveying(
                0, ours, PORT, theirs, PORT, PORT, ports(), IDENTIFIER, TOP, 0, OptionalInt.empty()));
        rehearsal.send();
        rehearsal.land();
        return new Recording(
                0,
                new Plan("", "", PORT, Optional.empty(), Optional.empty(), 1, 0, 1_000, 0, 0),
                new HostFacts("", "", TOP, "", Optional.empty(), false),
                theirs,
                rehearsal.events,
                rehearsal.frames,
                new Recording.CaptureFacts(0, true, OptionalInt.empty(), 0));
    }

    /// @return the probes of the next round, as they would leave; empty where it is over
    private List<PathProbe> send() {
        List<PathProbe> probes = survey.next(now);
        List<Event.Named> named = new ArrayList<>();
        for (PathProbe probe : probes) {
            ProbeCraft.Crafted crafted = craft.of(probe);
            answers.sent(probe, crafted.name());
            named.add(new Event.Named(probe, crafted.name()));
            crafted.datagrams().forEach(this::capture);
        }
        events.add(new Event.Flight(now, named));
        return probes;
    }

    private void capture(byte[] datagram) {
        frames.add(new Frame(frames.size() + 1, now, LinkType.RAW, datagram, datagram.length, 0));
        answers.read(now, frames.size(), Decoder.decodeIp(datagram));
    }

    private Optional<Heard> answer(PathProbe probe) {
        long at = now + TRIP_NANOS;
        boolean back = probe.kind() == ProbeKind.ECHO_IN_PIECES;
        if (!back && probe.bytes() > LIMIT && probe.ttl() >= HOPS) {
            return Optional.empty();
        }
        return Optional.of(
                probe.ttl() <= HOPS
                        ? new Heard.Expired(at, 1, probe.number(), ROUTER, OptionalInt.empty())
                        : new Heard.Arrived(at, 1, probe.number(), PathProbe.FAR - HOPS));
    }

    private void land() {
        now = Math.max(now + TRIP_NANOS, survey.endsAtNanos());
        events.add(new Event.Landed(now, frames.size()));
        survey.landed(now);
    }
}
