package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;

/// Whether a segment in the server's name, no reset, is the next that its socket would have sent.
///
/// A socket numbers what it says, over IPv4 counts its datagrams, and puts its clock into each of them.
/// Whoever speaks in its name must have seen both directions to copy all three.
final class OfTheSocket {
    /// Segments may overtake each other, and those that were merged before the tap leave gaps: a count that
    /// is further away is another's.
    private static final int MAX_IDENTIFICATION_DISTANCE = 64;

    private final Attempt attempt;
    private final Seen seen;
    private final Decoded.Segment segment;
    private final Baseline baseline;

    OfTheSocket(Attempt attempt, Seen seen) {
        this.attempt = attempt;
        this.seen = seen;
        this.segment = seen.segment();
        this.baseline = Baseline.before(attempt, seen);
    }

    /// True where everything that can be checked continues, and the timestamps or the identification could
    /// be.
    boolean continues() {
        if (!inSequence() || segment.window() == 0 || ResetShape.identificationBroken(segment, baseline)) {
            return false;
        }
        return timestamped()
                ? baseline.timestampsContinue(segment)
                : !segment.ip().isV6() && baseline.lastIdentification().isPresent();
    }

    boolean timestamped() {
        return baseline.timestampsNegotiated();
    }

    /// Agreed on timestamps are in every segment but a reset (RFC 7323 section 3.2).
    boolean lacksTimestamps() {
        return timestamped() && Baseline.timestamps(segment).isEmpty();
    }

    /// What the kernel that a Linux server betrays by its SYN-ACK does not do; of others nothing is known.
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        if (!baseline.linux()) {
            return broken;
        }
        if (!segment.ip().dontFragment()) {
            broken.add("DF is clear");
        }
        if (countsOtherwise()) {
            broken.add("IP ID " + segment.ip().identification().orElse(0) + " does not continue its count");
        }
        if (attempt.whole()
                && timestamped()
                && Baseline.timestamps(segment).isPresent()
                && !baseline.timestampsContinue(segment)) {
            broken.add("timestamps that are not its clock's, or echo none of ours");
        }
        return List.copyOf(broken);
    }

    private boolean countsOtherwise() {
        OptionalInt own = segment.ip().identification();
        OptionalInt last = baseline.lastIdentification();
        if (segment.ip().isV6() || own.isEmpty()) {
            return false;
        }
        if (last.isEmpty()) {
            return own.getAsInt() == 0;
        }
        int distance = Math.abs((short) (own.getAsInt() - last.getAsInt()));
        return own.getAsInt() == 0 || attempt.whole() && distance > MAX_IDENTIFICATION_DISTANCE;
    }

    /// Whether it begins where everything else the server said ends, or repeats the last of it.
    private boolean inSequence() {
        OptionalInt end = endOfOthers();
        return end.isPresent()
                && Sequence.atMost(segment.sequence(), end.getAsInt())
                && Sequence.atMost(end.getAsInt(), Sequence.plus(segment.sequence(), segment.payloadLength()));
    }

    /// Where the other data of the server's ends; what was said before it may have come after it, where it
    /// was lost first.
    private OptionalInt endOfOthers() {
        return attempt.segments().stream()
                .filter(other -> other.genuine()
                        && other.frame() != seen.frame()
                        && other.segment().payloadLength() > 0
                        && Sequence.atMost(
                                Sequence.plus(
                                        other.segment().sequence(),
                                        other.segment().payloadLength()),
                                Sequence.plus(segment.sequence(), segment.payloadLength())))
                .map(other -> Sequence.plus(
                        other.segment().sequence(), other.segment().payloadLength()))
                .reduce((one, next) -> Sequence.before(one, next) ? next : one)
                .or(() -> baseline.synAck().map(answer -> answer.segment().nextSequence()))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /// What else the server's socket sent, its own closing left out; of the other attempts where this one has
    /// nothing. The SYN-ACK may be a SYN proxy's.
    List<Seen> others(List<Attempt> all) {
        List<Seen> own = others(attempt);
        return own.isEmpty()
                ? all.stream().flatMap(other -> others(other).stream()).toList()
                : own;
    }

    private List<Seen> others(Attempt one) {
        return one.segments().stream()
                .filter(other -> other.genuine()
                        && other.frame() != seen.frame()
                        && !other.segment().flags().fin())
                .toList();
    }

    /// The TTLs of these.
    static Set<Integer> ttls(List<Seen> others) {
        return others.stream().map(other -> other.segment().ip().ttl()).collect(Collectors.toSet());
    }
}
