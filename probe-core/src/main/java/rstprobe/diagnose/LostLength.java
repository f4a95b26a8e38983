package rstprobe.diagnose;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// The packet that never arrived, and the longest that did the same way: where the first is longer, length alone may
/// have decided; where it is not, length did not.
///
/// @param toServer whether it was ours
/// @param bytes    of the whole IP packet
/// @param passed   the longest that did arrive, of all attempts
/// @param frames   what shows it
record LostLength(boolean toServer, int bytes, int passed, List<Integer> frames) {
    private static final int MOST_FRAMES = 4;

    /// @param mtu of our interface: a longer captured packet was cut, or put together, between the wire and the tap
    static Optional<LostLength> of(Attempt failed, List<Attempt> all, int mtu) {
        return ours(failed, all, mtu).or(() -> theirs(failed, all, mtu));
    }

    boolean longerThanAllThatPassed() {
        return bytes > passed;
    }

    String words() {
        String which = toServer ? "ours" : "the server's";
        return longerThanAllThatPassed()
                ? "an IP packet of " + which + " of " + bytes + " bytes never arrived, and none of more than " + passed
                        + " bytes ever did"
                : "an IP packet of " + which + " of " + bytes + " bytes never arrived, while one of " + passed
                        + " bytes did";
    }

    /// The first byte of ours that they never acknowledged, up to where they report what came behind it.
    private static Optional<LostLength> ours(Attempt failed, List<Attempt> all, int mtu) {
        Optional<Integer> acknowledged = failed.segments().stream()
                .filter(Seen::genuine)
                .map(seen -> seen.segment().acknowledgement())
                .reduce((one, other) -> Sequence.before(one, other) ? other : one);
        if (acknowledged.isEmpty()) {
            return Optional.empty();
        }
        int next = acknowledged.get();
        List<Seen> copies = failed.segments().stream()
                .filter(seen -> seen.ours()
                        && seen.segment().payloadLength() > 0
                        && Sequence.atMost(seen.segment().sequence(), next)
                        && Sequence.before(next, seen.segment().nextSequence()))
                .toList();
        if (copies.size() < 2) {
            return Optional.empty();
        }
        int end = behind(failed, Seen::genuine, next)
                .orElse(copies.getFirst().segment().nextSequence());
        int first = copies.getFirst().segment().nextSequence();
        int lost = Sequence.distance(next, Sequence.before(end, first) ? end : first);
        int passed = all.stream()
                .flatMap(attempt -> arrived(attempt).stream())
                .mapToInt(seen -> length(seen, mtu))
                .max()
                .orElse(0);
        return Optional.of(new LostLength(
                true,
                Math.min(mtu, lost + headers(copies.getFirst())),
                passed,
                copies.stream().map(Seen::frame).limit(MOST_FRAMES).toList()));
    }

    private static List<Seen> arrived(Attempt attempt) {
        return attempt.segments().stream()
                .filter(own -> own.ours() && own.segment().payloadLength() > 0)
                .filter(own -> attempt.first(seen -> seen.genuine()
                                && Sequence.atMost(
                                        own.segment().nextSequence(),
                                        seen.segment().acknowledgement()))
                        .isPresent())
                .toList();
    }

    /// What our last report of a hole leaves open.
    private static Optional<LostLength> theirs(Attempt failed, List<Attempt> all, int mtu) {
        Optional<Seen> report = failed.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().flags().ack())
                .reduce((_, last) -> last)
                .filter(seen -> !seen.segment().options().sack().isEmpty());
        List<Seen> heard = all.stream()
                .flatMap(attempt -> attempt.segments().stream())
                .filter(seen -> seen.genuine() && seen.segment().payloadLength() > 0)
                .toList();
        if (report.isEmpty() || heard.isEmpty()) {
            return Optional.empty();
        }
        int next = report.get().segment().acknowledgement();
        return behind(failed, Seen::ours, next)
                .map(end -> new LostLength(
                        false,
                        Math.min(mtu, Sequence.distance(next, end) + headers(heard.getFirst())),
                        heard.stream().mapToInt(seen -> length(seen, mtu)).max().orElse(0),
                        List.of(report.get().frame())));
    }

    /// The lowest number behind the hole at `next` that a side reports to have.
    private static Optional<Integer> behind(Attempt attempt, Predicate<Seen> reporter, int next) {
        Stream<Integer> edges = attempt.segments().stream()
                .filter(reporter)
                .flatMap(seen -> seen.segment().options().sack().stream())
                .map(TcpOption.SackBlock::left)
                .filter(left -> Sequence.before(next, left));
        return edges.min(Comparator.comparingInt(left -> Sequence.distance(next, left)));
    }

    private static int headers(Seen seen) {
        return seen.segment().ip().totalLength() - seen.segment().payloadLength();
    }

    private static int length(Seen seen, int mtu) {
        return Math.min(mtu, seen.segment().ip().totalLength());
    }
}
