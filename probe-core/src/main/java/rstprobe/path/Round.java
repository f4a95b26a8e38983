package rstprobe.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Probes that left together, and what was heard of each.
///
/// It is over as soon as its last probe, which is short enough to pass, has been answered and what was sent before
/// that had a little time to come as well; so it lasts a round trip, however long that is.
final class Round {
    /// What is still to come comes within that of the last control, or an eighth of a round trip.
    private static final long GRACE_NANOS = 5_000_000;
    /// Where the control is lost, what else comes is waited for so long after each answer.
    private static final long PATIENCE_NANOS = 50_000_000;
    /// Where nothing came at all.
    private static final long FLOOR_NANOS = 500_000_000;
    /// Linux says of one datagram a second that its port is unreachable, once it has said so of six.
    private static final long DATAGRAM_NANOS = 1_100_000_000;

    private final List<PathProbe> probes;
    private final Map<Integer, Heard> answers = new HashMap<>();
    private final List<PathProbe> late = new ArrayList<>();
    private final Map<Integer, PathProbe> earlier;
    private final int control;
    private final long sentNanos;
    private final long tripNanos;
    private long lastNanos;
    private long controlNanos;

    /// @param earlier   probes of rounds that are over, by number
    /// @param tripNanos the longest round trip of the round before
    Round(List<PathProbe> probes, Map<Integer, PathProbe> earlier, long sentNanos, long tripNanos) {
        this.probes = List.copyOf(probes);
        this.earlier = earlier;
        this.control = probes.stream()
                .filter(PathProbe::isFar)
                .mapToInt(PathProbe::number)
                .max()
                .orElse(0);
        this.sentNanos = sentNanos;
        this.tripNanos = tripNanos;
    }

    /// @param number of the probe that it answers
    void on(int number, Heard heard) {
        if (earlier.containsKey(number)) {
            if (heard instanceof Heard.Arrived) {
                late.add(earlier.get(number));
            }
            return;
        }
        answers.merge(number, heard, (before, now) -> before instanceof Heard.Arrived ? before : now);
        lastNanos = heard.atNanos();
        if (number == control && controlNanos == 0) {
            controlNanos = heard.atNanos();
        }
    }

    Optional<Heard> answer(PathProbe probe) {
        return Optional.ofNullable(answers.get(probe.number()));
    }

    boolean arrived(PathProbe probe) {
        return answers.get(probe.number()) instanceof Heard.Arrived;
    }

    List<PathProbe> probes() {
        return probes;
    }

    /// Those of earlier rounds that were taken for silent, and arrived after all.
    List<PathProbe> late() {
        return late;
    }

    /// The longest round trip in it; the one before where nothing came.
    long tripNanos() {
        return answers.isEmpty() ? tripNanos : Math.max(1, lastNanos - sentNanos);
    }

    /// When it is over if nothing more is heard, and the next may be answered.
    long endsAtNanos() {
        return Math.max(heardByNanos(), restsUntilNanos());
    }

    /// One datagram that scouts needs no rest.
    private long restsUntilNanos() {
        long datagrams = probes.stream()
                .filter(probe -> probe.isFar() && probe.kind() == ProbeKind.DATAGRAM)
                .count();
        return datagrams > 1 ? sentNanos + DATAGRAM_NANOS : 0;
    }

    private long heardByNanos() {
        if (answers.size() == probes.size()) {
            return lastNanos;
        }
        if (controlNanos > 0) {
            return Math.max(controlNanos, lastNanos) + Math.max(tripNanos / 8, GRACE_NANOS);
        }
        if (!answers.isEmpty()) {
            return Math.max(lastNanos, sentNanos + tripNanos) + Math.max(tripNanos / 4, PATIENCE_NANOS);
        }
        return sentNanos + Math.max(4 * tripNanos, FLOOR_NANOS);
    }
}
