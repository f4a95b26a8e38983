package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import rstprobe.capture.Frame;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.PathSurvey;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyFlow;
import rstprobe.path.SurveyScope;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The recording of a survey of the path MTU → what it found: the survey steps again, with the frames that it had.
public final class MtuDiagnosis {
    private final Recording recording;
    private final SurveyFlow flow;
    private final ProbeAnswers answers;
    private final PathSurvey survey;
    private final SortedMap<Integer, PathProbe> flown = new TreeMap<>();
    private final Map<Integer, Integer> left = new HashMap<>();
    private final Map<Integer, List<Heard>> heard = new HashMap<>();
    private int fed;
    private boolean flying;

    private MtuDiagnosis(Recording recording, Event.Surveying begun) {
        this.recording = recording;
        IpAddress ours = IpAddress.parse(begun.local());
        Endpoint theirs = new Endpoint(IpAddress.parse(begun.remote()), begun.remotePort());
        this.flow = new SurveyFlow(
                new Conversation(new Endpoint(ours, begun.localPort()), theirs),
                new Conversation(new Endpoint(ours, begun.strayPort()), theirs),
                begun.ports(),
                begun.identifier());
        this.answers = new ProbeAnswers(flow);
        Optional<Heard.Opened> opened = Optional.empty();
        while (fed < begun.opened().orElse(0) && fed < recording.frames().size()) {
            Optional<Heard> heard = read(recording.frames().get(fed++));
            if (heard.orElse(null) instanceof Heard.Opened stands) {
                opened = Optional.of(stands);
            }
        }
        this.survey = new PathSurvey(scope(recording), ours.isV6(), begun.top(), begun.trials(), opened);
    }

    /// Whether it is the recording of such a survey, and of nothing else.
    public static boolean isSurvey(Recording recording) {
        List<Event.Opened> opened = recording.events(Event.Opened.class);
        return !opened.isEmpty() && opened.stream().allMatch(each -> each.mode() == Mode.SURVEY);
    }

    private static SurveyScope scope(Recording recording) {
        return recording.has(Event.OneWay.class) ? SurveyScope.THERE : SurveyScope.WHOLE;
    }

    private static Optional<Event.Surveying> begun(Recording recording) {
        return recording.events(Event.Surveying.class).stream().findFirst();
    }

    /// What a survey found; one that never came to send a probe found nothing.
    ///
    /// @throws OtherSurvey where it is none of ours
    public static SurveyFinding of(Recording recording) {
        return within(recording)
                .map(Surveyed::finding)
                .orElseGet(() -> PathSurvey.notBegun().finding());
    }

    /// What the survey of a run found that did other things too; empty where none was begun.
    ///
    /// @throws OtherSurvey where it is none of ours
    public static Optional<Surveyed> within(Recording recording) {
        return begun(recording).map(begun -> repeated(recording, begun));
    }

    private static Surveyed repeated(Recording recording, Event.Surveying begun) {
        try {
            return new MtuDiagnosis(recording, begun).replay();
        } catch (IllegalArgumentException wrong) {
            throw new OtherSurvey(wrong.getMessage());
        }
    }

    private Surveyed replay() {
        for (Event event : recording.events()) {
            switch (event) {
                case Event.Flight flight -> sent(flight);
                case Event.Landed(long atNanos, int frames) -> {
                    if (!flying) {
                        throw new OtherSurvey("a round is over that never began");
                    }
                    flying = false;
                    feed(frames);
                    survey.landed(atNanos);
                }
                case Event.Talking(long atNanos) -> survey.talking(atNanos);
                case Event.Trying trying -> {
                    answers.follow(from(trying.localPort()));
                    survey.trying(trying.atNanos());
                }
                case Event.Talked(long atNanos, int frames) -> {
                    feed(frames);
                    survey.talked(atNanos);
                }
                default -> {}
            }
        }
        List<Surveyed.Flown> all = flown.values().stream()
                .map(probe -> new Surveyed.Flown(
                        probe,
                        left.containsKey(probe.number())
                                ? OptionalInt.of(left.get(probe.number()))
                                : OptionalInt.empty(),
                        heard.getOrDefault(probe.number(), List.of())))
                .toList();
        return Surveyed.of(survey.finding(), all, survey.holeFrames());
    }

    private Conversation from(int localPort) {
        return new Conversation(
                new Endpoint(flow.strays().ours().address(), localPort),
                flow.strays().theirs());
    }

    private void sent(Event.Flight flight) {
        List<PathProbe> probes = survey.next(flight.atNanos());
        if (!probes.equals(flight.probes().stream().map(Event.Named::probe).toList())) {
            throw new OtherSurvey("this version would have sent other probes");
        }
        flying = true;
        flight.probes().forEach(named -> {
            answers.sent(named.probe(), named.name());
            flown.put(named.probe().number(), named.probe());
        });
    }

    private void feed(int frames) {
        while (fed < Math.min(frames, recording.frames().size())) {
            read(recording.frames().get(fed++)).ifPresent(survey::on);
        }
    }

    private Optional<Heard> read(Frame frame) {
        Decoded decoded = Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
        answers.probe(decoded).ifPresent(probe -> left.putIfAbsent(probe.number(), frame.number()));
        Optional<Heard> news = answers.read(frame.atNanos(), frame.number(), decoded);
        news.flatMap(Heard::about)
                .ifPresent(number ->
                        heard.computeIfAbsent(number, _ -> new ArrayList<>()).add(news.get()));
        return news;
    }
}
