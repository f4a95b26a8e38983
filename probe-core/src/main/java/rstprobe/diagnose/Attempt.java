package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import rstprobe.record.Event;
import rstprobe.record.Mode;
import rstprobe.ssh.Observation;
import rstprobe.wire.Conversation;
import rstprobe.wire.Sequence;

/// One TCP connection of ours, its events and its frames side by side. It never changes; what many rules ask of it is
/// looked for once.
final class Attempt {
    private final int number;
    private final Mode mode;
    private final Conversation conversation;
    private final List<Event> events;
    private final List<Seen> segments;
    private final List<Complaint> complaints;
    private final boolean whole;
    private final boolean steady;
    private final Ending ending;
    private final Late<Optional<Seen>> syn = Late.of(this::firstSyn);
    private final Late<Optional<Seen>> synAck = Late.of(this::firstSynAck);
    private final Late<List<Seen>> resets = Late.of(this::allResets);
    private final Late<Optional<Seen>> reset = Late.of(this::endingReset);
    private final Late<Optional<Seen>> fin = Late.of(this::endingFin);
    private final Late<List<Observation>> observations = Late.of(this::allObservations);
    private final Late<Optional<Event.Overheard>> overheard = Late.of(this::ofOthers);
    private final Late<Optional<ServerTexts.Refusal>> refusal = Late.of(() -> ServerTexts.refusal(this));
    private final Late<OptionalLong> handshakeNanos = Late.of(() -> RoundTrips.measured(this));
    private Optional<Known> known = Optional.empty();

    /// What both ends looked like before a frame; of the frame that was asked about last.
    private record Known(int frame, Baseline baseline) {}

    /// @param segments   every captured segment of its conversation, in order
    /// @param complaints every captured ICMP error about it, in order
    /// @param whole      true where the capture lost nothing, so that what is not in it was not there
    /// @param steady     true where nobody set the wall clock meanwhile, so that times between frames are times
    Attempt(
            int number,
            Mode mode,
            Conversation conversation,
            List<Event> events,
            List<Seen> segments,
            List<Complaint> complaints,
            boolean whole,
            boolean steady,
            Ending ending) {
        this.number = number;
        this.mode = mode;
        this.conversation = conversation;
        this.events = List.copyOf(events);
        this.segments = List.copyOf(segments);
        this.complaints = List.copyOf(complaints);
        this.whole = whole;
        this.steady = steady;
        this.ending = ending;
    }

    int number() {
        return number;
    }

    Mode mode() {
        return mode;
    }

    Conversation conversation() {
        return conversation;
    }

    List<Event> events() {
        return events;
    }

    /// Those of one kind, in order.
    <T extends Event> List<T> events(Class<T> kind) {
        return Event.ofKind(kind, events);
    }

    List<Seen> segments() {
        return segments;
    }

    List<Complaint> complaints() {
        return complaints;
    }

    boolean whole() {
        return whole;
    }

    boolean steady() {
        return steady;
    }

    Ending ending() {
        return ending;
    }

    /// Everything the handshake understood, in order.
    <T extends Observation> Stream<T> observed(Class<T> kind) {
        return observations.get().stream().filter(kind::isInstance).map(kind::cast);
    }

    private List<Observation> allObservations() {
        return events(Event.Observed.class).stream()
                .map(Event.Observed::observation)
                .toList();
    }

    /// Our first SYN on the wire.
    Optional<Seen> syn() {
        return syn.get();
    }

    private Optional<Seen> firstSyn() {
        return first(seen -> seen.ours() && seen.segment().flags().syn());
    }

    /// Their first answer to the SYN that opens the connection.
    Optional<Seen> synAck() {
        return synAck.get();
    }

    private Optional<Seen> firstSynAck() {
        return first(seen -> !seen.ours()
                && seen.segment().flags().syn()
                && seen.segment().flags().ack()
                && !seen.reset());
    }

    /// The reset that ended it: the first that claims to come from them and that our TCP accepts, which
    /// is one at the very number it waits for (RFC 5961 section 3.2), or to a SYN one that acknowledges
    /// it (RFC 9293 section 3.5.2). Where the capture shows none such, the first of them all. Where a
    /// reset of somebody else's connection was asked about, that one.
    Optional<Seen> reset() {
        return reset.get();
    }

    private Optional<Seen> endingReset() {
        OptionalInt named = overheard().map(Event.Overheard::reset).orElse(OptionalInt.empty());
        return resets().stream()
                .filter(seen -> named.isPresent() && named.getAsInt() == seen.frame())
                .findFirst()
                .or(this::accepted)
                .or(() -> resets().stream().findFirst());
    }

    /// What is known of a connection that was not ours but a capture's.
    Optional<Event.Overheard> overheard() {
        return overheard.get();
    }

    private Optional<Event.Overheard> ofOthers() {
        return events(Event.Overheard.class).stream().findFirst();
    }

    /// The same connection from the other side: what was ours is theirs.
    Attempt mirrored() {
        return new Attempt(
                number,
                mode,
                conversation.reversed(),
                events,
                segments.stream()
                        .map(seen -> new Seen(seen.frame(), seen.atNanos(), !seen.ours(), seen.segment()))
                        .toList(),
                complaints,
                whole,
                steady,
                ending);
    }

