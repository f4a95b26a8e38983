package rstprobe.record;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import rstprobe.capture.Frame;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Overheard;
import rstprobe.ssh.Overheard.Side;
import rstprobe.ssh.Stage;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// Makes a recording of a conversation that others had, as if its client had been us.
///
/// A pure function of the frames. Everything that only a run of our own would know is absent: errors of the socket,
/// active tests, what this host's routes are.
public final class FromCapture {
    private static final int ATTEMPT = 1;

    /// Pieces of the server's that are kept as events although nothing followed from them.
    private static final int MOST_RECEIVED = 1_000;

    private static final int SAMPLE_BYTES = 256;
    private static final int NANOS_IN_MICRO = 1_000;
    private static final String UNKNOWN = "unknown";
    private static final String ABORTED = "ECONNABORTED";

    private final CapturedConversation captured;
    private final List<CapturedSegment> segments;
    private final CapturedEnd end;
    private final List<Event> events = new ArrayList<>();
    private final Overheard handshake = new Overheard();
    private final InOrder ours = new InOrder();
    private final InOrder theirs = new InOrder();
    private final ByteArrayOutputStream sample = new ByteArrayOutputStream();
    private Optional<Outcome> goodbye = Optional.empty();
    private boolean begunBefore;
    private boolean synSeen;
    private boolean answered;
    private boolean connected;
    private boolean theyTalked;
    private int received;

    private FromCapture(CapturedConversation captured) {
        this.captured = captured;
        this.segments = segments(captured);
        this.end = CapturedEnd.of(segments, captured.asked());
    }

    /// The recording of one conversation.
    public static Recording recording(CapturedConversation captured) {
        return new FromCapture(captured).recording();
    }

    private static List<CapturedSegment> segments(CapturedConversation captured) {
        List<CapturedSegment> segments = new ArrayList<>();
        Conversation conversation = captured.conversation();
        for (int i = 0; i < captured.frames().size(); i++) {
            Frame frame = captured.frames().get(i);
            if (captured.frames().decoded(i) instanceof Decoded.Segment segment
                    && conversation.holds(segment.source(), segment.destination())) {
                boolean sentByUs = conversation.isOurs(segment.source(), segment.destination());
                segments.add(new CapturedSegment(frame.number(), frame.atNanos(), sentByUs, segment));
            }
        }
        return segments;
    }

    private Recording recording() {
        long start = captured.frames().getFirst().atNanos();
        Conversation conversation = captured.conversation();
        events.add(new Event.Opened(
                start,
                ATTEMPT,
                Mode.TALK,
                conversation.ours().address().toString(),
                conversation.ours().port(),
                conversation.theirs().address().toString(),
                conversation.theirs().port()));
        boolean byReset =
                end.kind() == CapturedEnd.Kind.RESET_BY_CLIENT || end.kind() == CapturedEnd.Kind.RESET_BY_SERVER;
        events.add(new Event.Overheard(
                start, ATTEMPT, captured.client(), byReset ? end.frame() : OptionalInt.empty(), end.ignored()));
        play();
        return new Recording(
                start,
                Plan.of(
                        "",
                        conversation.theirs().address().toString(),
                        conversation.theirs().port()),
                new HostFacts(
                        captured.interfaceName().orElse(UNKNOWN),
                        conversation.ours().address().toString(),
                        0,
                        captured.system().orElse(UNKNOWN),
                        Optional.empty(),
                        false),
                conversation.theirs().address().toString(),
                events,
                captured.frames(),
                new Recording.CaptureFacts(captured.lost() + missing(), nanoseconds(), firstSyn(), 0));
    }

    /// The segments up to the one that ended it, and how they ended. Those behind it only show what is missing.
    private void play() {
        begunBefore = segments.isEmpty() || beganBefore(segments.getFirst().segment());
        if (begunBefore) {
            connected = true;
            events.add(new Event.Connected(captured.frames().getFirst().atNanos(), ATTEMPT));
        }
        boolean over = false;
        for (CapturedSegment part : segments) {
            if (!part.reset() && over) {
                part.feed(part.ours() ? ours : theirs);
            } else if (!part.reset()) {
                connect(part);
                feed(part);
            }
            if (end.is(part)) {
                ended(part.atNanos());
                over = true;
            }
        }
        if (!over) {
            ended(captured.frames().getLast().atNanos());
        }
    }

    /// A reset with number 0 answers a SYN (RFC 9293 section 3.5.2), seen or not.
    private static boolean beganBefore(Decoded.Segment first) {
        boolean refuses = first.flags().rst() && first.flags().ack() && first.sequence() == 0;
        return !first.flags().syn() && !refuses;
    }

    private void connect(CapturedSegment part) {
        boolean syn = part.segment().flags().syn();
        synSeen |= syn && part.ours();
        answered |= syn && !part.ours();
        boolean stands = answered ? part.ours() && !syn : !syn;
        if (!connected && stands) {
            connected = true;
            events.add(new Event.Connected(part.atNanos(), ATTEMPT));
        }
    }

