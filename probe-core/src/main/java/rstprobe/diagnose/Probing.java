package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;
import rstprobe.wire.Sequence;
import rstprobe.wire.Slice;

/// A crafted packet of ours with its frame, and what came of it until the next one of its flow left.
///
/// @param event      what was sent
/// @param frame      the number of its frame
/// @param atNanos    when that passed the tap, on the clock of what came back
/// @param said       the bytes of the stream it carried
/// @param answers    segments of the other end
/// @param complaints ICMP errors about it
/// @param echo       the frame and datagram of an echo reply
record Probing(
        Event.Probed event,
        int frame,
        long atNanos,
        Slice said,
        List<Seen> answers,
        List<Complaint> complaints,
        Optional<Echoed> echo) {

    /// An echo reply.
    record Echoed(int frame, Decoded.IcmpEcho reply) {}

    /// The conversation it belongs to.
    Conversation flow() {
        return new Conversation(
                new Endpoint(IpAddress.parse(event.local()), event.localPort()),
                new Endpoint(IpAddress.parse(event.remote()), event.remotePort()));
    }

    boolean is(ActiveTest test, ActiveTest.Part part) {
        return event.test() == test && event.part() == part;
    }

    /// The reset it drew.
    Optional<Seen> reset() {
        return first(Seen::reset);
    }

    /// The first answer of a socket: no reset, and no SYN-ACK, which answers another question.
    Optional<Seen> live() {
        return first(answer -> !answer.reset() && !answer.segment().flags().syn());
    }

    /// Whether the other end acknowledged everything it carried.
    boolean delivered() {
        int end = Sequence.plus(event.sequence(), said.length());
        return answers.stream()
                .filter(answer -> !answer.reset() && answer.segment().flags().ack())
                .anyMatch(answer -> Sequence.atMost(end, answer.segment().acknowledgement()));
    }

    private Optional<Seen> first(Predicate<Seen> wanted) {
        return answers.stream().filter(wanted).findFirst();
    }

    /// The hop that says its TTL ran out there.
    Optional<Complaint> expired() {
        return complaints.stream()
                .filter(complaint -> complaint.error().isTimeExceeded())
                .findFirst();
    }
}
