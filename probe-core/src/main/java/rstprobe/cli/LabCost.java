package rstprobe.cli;

import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import rstprobe.capture.Frame;
import rstprobe.diagnose.Diagnosis;
import rstprobe.diagnose.Weighing;
import rstprobe.record.ActiveTest;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.IpAddress;

/// What a diagnosis cost the network and its user, counted in its recording.
///
/// @param ofReset     whether a reset was diagnosed
/// @param connections that were opened, those of crafted packets included
/// @param crafted     packets that no kernel sent for us
/// @param sent        all frames of ours to the target
/// @param roundTrips  how often something of ours that had to be answered had an answer; frames of several
///     connections are counted in the order of capture
/// @param seconds     from the start to the last event or frame
record LabCost(boolean ofReset, long connections, long crafted, long sent, long roundTrips, double seconds) {
    private static final double NANOS = 1e9;

    static LabCost of(Recording recording) {
        long opened = recording.events(Event.Opened.class).size();
        long openedByHand = crafted(recording)
                .filter(probed -> probed.part() == ActiveTest.Part.OPENING)
                .map(Event.Probed::localPort)
                .distinct()
                .count();
        LongSummaryStatistics times = LongStream.concat(
                        recording.events().stream().mapToLong(Event::atNanos),
                        recording.frames().stream().mapToLong(Frame::atNanos))
                .summaryStatistics();
        IpAddress target = IpAddress.parse(recording.target());
        return new LabCost(
                Diagnosis.weighing(recording)
                        .filter(weighing -> weighing.kind() != Weighing.Kind.CLOSED)
                        .isPresent(),
                opened + openedByHand,
                crafted(recording).count(),
                recording.frames().stream()
                        .map(LabCost::decoded)
                        .filter(decoded -> to(decoded, target))
                        .count(),
                roundTrips(recording, target),
                times.getCount() == 0 ? 0 : Math.max(0, times.getMax() - recording.startedNanos()) / NANOS);
    }

    private static Stream<Event.Probed> crafted(Recording recording) {
        return recording.events(Event.Probed.class).stream();
    }

    private static Decoded decoded(Frame frame) {
        return Decoder.decode(frame.link().code(), frame.bytes(), frame.originalLength());
    }

    private static boolean to(Decoded decoded, IpAddress target) {
        return decoded instanceof Decoded.InDatagram datagram
                && datagram.ip().destination().equals(target);
    }

    /// A round trip is over when the far side says something new after we did: a bare acknowledgement is neither.
    private static long roundTrips(Recording recording, IpAddress target) {
        long turns = 0;
        boolean asked = false;
        for (Frame frame : recording.frames()) {
            if (decoded(frame) instanceof Decoded.Segment segment && says(segment)) {
                boolean ours = segment.ip().destination().equals(target);
                turns += asked && !ours ? 1 : 0;
                asked = ours;
            }
        }
        return turns;
    }

    private static boolean says(Decoded.Segment segment) {
        return segment.payloadLength() > 0 || segment.flags().syn();
    }
}
