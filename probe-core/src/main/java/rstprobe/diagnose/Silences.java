package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import rstprobe.capture.Frame;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Sequence;

/// Reads the silences of held connections from the frames; events only say which bytes were questions.
final class Silences {
    /// What a question is called among the events.
    private static final String QUESTION = "ignore";
    /// And our goodbye: what ends the connection behind it was asked for.
    private static final String GOODBYE = "disconnect";
    /// A question counts as unanswered where it was sent again so often at least.
    private static final int LEAST_COPIES = 2;
    /// Whoever keeps a connection alive does so once a second at most (`ClientAliveInterval` counts seconds).
    private static final long LEAST_SPOKEN_NANOS = 900_000_000;

    private final Recording recording;
    private final List<Seen> segments = new ArrayList<>();
    private final List<Silence> all = new ArrayList<>();
    private int unseenQuestions;

    private record Seen(int number, long atNanos, Decoded.Segment segment) {}

    private Silences(Recording recording) {
        this.recording = recording;
    }

    /// What the recording's connections were silent for.
    ///
    /// @param all             in order of time
    /// @param unseenQuestions questions that were handed to the kernel and are not on the wire
    record Read(List<Silence> all, int unseenQuestions) {}

    static Read of(Recording recording) {
        Silences silences = new Silences(recording);
        for (Frame frame : recording.frames()) {
            if (Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength())
                    instanceof Decoded.Segment segment) {
                silences.segments.add(new Seen(frame.number(), frame.atNanos(), segment));
            }
        }
        for (Event event : recording.events()) {
            if (event instanceof Event.Opened opened) {
                silences.read(opened);
            }
        }
        silences.all.sort(java.util.Comparator.comparingLong(Silence::atNanos));
        return new Read(List.copyOf(silences.all), silences.unseenQuestions);
    }

    private void read(Event.Opened opened) {
        Conversation conversation = new Conversation(
                new Endpoint(IpAddress.parse(opened.local()), opened.localPort()),
                new Endpoint(IpAddress.parse(opened.remote()), opened.remotePort()));
        Reader reader = new Reader(
                opened.attempt(),
                offsets(opened.attempt(), QUESTION),
                offsets(opened.attempt(), GOODBYE),
                gaveUp(opened.attempt()),
                shakenAt(opened.attempt()));
        for (Seen seen : segments) {
            if (conversation.isOurs(seen.segment.source(), seen.segment.destination())) {
                reader.ours(seen);
            } else if (conversation.isTheirs(seen.segment.source(), seen.segment.destination())) {
                reader.theirs(seen);
            }
        }
        reader.end();
        unseenQuestions += reader.stands ? reader.offsets.size() - reader.asked.size() : 0;
    }

    private List<Long> offsets(int attempt, String message) {
        return recording.events().stream()
                .filter(event -> event instanceof Event.Sent sent
                        && sent.attempt() == attempt
                        && sent.length() > 0
                        && sent.message().equals(message))
                .map(event -> ((Event.Sent) event).offset())
                .toList();
    }

    private long shakenAt(int attempt) {
        return recording.events().stream()
                .filter(event -> event instanceof Event.Observed observed
                        && observed.attempt() == attempt
                        && observed.observation() instanceof Observation.StageCompleted)
                .mapToLong(Event::atNanos)
                .max()
                .orElse(Long.MAX_VALUE);
    }

    private boolean gaveUp(int attempt) {
        return recording.events().stream()
                .anyMatch(event -> event instanceof Event.Ended ended
                        && ended.attempt() == attempt
                        && ended.outcome() instanceof Outcome.SilentAt);
    }

    /// A question that is under way.
    private record Question(int end, long silence, long atNanos, List<Integer> frames) {}

    /// Goes through the segments of one connection.
    private final class Reader {
        private final int attempt;
        private final List<Long> offsets;
        private final List<Long> goodbyes;
        private final boolean gaveUp;
        /// When the identifications, or all of a login, were done.
        private final long shakenAt;

        private final Set<Long> asked = new HashSet<>();
        private OptionalInt ourStart = OptionalInt.empty();
        private OptionalLong standsSince = OptionalLong.empty();
        private Optional<Seen> last = Optional.empty();
        private Optional<Decoded.Segment> server = Optional.empty();
        private Optional<Question> question = Optional.empty();
        private boolean stands;
        private boolean over;

        private Reader(int attempt, List<Long> offsets, List<Long> goodbyes, boolean gaveUp, long shakenAt) {
            this.attempt = attempt;
            this.offsets = offsets;
            this.goodbyes = goodbyes;
            this.gaveUp = gaveUp;
            this.shakenAt = shakenAt;
        }

        private void ours(Seen seen) {
            if (over) {
                return;
            }
            Decoded.Segment segment = seen.segment;
            if (segment.flags().syn()) {
                ourStart = OptionalInt.of(segment.nextSequence());
            }
            if (segment.flags().fin() || segment.flags().rst()) {
                over = question.isEmpty();
            }
            if (ourStart.isPresent() && segment.payloadLength() > 0) {
                long offset = Integer.toUnsignedLong(Sequence.distance(ourStart.getAsInt(), segment.sequence()));
                over |= goodbyes.contains(offset) && question.isEmpty();
                if (offsets.contains(offset)) {
                    question(seen, offset);
                }
            }
            last = Optional.of(seen);
        }

        private void question(Seen seen, long offset) {
            if (!asked.add(offset)) {
                question.filter(open -> open.end == seen.segment.nextSequence())
                        .ifPresent(open -> open.frames.add(seen.number));
                return;
            }
            List<Integer> frames = new ArrayList<>();
            last.ifPresent(before -> frames.add(before.number));
            frames.add(seen.number);
            long silence = seen.atNanos - last.map(Seen::atNanos).orElse(seen.atNanos);
            question = Optional.of(new Question(seen.segment.nextSequence(), silence, seen.atNanos, frames));
        }

        private void theirs(Seen seen) {
            Decoded.Segment segment = seen.segment;
            if (over) {
                return;
            }
            if (segment.flags().rst() || segment.flags().fin()) {
                ended(seen);
                return;
            }
            if (segment.flags().syn() && standsSince.isEmpty()) {
                standsSince = OptionalLong.of(seen.atNanos);
                stands = true;
            }
            if (question.isPresent() && Sequence.atMost(question.get().end, segment.acknowledgement())) {
                question.get().frames.add(seen.number);
                answered(Silence.End.ANSWERED, false);
            }
            if (stands && segment.payloadLength() > 0 && question.isEmpty()) {
                spoken(seen);
            }
            server = Optional.of(segment);
            last = Optional.of(seen);
        }

        /// A handshake has pauses too, so that only what comes behind it counts.
        private void spoken(Seen seen) {
            long silence = last.filter(before -> before.atNanos >= shakenAt)
                    .map(before -> seen.atNanos - before.atNanos)
                    .orElse(0L);
            if (silence >= LEAST_SPOKEN_NANOS) {
                all.add(silence(seen, silence, Silence.End.SPOKEN, true));
            }
        }

        private Silence silence(Seen seen, long nanos, Silence.End end, boolean own) {
            return new Silence(
                    attempt,
                    nanos,
                    seen.atNanos - standsSince.orElse(seen.atNanos),
                    seen.atNanos,
                    end,
                    own,
                    List.of(last.orElseThrow().number, seen.number));
        }

        private void ended(Seen seen) {
            over = true;
            boolean reset = seen.segment.flags().rst();
            if (!stands) {
                return;
            }
            if (question.isPresent() && reset) {
                question.get().frames.add(seen.number);
                answered(Silence.End.RESET_ON_QUESTION, continues(seen.segment));
            } else if (question.isEmpty() && last.isPresent()) {
                Silence.End end = reset ? Silence.End.RESET : Silence.End.FIN;
                all.add(silence(seen, seen.atNanos - last.get().atNanos, end, continues(seen.segment)));
            }
            question = Optional.empty();
        }

        /// Equal hop counts, and timestamps where the server had used them.
        private boolean continues(Decoded.Segment end) {
            return server.filter(before -> before.ip().ttl() == end.ip().ttl()
                            && before.options().timestamps().isPresent()
                                    == end.options().timestamps().isPresent())
                    .isPresent();
        }

        private void answered(Silence.End end, boolean own) {
            Question open = question.orElseThrow();
            question = Optional.empty();
            all.add(new Silence(
                    attempt,
                    open.silence,
                    open.atNanos - standsSince.orElse(open.atNanos),
                    open.atNanos,
                    end,
                    own,
                    open.frames));
        }

        private void end() {
            if (question.isPresent() && gaveUp && question.get().frames.size() > LEAST_COPIES + 1) {
                answered(Silence.End.UNANSWERED, false);
            }
        }
    }
}