    /// Every reset that claims to come from them.
    List<Seen> resets() {
        return resets.get();
    }

    /// The text with which the server refused it; empty where there was none.
    Optional<ServerTexts.Refusal> refusal() {
        return refusal.get();
    }

    /// From our SYN to the SYN-ACK, as [RoundTrips#handshake] has it.
    OptionalLong handshakeNanos() {
        return handshakeNanos.get();
    }

    /// What both ends looked like before a segment.
    Baseline before(Seen seen) {
        Known last = known.filter(before -> before.frame == seen.frame())
                .orElseGet(() -> new Known(seen.frame(), Baseline.of(this, seen)));
        known = Optional.of(last);
        return last.baseline;
    }

    private List<Seen> allResets() {
        List<Seen> found = new ArrayList<>();
        for (Seen seen : segments) {
            if (!seen.ours() && seen.reset()) {
                found.add(seen);
            }
        }
        return List.copyOf(found);
    }

    private Optional<Seen> accepted() {
        return firstOfTheirs((seen, awaited) -> seen.reset()
                && (awaited.isEmpty() ? answersSyn(seen) : seen.segment().sequence() == awaited.getAsInt()));
    }

    /// The first of their segments of which that is so, given the sequence number that our TCP waits for when it
    /// comes; empty before their SYN-ACK. One pass, since a stranger decides how many segments there are.
    private Optional<Seen> firstOfTheirs(BiPredicate<Seen, OptionalInt> wanted) {
        Optional<Seen> synAck = synAck();
        int first = synAck.map(seen -> seen.segment().nextSequence()).orElse(0);
        int awaited = first;
        PriorityQueue<Seen> ahead = new PriorityQueue<>(Comparator.comparingInt(
                seen -> Sequence.distance(first, seen.segment().sequence())));
        for (Seen seen : segments) {
            boolean opened = synAck.isPresent() && seen.frame() > synAck.get().frame();
            if (!seen.ours() && wanted.test(seen, opened ? OptionalInt.of(awaited) : OptionalInt.empty())) {
                return Optional.of(seen);
            }
            if (synAck.isPresent() && seen.genuine()) {
                ahead.add(seen);
            }
            while (!ahead.isEmpty() && Sequence.atMost(ahead.peek().segment().sequence(), awaited)) {
                int end = ahead.remove().segment().nextSequence();
                awaited = Sequence.before(awaited, end) ? end : awaited;
            }
        }
        return Optional.empty();
    }

    private boolean answersSyn(Seen reset) {
        return reset.segment().flags().ack()
                && syn().filter(syn ->
                                syn.segment().nextSequence() == reset.segment().acknowledgement())
                        .isPresent();
    }

    /// Their FIN: the first that our TCP takes, which is one at the very number it waits for; where the
    /// capture shows none such, the first of them all.
    Optional<Seen> fin() {
        return fin.get();
    }

    private Optional<Seen> endingFin() {
        return firstOfTheirs(Attempt::isTakenFin)
                .or(() -> first(seen -> !seen.ours() && seen.segment().flags().fin()));
    }

    private static boolean isTakenFin(Seen seen, OptionalInt awaited) {
        return seen.segment().flags().fin()
                && awaited.isPresent()
                && Sequence.atMost(seen.segment().sequence(), awaited.getAsInt())
                && Sequence.before(awaited.getAsInt(), seen.segment().nextSequence());
    }

    Optional<Seen> first(Predicate<Seen> wanted) {
        for (Seen seen : segments) {
            if (wanted.test(seen)) {
                return Optional.of(seen);
            }
        }
        return Optional.empty();
    }

    /// How many bytes of ours had been sent when this frame was seen; empty where the SYN was not
    /// captured.
    OptionalInt bytesSentBefore(Seen seen) {
        Optional<Seen> syn = syn();
        if (syn.isEmpty()) {
            return OptionalInt.empty();
        }
        int first = Sequence.plus(syn.get().segment().sequence(), 1);
        int most = Integer.MIN_VALUE;
        for (Seen own : segments) {
            int length = own.segment().payloadLength();
            if (own.ours() && !own.reset() && own.frame() < seen.frame() && length > 0) {
                int end = Sequence.plus(own.segment().sequence(), length);
                most = Math.max(most, Sequence.distance(first, end));
            }
        }
        return OptionalInt.of(most == Integer.MIN_VALUE ? 0 : most);
    }

    /// Whether a message of ours ends there.
    boolean messageEndsAt(int streamOffset) {
        return events(Event.Sent.class).stream().anyMatch(sent -> sent.offset() + sent.length() == streamOffset);
    }

    /// The message of ours that holds the byte before `streamOffset`, with the byte counted inside it.
    Optional<Trigger> messageAt(int streamOffset) {
        return events(Event.Sent.class).stream()
                .filter(sent -> sent.offset() < streamOffset && streamOffset <= sent.offset() + sent.length())
                .map(sent -> new Trigger(sent.message(), (int) (streamOffset - sent.offset())))
                .findFirst();
    }
}
