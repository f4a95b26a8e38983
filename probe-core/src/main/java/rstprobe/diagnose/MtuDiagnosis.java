package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.capture.Frame;
import rstprobe.path.Heard;
import rstprobe.path.PathProbe;
import rstprobe.path.PathSurvey;
import rstprobe.path.ProbeAnswers;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyFlow;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The recording of a survey of the path MTU → what it found: the survey steps again, with the frames that it had.
public final class MtuDiagnosis {
    private final Recording recording;
    private final SurveyFlow flow;
    private final ProbeAnswers answers;
    private final PathSurvey survey;
    private int fed;
    private boolean flying;

    private MtuDiagnosis(Recording recording, Event.Surveying begun) {
        this.recording = recording;
        IpAddress ours = IpAddress.parse(begun.local());
        Endpoint theirs = new Endpoint(IpAddress.parse(begun.remote()), begun.remotePort());
        this.flow = new SurveyFlow(
                new Conversation(new Endpoint(ours, begun.localPort()), theirs),
                new Conversation(new Endpoint(ours, begun.strayPort()), theirs),
                begun.identifier());
        this.answers = new ProbeAnswers(flow);
        Optional<Heard.Opened> opened = Optional.empty();
        while (fed < begun.opened().orElse(0) && fed < recording.frames().size()) {
            Optional<Heard> heard = read(recording.frames().get(fed++));
            if (heard.orElse(null) instanceof Heard.Opened stands) {
                opened = Optional.of(stands);
            }
        }
        this.survey = new PathSurvey(ours.isV6(), begun.top(), opened);
    }

    /// Whether it is the recording of such a survey.
    public static boolean isSurvey(Recording recording) {
        return begun(recording).isPresent();
    }

    private static Optional<Event.Surveying> begun(Recording recording) {
        return recording.events().stream()
                .filter(Event.Surveying.class::isInstance)
                .map(Event.Surveying.class::cast)
                .findFirst();
    }

    /// What a survey found; one that never came to send a probe found nothing.
    ///
    /// @throws OtherSurvey where it is none of ours
    public static SurveyFinding of(Recording recording) {
        return begun(recording)
                .map(begun -> repeated(recording, begun))
                .orElseGet(() -> PathSurvey.notBegun().finding());
    }

    private static SurveyFinding repeated(Recording recording, Event.Surveying begun) {
        try {
            return new MtuDiagnosis(recording, begun).replay();
        } catch (IllegalArgumentException wrong) {
            throw new OtherSurvey(wrong.getMessage());
        }
    }

    private SurveyFinding replay() {
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
        return survey.finding();
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
        flight.probes().forEach(named -> answers.sent(named.probe(), named.name()));
    }

    private void feed(int frames) {
        while (fed < Math.min(frames, recording.frames().size())) {
            read(recording.frames().get(fed++)).ifPresent(survey::on);
        }
    }

    private Optional<Heard> read(Frame frame) {
        return answers.read(
                frame.atNanos(),
                frame.number(),
                Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength()));
    }
}
