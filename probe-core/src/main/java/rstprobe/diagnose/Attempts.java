package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import rstprobe.capture.Frame;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Quoted;

/// Puts a recording's events and frames together, attempt by attempt.
final class Attempts {
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
        byAttempt.forEach((number, events) -> events.stream()
                .filter(Event.Opened.class::isInstance)
                .map(Event.Opened.class::cast)
                .findFirst()
                .ifPresent(opened -> openings.add(new Opening(number, opened, conversation(opened), events))));
        sortFrames(recording.frames(), openings);
        return openings.stream().map(Opening::attempt).toList();
    }

    private static Optional<Integer> numberOf(Event event) {
        return switch (event) {
            case Event.Opened opened -> Optional.of(opened.attempt());
            case Event.Connected connected -> Optional.of(connected.attempt());
            case Event.ConnectFailed failed -> Optional.of(failed.attempt());
            case Event.ConnectSilent silent -> Optional.of(silent.attempt());
            case Event.Sent sent -> Optional.of(sent.attempt());
            case Event.Received received -> Optional.of(received.attempt());
            case Event.Observed observed -> Optional.of(observed.attempt());
            case Event.Ended ended -> Optional.of(ended.attempt());
            case Event.Interrupted _, Event.Mistaken _ -> Optional.empty();
        };
    }

    private static Conversation conversation(Event.Opened opened) {
        return new Conversation(
                new Endpoint(IpAddress.parse(opened.local()), opened.localPort()),
                new Endpoint(IpAddress.parse(opened.remote()), opened.remotePort()));
    }

    private static void sortFrames(List<Frame> frames, List<Opening> openings) {
        for (Frame frame : frames) {
            switch (Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength())) {
                case Decoded.Segment segment ->
                    openings.stream()
                            .filter(opening -> opening.conversation.holds(segment.source(), segment.destination()))
                            .forEach(opening -> opening.add(frame, segment));
                case Decoded.IcmpError error ->
                    openings.stream()
                            .filter(opening -> error.quoted() instanceof Quoted.Tcp quoted
                                    && opening.conversation.isOurs(quoted.source(), quoted.destination()))
                            .forEach(opening ->
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

    /// An attempt whose frames are still being collected.
    private static final class Opening {
        private final int number;
        private final Event.Opened opened;
        private final Conversation conversation;
        private final List<Event> events;
        private final List<Seen> segments = new ArrayList<>();
        private final List<Complaint> complaints = new ArrayList<>();

        private Opening(int number, Event.Opened opened, Conversation conversation, List<Event> events) {
            this.number = number;
            this.opened = opened;
            this.conversation = conversation;
            this.events = events;
        }

        private void add(Frame frame, Decoded.Segment segment) {
            boolean ours = conversation.isOurs(segment.source(), segment.destination());
            segments.add(new Seen(frame.number(), frame.atNanos(), ours, segment));
        }

        private Attempt attempt() {
            return new Attempt(
                    number,
                    opened.mode(),
                    conversation,
                    List.copyOf(events),
                    List.copyOf(segments),
                    List.copyOf(complaints),
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
                    case Event.Opened _,
                            Event.Connected _,
                            Event.Sent _,
                            Event.Received _,
                            Event.Observed _,
                            Event.Interrupted _,
                            Event.Mistaken _ -> {}
                }
            }
            return new Ending.Unfinished();
        }
    }
}
