package rstprobe.record;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import rstprobe.capture.Frame;
import rstprobe.linux.LinuxException;
import rstprobe.path.SurveyFinding;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Quoted;

/// Surveys many targets at once on one thread: one tap and one packet socket an interface, one connection a target,
/// and rounds that leave one after the other as fast as the rate allows.
///
/// The tap wakes it, not the sockets: whatever happens to a connection is in a frame first. A target is taken up when
/// there is room for its rounds soon, so no server holds a connection that waits for nothing.
public final class MtuSweep implements AutoCloseable {
    /// Targets that are surveyed at a time; the many that answer nothing take seconds each.
    private static final int MOST_AT_ONCE = 256;
    /// Connections that were opened within [#FRESH_NANOS] and do not stand yet.
    private static final int MOST_FRESH = 24;

    private static final long FRESH_NANOS = 100_000_000;
    /// Looked-up targets are asked for so often.
    private static final long LOOK_NANOS = 10_000_000;
    /// A target is surveyed again where frames were lost on this host, so often in all.
    private static final int MOST_TRIES = 3;
    /// The last frames of the connections' ends are let out.
    private static final long GOODBYE_NANOS = 50_000_000;

    private static final String DOUBTFUL =
            "this host lost frames of the capture, or its clock was set, each time it was measured";

