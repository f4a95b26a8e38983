package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// What the two live ends of a conversation looked like before a reset: the measure a reset is held
/// against.
///
/// It rests on data and acknowledgements, not on the SYN-ACK, which a SYN proxy may have sent.
///
/// @param ours our segments before the reset
/// @param theirs their segments before the reset that a live socket sent after the three-way handshake
/// @param synAck their answer to our SYN, where it came before the reset
record Baseline(List<Seen> ours, List<Seen> theirs, Optional<Seen> syn, Optional<Seen> synAck) {
    /// Kinds in the order in which Linux writes them into a SYN-ACK (`tcp_options_write`), by what we
    /// offered.
    private static final Set<List<Integer>> LINUX_OPTIONS =
            Set.of(List.of(2, 4, 8, 1, 3), List.of(2, 4, 8), List.of(2, 1, 1, 8, 1, 3), List.of(2, 1, 1, 4, 1, 3));

    static Baseline before(Attempt attempt, Seen reset) {
        return attempt.before(reset);
    }

    static Baseline of(Attempt attempt, Seen reset) {
        List<Seen> ours = new ArrayList<>();
        List<Seen> theirs = new ArrayList<>();
        for (Seen seen : attempt.segments()) {
            if (seen.frame() < reset.frame()) {
                if (seen.genuine()) {
                    theirs.add(seen);
                } else if (seen.ours() && !seen.reset()) {
                    ours.add(seen);
                }
            }
        }
        return new Baseline(
                List.copyOf(ours),
                List.copyOf(theirs),
                attempt.syn(),
                attempt.synAck().filter(answer -> answer.frame() < reset.frame()));
    }

    /// True where the SYN-ACK is one that Linux writes: its options in its order, and over IPv4 DF with
    /// identification 0. Only such a peer is held to the rules of that kernel.
    boolean linux() {
        return synAck.map(Seen::segment)
                .filter(answer -> LINUX_OPTIONS.contains(answer.options().order()) && answer.window() != 0)
                .filter(answer -> answer.ip().isV6()
                        || answer.ip().dontFragment()
                                && answer.ip().identification().orElse(-1) == 0)
                .isPresent();
    }

    Set<Integer> typesOfService() {
        return theirs.stream().map(seen -> seen.segment().ip().tos()).collect(Collectors.toSet());
    }

    /// The next sequence number the server would use.
    OptionalInt nextSequence() {
        OptionalInt next = OptionalInt.empty();
        for (Seen seen : theirs) {
            int end = seen.segment().nextSequence();
            if (next.isEmpty() || Sequence.before(next.getAsInt(), end)) {
                next = OptionalInt.of(end);
            }
        }
        return next.isEmpty() && synAck.isPresent()
                ? OptionalInt.of(synAck.get().segment().nextSequence())
                : next;
    }

    /// The newest identification of the server's IPv4 datagrams of this conversation, by its own count:
    /// 16 bits that wrap, and arrive out of order at times. 0 is no count: what is sent without a socket has it,
    /// such as the acknowledgements of a SYN proxy.
    OptionalInt lastIdentification() {
        int newest = 0;
        for (Seen seen : theirs) {
            int identification = seen.segment().ip().identification().orElse(0);
            if (identification != 0 && (newest == 0 || (short) (identification - newest) > 0)) {
                newest = identification;
            }
        }
        return newest == 0 ? OptionalInt.empty() : OptionalInt.of(newest);
    }

    /// True where both SYNs carried timestamps. Every later segment must have them then, except a
    /// reset, which only should (RFC 7323 section 3.2): Linux's aborts have them, other stacks' often
    /// not.
    boolean timestampsNegotiated() {
        return syn.isPresent()
                && synAck.isPresent()
                && timestamps(syn.get().segment()).isPresent()
                && timestamps(synAck.get().segment()).isPresent();
    }

    /// True where a reset carries timestamps a live socket would send: its clock not behind what we saw
    /// of it, and an echo of one of ours.
    boolean timestampsContinue(Decoded.Segment reset) {
        OptionalLong last = lastTheirTimestamp();
        return timestamps(reset)
                .filter(stamps -> last.isPresent()
                        && (int) (stamps.value() - last.getAsLong()) >= 0
                        && weSentTimestamp(stamps.echo()))
                .isPresent();
    }

    /// The newest timestamp of the server's clock, 32 bits that wrap.
    private OptionalLong lastTheirTimestamp() {
        List<Seen> known = theirs.isEmpty() ? synAck.stream().toList() : theirs;
        OptionalLong newest = OptionalLong.empty();
        for (Seen seen : known) {
            Optional<TcpOption.Timestamps> stamps = timestamps(seen.segment());
            if (stamps.isPresent() && (newest.isEmpty() || (int) (stamps.get().value() - newest.getAsLong()) > 0)) {
                newest = OptionalLong.of(stamps.get().value());
            }
        }
        return newest;
    }

    private boolean weSentTimestamp(long echo) {
        for (Seen seen : ours) {
            Optional<TcpOption.Timestamps> stamps = timestamps(seen.segment());
            if (stamps.isPresent() && stamps.get().value() == echo) {
                return true;
            }
        }
        return false;
    }

    /// True where a segment of ours acknowledged up to this very number, so that an answer without a
    /// socket could carry it (RFC 9293 section 3.5.2).
    boolean weAcknowledged(int number) {
        for (Seen seen : ours) {
            if (seen.segment().flags().ack() && seen.segment().acknowledgement() == number) {
                return true;
            }
        }
        return false;
    }

    static Optional<TcpOption.Timestamps> timestamps(Decoded.Segment segment) {
        return segment.options().timestamps();
    }
}
