package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import rstprobe.record.Mode;
import rstprobe.ssh.Outcome;
import rstprobe.wire.Sequence;

/// The end that the far side put to one connection: when it came, and what it had read of us by then.
///
/// A socket that is closed with bytes unread is aborted (Linux, `tcp_close`); one that is closed with a FIN
/// had nothing left to read.
///
/// @param end       the FIN, or the reset that came instead of one
/// @param aborted   whether it was a reset
/// @param spoke     whether the far side had sent a byte before
/// @param sinceOpen nanoseconds from the SYN-ACK to the end, less a round trip: how long the far process took. Load
///                  on either host lengthens it and nothing shortens it
/// @param quiet     nanoseconds from the SYN-ACK to our first byte; empty where the end came before one, or crossed it
/// @param ours      nanoseconds in which it was our turn: from what the far side had said to what we said next. Load on
///                  our own host lengthens it
/// @param rested    nanoseconds without a byte from either side before the end, a round trip taken off
/// @param prompt    whether our first bytes came with the end of the handshake, and so lay there before any process
///                  had the connection
/// @param halved    whether the end was a FIN, and the same socket was aborted behind it: its process shut down one
///                  direction first
record Close(
        Attempt attempt,
        Seen end,
        boolean aborted,
        boolean spoke,
        long sinceOpen,
        OptionalLong quiet,
        long ours,
        long rested,
        boolean prompt,
        boolean halved) {

    private static final long[] MOST_OF_IT = {2, 3};

    /// The ends of those connections that stood, where times between frames are times.
    static List<Close> of(List<Attempt> all) {
        long roundTrip = RoundTrips.samples(all).stream()
                .mapToLong(Long::longValue)
                .min()
                .orElse(0);
        return all.stream()
                .filter(attempt -> attempt.steady() && attempt.whole() && endedByThem(attempt.ending()))
                .flatMap(attempt -> of(attempt, roundTrip).stream())
                .toList();
    }

    /// Not where we gave up first, and what came then answered us.
    private static boolean endedByThem(Ending ending) {
        return switch (ending) {
            case Ending.Handshake(Outcome outcome) ->
                outcome instanceof Outcome.ClosedAt || outcome instanceof Outcome.ResetAt;
            case Ending.NotConnected _ -> true;
            case Ending.NoAnswer _, Ending.Unfinished _ -> false;
        };
    }

    private static Optional<Close> of(Attempt attempt, long roundTrip) {
        Optional<Seen> fin = attempt.fin();
        Optional<Seen> reset = attempt.reset();
        boolean aborted = fin.isEmpty()
                || reset.filter(seen -> seen.frame() < fin.get().frame()).isPresent();
        Optional<Seen> end = aborted ? reset : fin;
        return attempt.synAck()
                .flatMap(opened -> end.filter(seen -> seen.frame() > opened.frame())
                        .map(seen -> of(attempt, opened, seen, aborted, roundTrip)));
    }

    private static Close of(Attempt attempt, Seen opened, Seen end, boolean aborted, long roundTrip) {
        List<Seen> before = attempt.segments().stream()
                .filter(seen -> seen.frame() < end.frame() && seen.segment().payloadLength() > 0)
                .toList();
        OptionalLong quiet = before.stream()
                .filter(seen -> seen.ours() && hadCome(seen, end))
                .mapToLong(seen -> seen.atNanos() - opened.atNanos())
                .findFirst();
        long last = before.stream().mapToLong(Seen::atNanos).max().orElse(opened.atNanos());
        return new Close(
                attempt,
                end,
                aborted,
                before.stream().anyMatch(Seen::genuine),
                Math.max(0, end.atNanos() - opened.atNanos() - roundTrip),
                quiet,
                ours(opened, before),
                Math.max(0, end.atNanos() - last - roundTrip),
                prompt(attempt, opened),
                !aborted && abortedBehind(attempt, end));
    }

    private static long ours(Seen opened, List<Seen> before) {
        long sum = 0;
        Seen last = opened;
        for (Seen seen : before) {
            sum += seen.ours() && !last.ours() ? seen.atNanos() - last.atNanos() : 0;
            last = seen;
        }
        return sum;
    }

    private static boolean prompt(Attempt attempt, Seen opened) {
        return attempt.first(seen -> seen.ours() && seen.frame() > opened.frame())
                .filter(first -> first.segment().payloadLength() > 0)
                .isPresent();
    }

    private static boolean abortedBehind(Attempt attempt, Seen fin) {
        return attempt.reset()
                .filter(reset -> reset.frame() > fin.frame()
                        && ResetShape.of(reset.segment(), Baseline.before(attempt, reset)) == ResetShape.SOCKET_ABORT)
                .isPresent();
    }

    /// Whether a segment of ours had reached the far socket by its end: the end acknowledges it.
    private static boolean hadCome(Seen own, Seen end) {
        return Sequence.atMost(own.segment().nextSequence(), end.segment().acknowledgement());
    }

    boolean listening() {
        return attempt.mode() == Mode.LISTEN;
    }

    /// Whether the process had taken what we said when it closed.
    boolean readUs() {
        return !aborted && !halved && quiet.isPresent();
    }

    /// Whether its time is the far side's own. Where our words took most of it, and the end followed, they may have
    /// drawn it.
    boolean timed() {
        return quiet.isEmpty() || quiet.getAsLong() * MOST_OF_IT[1] < sinceOpen * MOST_OF_IT[0];
    }

    /// Seconds from the far side's first word to its end; from the SYN-ACK where it said none.
    double secondsSinceItSpoke() {
        return attempt.first(seen -> seen.genuine() && seen.segment().payloadLength() > 0 && seen.frame() < end.frame())
                .map(first -> (end.atNanos() - first.atNanos()) / 1e9)
                .orElse(seconds());
    }

    /// Whether nothing of ours lay there when it ended.
    boolean unheard() {
        return quiet.isEmpty();
    }

    double seconds() {
        return sinceOpen / 1e9;
    }
}
