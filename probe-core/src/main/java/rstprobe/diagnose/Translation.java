package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// Finds the frames of a connection whose addresses or ports this host's own translation changes on the way
/// out: the socket knows one 4-tuple, the wire another.
///
/// Nothing of the socket is written into a frame, so the conversation is named by exclusion: no SYN has the
/// socket's own 4-tuple, and while the socket was connecting exactly one other conversation with that port
/// began, with the type of service that we ask for. Where two did, none is taken.
final class Translation {

    private final Recording recording;
    private final List<Opening> openings = new ArrayList<>();
    private final Set<Conversation> taken = new HashSet<>();

    private record Opening(long atNanos, int tos, Conversation conversation) {}

    private Translation(Recording recording) {
        this.recording = recording;
        for (int i = 0; i < recording.frames().size(); i++) {
            Frame frame = recording.frames().get(i);
            if (recording.frames().decoded(i) instanceof Decoded.Segment segment
                    && segment.flags().syn()
                    && !segment.flags().ack()) {
                openings.add(new Opening(
                        frame.atNanos(),
                        segment.ip().tos(),
                        new Conversation(segment.source(), segment.destination())));
            }
        }
        for (Event event : recording.events()) {
            if (event instanceof Event.Opened opened) {
                taken.add(socket(opened));
            } else if (event instanceof Event.Probed probed) {
                taken.add(new Conversation(
                        new Endpoint(IpAddress.parse(probed.local()), probed.localPort()),
                        new Endpoint(IpAddress.parse(probed.remote()), probed.remotePort())));
            }
        }
    }

    static Translation in(Recording recording) {
        return new Translation(recording);
    }

    /// The 4-tuple that a socket knows.
    static Conversation socket(Event.Opened opened) {
        return new Conversation(
                new Endpoint(IpAddress.parse(opened.local()), opened.localPort()),
                new Endpoint(IpAddress.parse(opened.remote()), opened.remotePort()));
    }

    /// The conversation of an attempt as the wire has it.
    Conversation onTheWire(Event.Opened opened) {
        Conversation socket = socket(opened);
        boolean plain = openings.stream().anyMatch(opening -> opening.conversation.equals(socket));
        if (plain || recording.capture().clockWasSet()) {
            return socket;
        }
        long from = before(opened);
        long until = connected(opened);
        List<Conversation> others = openings.stream()
                .filter(opening -> opening.atNanos >= from && opening.atNanos <= until)
                .filter(opening ->
                        (opening.tos & TypeOfService.DSCP) == (recording.plan().typeOfService() & TypeOfService.DSCP))
                .map(Opening::conversation)
                .filter(other -> other.theirs().equals(socket.theirs()) && !taken.contains(other))
                .distinct()
                .toList();
        if (others.size() != 1) {
            return socket;
        }
        taken.add(others.getFirst());
        return others.getFirst();
    }

    /// When the last thing before this attempt happened.
    private long before(Event.Opened opened) {
        long last = recording.startedNanos();
        for (Event event : recording.events()) {
            if (event.equals(opened)) {
                return last;
            }
            last = event.atNanos();
        }
        return last;
    }

    /// When connecting was over, in one way or another.
    private long connected(Event.Opened opened) {
        return recording.events().stream()
                .filter(event -> event instanceof Event.ConnectEnded ended && ended.attempt() == opened.attempt())
                .mapToLong(Event::atNanos)
                .findFirst()
                .orElse(opened.atNanos());
    }

    /// True where the wire has another 4-tuple than the socket.
    static boolean changed(Attempt attempt) {
        return socket(attempt)
                .filter(known -> !known.equals(attempt.conversation()))
                .isPresent();
    }

    private static Optional<Conversation> socket(Attempt attempt) {
        return attempt.events(Event.Opened.class).stream()
                .map(Translation::socket)
                .findFirst();
    }

    /// What is told of it.
    static Optional<Fact> told(Attempt attempt) {
        return socket(attempt)
                .filter(known -> !known.equals(attempt.conversation()))
                .map(known -> Fact.told(
                        "translated-on-this-host",
                        Family.SOCKET,
                        attempt.syn().map(Seen::frame).stream().toList(),
                        "this host translates its own connections: our socket is " + known.ours() + ", the wire has "
                                + attempt.conversation().ours()));
    }
}
