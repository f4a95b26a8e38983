package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// What the two live ends of a conversation looked like before a reset: the measure a reset is held against.
///
/// It rests on data and acknowledgements, not on the SYN-ACK, which a SYN proxy may have sent.
///
/// @param ours    our segments before the reset
/// @param theirs  their segments before the reset that a live socket sent after the three-way handshake
/// @param synAck  their answer to our SYN
record Baseline(List<Seen> ours, List<Seen> theirs, Optional<Seen> syn, Optional<Seen> synAck) {

    static Baseline before(Attempt attempt, Seen reset) {
        List<Seen> earlier = attempt.segments().stream()
                .filter(seen -> seen.frame() < reset.frame())
                .toList();
        return new Baseline(
                earlier.stream().filter(seen -> seen.ours() && !seen.reset()).toList(),
                earlier.stream().filter(Seen::genuine).toList(),
                attempt.syn(),
                attempt.synAck());
    }

    Set<Integer> ttls() {
        return theirs.stream().map(seen -> seen.segment().ip().ttl()).collect(Collectors.toSet());
    }

    Set<Integer> typesOfService() {
        return theirs.stream().map(seen -> seen.segment().ip().tos()).collect(Collectors.toSet());
    }

    /// The next sequence number the server would use.
    OptionalInt nextSequence() {
        Optional<Seen> last = theirs.stream()
                .reduce((first, second) -> Sequence.before(
                                first.segment().nextSequence(), second.segment().nextSequence())
                        ? second
                        : first);
        return last.or(() -> synAck)
                .map(seen -> OptionalInt.of(seen.segment().nextSequence()))
                .orElse(OptionalInt.empty());
    }

    /// Identification of the server's last IPv4 datagram of this conversation.
    OptionalInt lastIdentification() {
        return theirs.isEmpty()
                ? OptionalInt.empty()
                : theirs.getLast().segment().ip().identification();
    }

    /// True where both SYNs carried timestamps, so that every later segment must (RFC 7323 section 3.2).
    boolean timestampsNegotiated() {
        return syn.isPresent()
                && synAck.isPresent()
                && timestamps(syn.get().segment()).isPresent()
                && timestamps(synAck.get().segment()).isPresent();
    }

    /// The newest timestamp of the server's clock.
    OptionalLong lastTheirTimestamp() {
        Optional<Seen> last = theirs.isEmpty() ? synAck : Optional.of(theirs.getLast());
        return last.flatMap(seen -> timestamps(seen.segment()))
                .map(stamps -> OptionalLong.of(stamps.value()))
                .orElse(OptionalLong.empty());
    }

    /// True where `echo` is a timestamp that one of our segments carried.
    boolean weSentTimestamp(long echo) {
        return ours.stream()
                .flatMap(seen -> timestamps(seen.segment()).stream())
                .anyMatch(stamps -> stamps.value() == echo);
    }

    /// Time from our SYN to their answer.
    OptionalLong roundTripNanos() {
        if (syn.isEmpty() || synAck.isEmpty()) {
            return OptionalLong.empty();
        }
        long nanos = synAck.get().atNanos() - syn.get().atNanos();
        return nanos > 0 ? OptionalLong.of(nanos) : OptionalLong.empty();
    }

    static Optional<TcpOption.Timestamps> timestamps(Decoded.Segment segment) {
        return segment.options().timestamps();
    }
}
