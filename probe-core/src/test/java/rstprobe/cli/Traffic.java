package rstprobe.cli;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.ssh.Outcome;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.IpAddress;

/// The TCP segments of a recording's own connections as they were captured, and its events. What else is captured are
/// the last words of connections from the test before.
///
/// @param segments in order of capture
record Traffic(Recording recording, List<Seen> segments) {

    /// One segment.
    ///
    /// @param offset where its bytes start in its sender's stream, from 0; only for the first connection
    record Seen(int frame, long atNanos, boolean ours, Decoded.Segment segment, int offset) {
        int length() {
            return segment.payloadLength();
        }
    }

    static Traffic of(Recording recording) {
        Set<Integer> ports = recording.events().stream()
                .filter(Event.Opened.class::isInstance)
                .map(event -> ((Event.Opened) event).localPort())
                .collect(Collectors.toSet());
        IpAddress ours = IpAddress.parse(recording.host().address());
        List<Decoded.Segment> all = recording.frames().stream()
                .map(frame ->
                        (Decoded.Segment) Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength()))
                .toList();
        List<Seen> seen = Stream.iterate(0, index -> index < all.size(), index -> index + 1)
                .map(index -> {
                    Decoded.Segment segment = all.get(index);
                    int first = all.stream()
                            .filter(other -> other.source().equals(segment.source())
                                    && other.flags().syn())
                            .mapToInt(Decoded.Segment::sequence)
                            .findFirst()
                            .orElse(segment.sequence());
                    return new Seen(
                            index + 1,
                            recording.frames().get(index).atNanos(),
                            segment.ip().source().equals(ours),
                            segment,
                            segment.sequence() - first - 1);
                })
                .filter(one -> ports.contains(
                        one.ours() ? one.segment().sourcePort() : one.segment().destinationPort()))
                .toList();
        return new Traffic(recording, seen);
    }

    /// Our segments that carry bytes.
    List<Seen> said() {
        return segments.stream()
                .filter(seen -> seen.ours() && seen.length() > 0)
                .toList();
    }

    /// Their segments that carry bytes.
    List<Seen> heard() {
        return segments.stream()
                .filter(seen -> !seen.ours() && seen.length() > 0)
                .toList();
    }

    /// Our SYNs that open a connection.
    List<Seen> opened() {
        return segments.stream()
                .filter(seen -> seen.ours() && seen.segment().flags().syn())
                .toList();
    }

    <T extends Event> List<T> events(Class<T> kind) {
        return recording.events().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    /// How the first attempt ended.
    Outcome outcome() {
        return events(Event.Ended.class).getFirst().outcome();
    }
}
