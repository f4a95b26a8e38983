package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;
import rstprobe.capture.Frame;
import rstprobe.record.DecodedFrames;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.Quoted;
import rstprobe.wire.Sequence;

/// Puts a recording's events and frames together, attempt by attempt.
final class Attempts {
    /// No handshake sends more; what an ICMP error quotes beyond that was not ours.
    private static final int MOST_SENT = 1 << 20;

    private Attempts() {}

    static List<Attempt> of(Recording recording) {
        Map<Integer, List<Event>> byAttempt = new TreeMap<>();
        for (Event event : recording.events()) {
            numberOf(event)
                    .ifPresent(number -> byAttempt
                            .computeIfAbsent(number, _ -> new ArrayList<>())
                            .add(event));
        }
        List<Opening> openings = new ArrayList<>();
        Translation translation = Translation.in(recording);
        byAttempt.forEach((number, events) -> Event.ofKind(Event.Opened.class, events).stream()
                .findFirst()
                .ifPresent(opened -> openings.add(new Opening(number, opened, translation.onTheWire(opened), events))));
        sortFrames(recording.frames(), openings);
        boolean whole = recording.capture().dropped() == 0;
        boolean steady = !recording.capture().clockWasSet();
        List<Probing> probings = Probings.of(recording);
        return openings.stream()
                .map(opening -> opening.attempt(whole, steady, firstCrafted(probings, opening.conversation)))
                .toList();
    }

    /// The first frame of a conversation that is a crafted one: what follows is a test about it, and no
    /// part of it.
    private static int firstCrafted(List<Probing> probings, Conversation conversation) {
        return probings.stream()
                .filter(probing -> probing.flow().equals(conversation))
                .mapToInt(Probing::frame)
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private static Optional<Integer> numberOf(Event event) {
        return event instanceof Event.OfAttempt of ? Optional.of(of.attempt()) : Optional.empty();
    }

    private static void sortFrames(DecodedFrames frames, List<Opening> openings) {
        for (int i = 0; i < frames.size(); i++) {
            Frame frame = frames.get(i);
            switch (frames.decoded(i)) {
                case Decoded.Segment segment -> add(frame, segment, openings);
                case Decoded.IcmpError error ->
                    owner(
                                    openings,
                                    opening -> error.quoted() instanceof Quoted.Tcp quoted
                                            && opening.conversation.isOurs(quoted.source(), quoted.destination()),
                                    opening -> error.quoted() instanceof Quoted.Tcp quoted && opening.sent(quoted))
                            .ifPresent(opening ->
                                    opening.complaints.add(new Complaint(frame.number(), frame.atNanos(), error)));
                case Decoded.UdpDatagram _,
                        Decoded.IcmpEcho _,
                        Decoded.OtherDatagram _,
                        Decoded.Fragment _,
                        Decoded.NotIp _,
                        Decoded.UnknownLink _,
                        Decoded.Malformed _,
                        Decoded.Cut _ -> {}
            }
        }
    }

    /// Puts a segment where it belongs, as [#owner] has it.
    private static void add(Frame frame, Decoded.Segment segment, List<Opening> openings) {
        Endpoint source = segment.source();
        Endpoint destination = segment.destination();
        for (Opening opening : openings) {
            boolean ours = opening.conversation.isOurs(source, destination);
            if ((ours || opening.conversation.isTheirs(source, destination)) && opening.mayHold(segment, ours)) {
                opening.segments.add(new Seen(frame.number(), frame.atNanos(), ours, segment));
                return;
            }
        }
    }

    /// The attempt a frame belongs to. Two attempts may have had the same ports, one after the other:
    /// then a new SYN of ours begins the next.
    private static Optional<Opening> owner(
            List<Opening> openings, Predicate<Opening> sameConversation, Predicate<Opening> fits) {
        for (Opening opening : openings) {
            if (sameConversation.test(opening) && fits.test(opening)) {
                return Optional.of(opening);
            }
        }
        return Optional.empty();
    }

    /// An attempt whose frames are still being collected.
    private static final class Opening {
        private final int number;
        private final Event.Opened opened;
        private final Conversation conversation;
        private final List<Event> events;
        private final List<Seen> segments = new ArrayList<>();
        private final List<Complaint> complaints = new ArrayList<>();
        private OptionalInt firstSequence = OptionalInt.empty();
        private boolean over;

        private Opening(int number, Event.Opened opened, Conversation conversation, List<Event> events) {
            this.number = number;
            this.opened = opened;
            this.conversation = conversation;
            this.events = events;
        }

        /// False from the SYN of a later attempt with the same ports on.
        private boolean mayHold(Decoded.Segment segment, boolean ours) {
            boolean opens = ours && segment.flags().syn() && !segment.flags().ack();
            if (opens && firstSequence.isPresent() && firstSequence.getAsInt() != segment.sequence()) {
                over = true;
            }
            if (opens && firstSequence.isEmpty()) {
                firstSequence = OptionalInt.of(segment.sequence());
            }
            return !over;
        }

        /// True where a quoted segment can be ours: at or behind our SYN, as far as a window reaches.
        private boolean sent(Quoted.Tcp quoted) {
            return firstSequence.isEmpty() || Sequence.within(quoted.sequence(), firstSequence.getAsInt(), MOST_SENT);
        }

        private Attempt attempt(boolean whole, boolean steady, int firstCrafted) {
            return new Attempt(
                    number,
                    opened.mode(),
                    conversation,
                    List.copyOf(events),
                    segments.stream()
                            .filter(seen -> seen.frame() < firstCrafted)
                            .toList(),
                    List.copyOf(complaints),
                    whole,
                    steady,
                    ending());
        }

        private Ending ending() {
            for (Event event : events) {
                switch (event) {
                    case Event.ConnectFailed failed -> {
                        return new Ending.NotConnected(failed.errno(), failed.icmp());
                    }
                    case Event.ConnectSilent _ -> {
                        return new Ending.NoAnswer();
                    }
                    case Event.Ended ended -> {
                        return new Ending.Handshake(ended.outcome());
                    }
                    case Event.Connected _,
                            Event.Opened _,
                            Event.Narrowed _,
                            Event.Sent _,
                            Event.Received _,
                            Event.Observed _,
                            Event.Overheard _,
                            Event.OfRun _ -> {}
                }
            }
            return new Ending.Unfinished();
        }
    }
}
