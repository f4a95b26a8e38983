package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// A handshake that came to its end although the path lost many of its segments, of any size.
///
/// What was sent again was lost, or its acknowledgement was. Of ours the capture shows both copies, and the server
/// says so where both reached it (RFC 2883): then nothing was lost, and we were only impatient (Linux probes the tail
/// after two round trips, RFC 8985 section 7). Of the server's the copy alone comes, behind what followed it, or long
/// after we acknowledged the first. Where ICMP told us why, as of a length, it is no chance, nor where the bytes of a
/// long packet came in shorter ones. A few prove nothing: of twenty segments, a path that loses one in a hundred loses
/// three once in a thousand times.
final class Losses {
    private static final int MANY = 3;
    private static final double LIKELY = 0.70;
    /// A busy machine is late.
    private static final long LATE_NANOS = 50_000_000;

    private Losses() {}

    static Optional<Judgement> of(Attempt attempt) {
        if (attempt.overheard().isPresent()
                || !attempt.whole()
                || !attempt.complaints().isEmpty()) {
            return Optional.empty();
        }
        List<Integer> ours = again(attempt, true);
        List<Integer> theirs = again(attempt, false);
        int lost = ours.size() + theirs.size();
        if (lost < MANY) {
            return Optional.empty();
        }
        List<Integer> frames = new ArrayList<>(ours);
        frames.addAll(theirs);
        long sent = attempt.segments().stream()
                .filter(seen -> seen.segment().sequenceLength() > 0)
                .count();
        return Optional.of(Judgement.of(
                        new Verdict.Fault(
                                Cause.LOSSY_PATH,
                                Origin.PATH,
                                Stage.KEX,
                                LIKELY,
                                Optional.empty(),
                                Optional.empty(),
                                "the handshake works, but " + lost + " of its " + sent
                                        + " segments had to be sent again: the path loses some, whatever their size"),
                        List.of(Fact.told(
                                "segments-lost-and-repaired",
                                Family.DELIVERY,
                                frames.stream().sorted().toList(),
                                ours.size() + " segments of ours and " + theirs.size()
                                        + " of the server's came only when they were sent again")))
                .withAlternatives(Candidate.besides(
                        List.of(
                                beside(Cause.STREAM_CORRUPTED, Origin.IN_PATH, 0.05),
                                beside(Cause.LISTENER_STALLED, Origin.SERVER_PROCESS, 0.03)),
                        LIKELY))
                .withNextTest("mtr -n -T -P " + attempt.conversation().theirs().port() + " -c 100 "
                        + attempt.conversation().theirs().address() + ": at which hop the loss begins"));
    }

    /// Those of one side that bring nothing new, the SYN or data once more, or what came behind what followed it. Those
    /// that lie side by side count as one, and copies of them not at all: a full packet may come again in pieces.
    private static List<Integer> again(Attempt attempt, boolean ours) {
        Set<Integer> tooLong = tooLong(attempt, ours);
        List<Integer> frames = new ArrayList<>();
        Set<Integer> ends = new HashSet<>();
        Set<Integer> held = new HashSet<>();
        Set<Integer> pieces = new HashSet<>();
        Optional<Integer> furthest = Optional.empty();
        for (Seen seen : attempt.segments()) {
            if (seen.ours() != ours
                    || seen.reset()
                    || seen.segment().flags().fin()
                    || seen.segment().sequenceLength() == 0) {
                continue;
            }
            int end = seen.segment().nextSequence();
            boolean beside = pieces.contains(seen.segment().sequence());
            boolean copy = !held.add(end);
            if (furthest.filter(most -> Sequence.atMost(end, most)).isEmpty()) {
                furthest = Optional.of(end);
            } else if (ends.add(end)) {
                if (!seen.segment().flags().syn()) {
                    pieces.add(end);
                }
                boolean byChance = !beside && !tooLong.contains(seen.segment().sequence());
                if (byChance && (ours ? !arrivedTwice(attempt, seen) : !copy || acknowledgementLost(attempt, seen))) {
                    frames.add(seen.frame());
                }
            }
        }
        return frames;
    }

    /// Where packets began whose bytes came in shorter ones at last.
    private static Set<Integer> tooLong(Attempt attempt, boolean ours) {
        Set<Integer> repairs = RepairedLength.of(attempt).stream()
                .filter(repaired -> repaired.toServer() == ours)
                .map(repaired -> repaired.frames().getLast())
                .collect(Collectors.toSet());
        return attempt.segments().stream()
                .filter(seen -> repairs.contains(seen.frame()))
                .map(seen -> seen.segment().sequence())
                .collect(Collectors.toSet());
    }

    /// The server reports below its acknowledgement what it got a second time (RFC 2883 section 4).
    private static boolean arrivedTwice(Attempt attempt, Seen again) {
        return attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.frame() > again.frame())
                .anyMatch(seen -> seen.segment().options().sack().stream()
                        .limit(1)
                        .anyMatch(block -> Sequence.atMost(
                                        block.right(), seen.segment().acknowledgement())
                                && Sequence.atMost(block.left(), again.segment().sequence())
                                && Sequence.atMost(again.segment().nextSequence(), block.right())));
    }

    /// Whether our acknowledgement of the first copy had left so long before that it should have stopped the second.
    private static boolean acknowledgementLost(Attempt attempt, Seen again) {
        OptionalLong roundTrip = RoundTrips.handshake(attempt);
        return roundTrip.isPresent()
                && attempt.segments().stream()
                        .filter(seen -> seen.ours()
                                && seen.frame() < again.frame()
                                && again.atNanos() - seen.atNanos() > 2 * roundTrip.getAsLong() + LATE_NANOS)
                        .anyMatch(seen -> Sequence.atMost(
                                again.segment().nextSequence(), seen.segment().acknowledgement()));
    }
}