    private final SweepPlan plan;
    private final Consumer<Swept> done;
    private final SweepEar ear = new SweepEar();
    private final SweepRounds rounds;
    private final SweepResolver resolver;
    private final Map<IpAddress, SweepSurvey> surveys = new HashMap<>();
    private final Deque<SweepResolver.Way> again = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparingLong(Alarm::atNanos));
    private final Map<SweepSurvey, Long> wakes = new HashMap<>();
    /// Those that were taken up a moment ago, and perhaps some that stand by now.
    private final List<SweepSurvey> fresh = new ArrayList<>();
    /// Those that have become over, to be finished.
    private final Deque<SweepSurvey> ended = new ArrayDeque<>();

    private record Alarm(long atNanos, SweepSurvey survey) {}

    private MtuSweep(SweepPlan plan, Consumer<Swept> done) {
        this.plan = plan;
        this.done = done;
        this.rounds = new SweepRounds(plan);
        this.resolver = SweepResolver.begin(plan, ear);
    }

    /// Begins to look up the targets.
    ///
    /// @param done takes what became of each as it becomes known, on the thread that runs the sweep
    public static MtuSweep of(SweepPlan plan, Consumer<Swept> done) {
        return new MtuSweep(plan, done);
    }

    /// Sweeps to the end.
    ///
    /// @throws InterruptedException where the user stopped it; what was found until then was told
    /// @throws CannotProbe where this machine lacks what it takes, from the start or since a moment ago
    public void run() throws InterruptedException, CannotProbe {
        try {
            while (resolver.left() > 0 || !surveys.isEmpty() || !again.isEmpty()) {
                admit();
                rounds.depart().forEach(this::settle);
                List<Frame> news = ear.news(patienceNanos());
                Set<SweepSurvey> stirred = new HashSet<>();
                news.forEach(frame -> deliver(frame).ifPresent(stirred::add));
                for (SweepSurvey survey : stirred) {
                    look(survey);
                }
                wake();
            }
            OpenRecording.pause(GOODBYE_NANOS);
        } catch (IOException failed) {
            throw new IllegalStateException("a socket failed in an unknown way", failed);
        }
    }

    private void admit() throws IOException, CannotProbe {
        while (surveys.size() < MOST_AT_ONCE
                && rounds.hasRoom(System.nanoTime())
                && fresh() < MOST_FRESH
                && rounds.admits(System.nanoTime())) {
            Optional<SweepResolver.Resolved> next = next();
            if (next.isEmpty()) {
                return;
            }
            switch (next.get()) {
                case SweepResolver.Way way
                when surveys.containsKey(IpAddress.of(way.target().address().getAddress())) -> again.add(way);
                case SweepResolver.Way way -> begin(way, 0);
                case SweepResolver.NoWay none -> {
                    resolver.requireLinks();
                    done.accept(Swept.without(none.words(), none.address(), none.status(), none.why()));
                }
                case SweepResolver.Nowhere nowhere -> throw nowhere.why();
                case SweepResolver.Mistaken mistaken -> throw mistaken.ours();
            }
        }
    }

    /// Another name of an address that is being surveyed waits until that is over.
    private Optional<SweepResolver.Resolved> next() {
        Optional<SweepResolver.Way> waited = again.stream()
                .filter(way ->
                        !surveys.containsKey(IpAddress.of(way.target().address().getAddress())))
                .findFirst();
        waited.ifPresent(again::remove);
        return waited.isPresent()
                ? Optional.of(waited.get())
                : again.size() < MOST_AT_ONCE ? resolver.poll() : Optional.empty();
    }

    private int fresh() {
        fresh.removeIf(survey -> !survey.isFresh(FRESH_NANOS));
        return fresh.size();
    }

    private void begin(SweepResolver.Way way, int tries) throws LinuxException {
        rounds.open(System.nanoTime());
        SweepSurvey survey = SweepSurvey.begin(plan, way, tries);
        surveys.put(survey.address(), survey);
        fresh.add(survey);
        schedule(survey);
    }

    private long patienceNanos() {
        if (!ended.isEmpty()) {
            return 0;
        }
        long now = System.nanoTime();
        Alarm first = alarms.peek();
        long alarm = first == null ? LOOK_NANOS : first.atNanos() - now;
        long wanting = resolver.left() > 0 || !again.isEmpty() ? LOOK_NANOS : Long.MAX_VALUE;
        return Math.max(0, Math.min(Math.min(alarm, wanting), rounds.patienceNanos()));
    }

    private Optional<SweepSurvey> deliver(Frame frame) {
        Decoded decoded = Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
        Optional<SweepSurvey> survey = switch (decoded) {
            case Decoded.Segment segment ->
                surveyed(segment.ip().source()).or(() -> surveyed(segment.ip().destination()));
            case Decoded.IcmpEcho echo -> surveyed(echo.ip().source());
            case Decoded.IcmpError error -> quoted(error.quoted());
            case Decoded.Fragment _,
                    Decoded.UdpDatagram _,
                    Decoded.OtherDatagram _,
                    Decoded.NotIp _,
                    Decoded.UnknownLink _,
                    Decoded.Malformed _,
                    Decoded.Cut _ -> Optional.empty();
        };
        survey.ifPresent(concerned -> concerned.on(frame.number(), frame.atNanos(), decoded));
        return survey;
    }

    private Optional<SweepSurvey> quoted(Quoted quoted) {
        return quoted.datagram().flatMap(datagram -> surveyed(datagram.destination()));
    }

    private Optional<SweepSurvey> surveyed(IpAddress address) {
        return Optional.ofNullable(surveys.get(address));
    }

    private void wake() throws IOException, CannotProbe {
        long now = System.nanoTime();
        List<SweepSurvey> due = new ArrayList<>();
        while (!alarms.isEmpty() && alarms.peek().atNanos() <= now) {
            Alarm alarm = alarms.poll();
            if (wakes.getOrDefault(alarm.survey(), Long.MIN_VALUE) == alarm.atNanos()) {
                due.add(alarm.survey());
            }
        }
        for (SweepSurvey survey : due) {
            look(survey);
        }
        for (SweepSurvey over = ended.poll(); over != null; over = ended.poll()) {
            if (surveys.get(over.address()) == over) {
                finish(over);
            }
        }
    }

    private void look(SweepSurvey survey) throws IOException {
        boolean waited = survey.isReady() || survey.isLeaving();
        survey.look();
        if (!waited || survey.over()) {
            settle(survey);
        }
    }

    /// What is ready waits for its turn, what is over for its end, all else for its time.
    private void settle(SweepSurvey survey) {
        if (survey.over()) {
            ended.add(survey);
        } else if (survey.isReady()) {
            rounds.add(survey);
            wakes.remove(survey);
        } else {
            schedule(survey);
        }
    }

    private void schedule(SweepSurvey survey) {
        long at = System.nanoTime() + survey.patienceNanos();
        wakes.put(survey, at);
        alarms.add(new Alarm(at, survey));
    }

    private void finish(SweepSurvey survey) throws IOException, CannotProbe {
        surveys.remove(survey.address());
        wakes.remove(survey);
        survey.close();
        // A survey that an interface went down in says nothing of the path, whatever it found.
        survey.way().link().requireUp();
        SurveyFinding finding = survey.finding();
        boolean doubtful = survey.isDoubtful();
        if (doubtful && survey.tries() + 1 < MOST_TRIES) {
            begin(survey.way(), survey.tries() + 1);
            return;
        }
        SweepTarget target = survey.way().words();
        String address = survey.address().toString();
        done.accept(
                doubtful
                        ? Swept.without(target, Optional.of(address), SurveyFinding.Status.UNDETERMINED, DOUBTFUL)
                        : Swept.measured(target, address, finding));
    }

    /// Frames that were sent, connections aside.
    public long frames() {
        return rounds.frames();
    }

    /// Bytes of those frames.
    public long bytes() {
        return rounds.bytes();
    }

    /// Ends every connection that stands in order, and lets go of the interfaces.
    @Override
    public void close() {
        surveys.values().forEach(SweepSurvey::leave);
        surveys.values().forEach(SweepSurvey::close);
        surveys.clear();
        resolver.close();
    }
}