    private void feed(CapturedSegment part) {
        if (begunBefore && !handshake.clientSpeaksSsh() && !theyTalked && startsLate(part)) {
            handshake.lost(Side.CLIENT);
            handshake.lost(Side.SERVER);
        }
        InOrder stream = part.ours() ? ours : theirs;
        for (InOrder.Piece piece : part.feed(stream)) {
            piece(part.ours() ? Side.CLIENT : Side.SERVER, piece, part.atNanos());
        }
    }

    /// Of a connection whose beginning is missing only one that begins with an identification can be read.
    private static boolean startsLate(CapturedSegment part) {
        byte[] payload = part.segment().payload().upTo(4).toBytes();
        return payload.length > 0 && !new String(payload, StandardCharsets.US_ASCII).equals("SSH-");
    }

    private void piece(Side side, InOrder.Piece piece, long atNanos) {
        if (piece.behindHole()) {
            handshake.lost(side);
        }
        Overheard.Heard heard = handshake.on(side, piece.bytes(), piece.whole(), atNanos);
        if (side == Side.SERVER) {
            theyTalked = true;
            sample.write(piece.bytes(), 0, Math.min(piece.bytes().length, SAMPLE_BYTES - sample.size()));
            received++;
            if (received <= MOST_RECEIVED || !heard.observations().isEmpty()) {
                events.add(new Event.Received(atNanos, ATTEMPT, piece.offset(), piece.bytes().length));
            }
        }
        for (Overheard.Said said : heard.said()) {
            events.add(new Event.Sent(atNanos, ATTEMPT, said.name(), said.stage(), said.offset(), said.length()));
        }
        for (Observation seen : heard.observations()) {
            observed(seen, atNanos);
        }
    }

    private void observed(Observation seen, long atNanos) {
        events.add(new Event.Observed(atNanos, ATTEMPT, seen));
        if (seen instanceof Observation.Disconnected(int reason, byte[] text)) {
            goodbye = Optional.of(new Outcome.DisconnectedAt(handshake.stage(), reason, text));
        }
    }

    private void ended(long atNanos) {
        handshake.end().forEach(seen -> observed(seen, atNanos));
        switch (end.kind()) {
            case RESET_BY_SERVER -> {
                if (connected) {
                    over(atNanos, new Outcome.ResetAt(stage()));
                } else {
                    events.add(new Event.ConnectFailed(
                            atNanos, ATTEMPT, answered ? "ECONNRESET" : "ECONNREFUSED", List.of()));
                }
            }
            case RESET_BY_CLIENT -> over(atNanos, new Outcome.LocallyFailed(stage(), ABORTED));
            case FIN_BY_SERVER -> over(atNanos, said().orElseGet(() -> new Outcome.ClosedAt(stage())));
            case FIN_BY_CLIENT -> over(atNanos, said().orElseGet(() -> new Outcome.LocallyFailed(stage(), ABORTED)));
            case SILENCE, NONE -> open(atNanos);
        }
    }

    /// What was said in clear explains an orderly close better than the close does.
    private Optional<Outcome> said() {
        return goodbye.or(handshake::apart)
                .or(() -> handshake.clientSpeaksSsh()
                        ? handshake.otherProtocol().map(name -> new Outcome.NotSsh(name, sample.toByteArray()))
                        : Optional.empty());
    }

    private void open(long atNanos) {
        boolean refused = segments.size() < captured.frames().size();
        if (!connected && synSeen && !answered) {
            events.add(
                    refused
                            ? new Event.ConnectFailed(atNanos, ATTEMPT, "EHOSTUNREACH", List.of())
                            : new Event.ConnectSilent(atNanos, ATTEMPT));
        } else if (end.kind() == CapturedEnd.Kind.SILENCE) {
            over(atNanos, new Outcome.SilentAt(stage()));
        }
    }

    private void over(long atNanos, Outcome outcome) {
        events.add(new Event.Ended(atNanos, ATTEMPT, outcome));
    }

    /// Where both sides speak something else, or the beginning is missing, the stages of SSH are past.
    private Stage stage() {
        if (!connected) {
            return Stage.CONNECT;
        }
        boolean past = handshake.foreign() || begunBefore && !handshake.clientSpeaksSsh();
        return past && (theyTalked || begunBefore) ? Stage.SESSION : handshake.stage();
    }

    private OptionalInt firstSyn() {
        return segments.stream()
                .filter(part -> part.ours()
                        && part.segment().flags().syn()
                        && !part.segment().flags().ack())
                .mapToInt(CapturedSegment::frame)
                .findFirst();
    }

    /// Segments that the conversation itself shows to be missing: holes, and acknowledgements of what was never
    /// seen.
    private int missing() {
        ours.rest();
        theirs.rest();
        return ours.holes() + theirs.holes() + unseen(ours, false) + unseen(theirs, true);
    }

    private int unseen(InOrder stream, boolean acknowledgedByUs) {
        if (stream.next().isEmpty()) {
            return 0;
        }
        int limit = Sequence.plus(stream.next().getAsInt(), 1);
        for (CapturedSegment part : segments) {
            if (part.ours() == acknowledgedByUs
                    && !part.reset()
                    && part.segment().flags().ack()
                    && Sequence.before(limit, part.segment().acknowledgement())) {
                return 1;
            }
        }
        return 0;
    }

    private boolean nanoseconds() {
        return captured.frames().stream().anyMatch(frame -> frame.atNanos() % NANOS_IN_MICRO != 0);
    }
}
