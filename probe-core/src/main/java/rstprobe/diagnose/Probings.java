package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.capture.Frame;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Quoted;
import rstprobe.wire.Slice;

/// Finds the frames of the crafted packets in a recording, and their answers.
///
/// Answers carry no mark of the packet that drew them, but packets of one flow leave one after another, so
/// what comes between two belongs to the first. An ICMP error tells exactly, however late it comes: over IPv4 it
/// quotes the identification, over IPv6 the window.
final class Probings {
    private final List<Open> open = new ArrayList<>();

    private Probings(List<Event.Probed> events) {
        events.forEach(event -> open.add(new Open(event)));
    }

    /// Every crafted packet whose frame was captured, in order.
    static List<Probing> of(Recording recording) {
        List<Event.Probed> events = recording.events(Event.Probed.class);
        if (events.isEmpty()) {
            return List.of();
        }
        Probings probings = new Probings(events);
        for (int i = 0; i < recording.frames().size(); i++) {
            probings.take(recording.frames().get(i), recording.frames().decoded(i));
        }
        return probings.open.stream()
                .filter(probing -> probing.frame > 0)
                .map(Open::probing)
                .toList();
    }

    private void take(Frame frame, Decoded decoded) {
        switch (decoded) {
            case Decoded.Segment segment -> segment(frame, segment);
            case Decoded.IcmpError error -> complaint(frame, error);
            case Decoded.IcmpEcho echo -> echo(frame, echo);
            case Decoded.UdpDatagram _,
                    Decoded.OtherDatagram _,
                    Decoded.Fragment _,
                    Decoded.NotIp _,
                    Decoded.UnknownLink _,
                    Decoded.Malformed _,
                    Decoded.Cut _ -> {}
        }
    }

    private void segment(Frame frame, Decoded.Segment segment) {
        Optional<Open> ours = open.stream()
                .filter(probing -> probing.frame == 0 && probing.sentAs(segment))
                .findFirst();
        if (ours.isPresent()) {
            ours.get().sawIn(frame);
            ours.get().said = segment.payload();
            return;
        }
        lastSent(probing -> probing.flow.isTheirs(segment.source(), segment.destination()))
                .ifPresent(probing -> probing.answers.add(new Seen(frame.number(), frame.atNanos(), false, segment)));
    }

    private void complaint(Frame frame, Decoded.IcmpError error) {
        if (!(error.quoted() instanceof Quoted.Tcp quoted)) {
            return;
        }
        lastSent(probing -> probing.isQuotedBy(quoted))
                .ifPresent(probing -> probing.complaints.add(new Complaint(frame.number(), frame.atNanos(), error)));
    }

    private void echo(Frame frame, Decoded.IcmpEcho echo) {
        for (Open probing : open) {
            boolean same = probing.event.part() == ActiveTest.Part.ECHO
                    && probing.event.localPort() == echo.identifier()
                    && probing.event.remotePort() == echo.sequence();
            if (same && echo.request()) {
                probing.sawIn(frame);
            } else if (same && probing.echo.isEmpty()) {
                probing.echo = Optional.of(new Probing.Echoed(frame.number(), echo));
            }
        }
    }

    private Optional<Open> lastSent(java.util.function.Predicate<Open> wanted) {
        return open.stream()
                .filter(probing -> probing.frame > 0 && probing.event.part() != ActiveTest.Part.ECHO)
                .filter(wanted)
                .reduce((_, last) -> last);
    }

    /// A crafted packet whose answers are still being collected.
    private static final class Open {
        private final Event.Probed event;
        private final Conversation flow;
        private final List<Seen> answers = new ArrayList<>();
        private final List<Complaint> complaints = new ArrayList<>();
        private Optional<Probing.Echoed> echo = Optional.empty();
        private Slice said = Slice.EMPTY;
        private int frame;
        private long atNanos;

        private Open(Event.Probed event) {
            this.event = event;
            this.flow = new Conversation(
                    new Endpoint(IpAddress.parse(event.local()), event.localPort()),
                    new Endpoint(IpAddress.parse(event.remote()), event.remotePort()));
        }

        private void sawIn(Frame seen) {
            frame = seen.number();
            atNanos = seen.atNanos();
        }

        private boolean sentAs(Decoded.Segment segment) {
            return event.part() != ActiveTest.Part.ECHO
                    && flow.isOurs(segment.source(), segment.destination())
                    && segment.ip().ttl() == event.ttl()
                    && segment.window() == event.window()
                    && segment.sequence() == event.sequence()
                    && segment.acknowledgement() == event.acknowledgement()
                    && (segment.ip().isV6() || segment.ip().identification().orElse(0) == event.identification());
        }

        private boolean isQuotedBy(Quoted.Tcp quoted) {
            return flow.isOurs(quoted.source(), quoted.destination())
                    && (quoted.ip().isV6()
                            ? quoted.segment()
                                    .filter(segment -> segment.window() == event.window())
                                    .isPresent()
                            : event.identification()
                                    == quoted.ip().identification().orElse(0));
        }

        private Probing probing() {
            return new Probing(event, frame, atNanos, said, List.copyOf(answers), List.copyOf(complaints), echo);
        }
    }
}
