package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// Large packets that never arrive while smaller ones do: the size decides (RFC 2923 section 2.1).
///
/// @param lost          bytes of the smallest whole IP packet that never arrived
/// @param passed        bytes of the largest that did, smaller than that
/// @param smallerPassed whether a smaller one passed that was sent after the large one, so that size alone explains it
/// @param frames        what shows it
record VanishedBySize(Direction direction, int lost, int passed, boolean smallerPassed, List<Integer> frames) {
    private static final int MOST_FRAMES = 8;

    /// Which way they vanish.
    enum Direction {
        TO_SERVER("towards the server"),
        TO_US("towards us");

        private final String words;

        Direction(String words) {
            this.words = words;
        }
    }

    static Optional<VanishedBySize> of(Attempt attempt, Delivery delivery) {
        return toServer(attempt, delivery).or(() -> toUs(delivery, attempt));
    }

    /// The sizes in words.
    String words() {
        return "IP packets of " + lost + " bytes vanish " + direction.words + " while those of " + passed
                + " bytes arrive";
    }

    Fact fact() {
        return Fact.told(
                switch (direction) {
                    case TO_SERVER -> "large-segments-vanish-to-server";
                    case TO_US -> "large-segments-vanish-to-us";
                },
                Family.DELIVERY,
                frames,
                words() + (direction == Direction.TO_SERVER ? "; the copies vanish too" : "; no copy came either"));
    }

    private static Optional<VanishedBySize> toServer(Attempt attempt, Delivery delivery) {
        Optional<Delivery.Piece> first = delivery.vanished().stream().findFirst();
        int passed = delivery.ours().stream()
                .filter(Delivery.Piece::arrived)
                .mapToInt(Delivery.Piece::packetBytes)
                .max()
                .orElse(0);
        if (first.isEmpty() || passed == 0 || first.get().packetBytes() <= passed) {
            return Optional.empty();
        }
        Delivery.Piece lost = first.get();
        List<Delivery.Piece> later = delivery.ours().stream()
                .filter(piece -> Sequence.before(lost.from(), piece.from()) && piece.packetBytes() < lost.packetBytes())
                .toList();
        boolean reports = attempt.synAck().orElseThrow().segment().options().sackPermitted();
        boolean seen = later.stream().anyMatch(Delivery.Piece::arrived) || !reports && repeatedAnswer(attempt, lost);
        if (!seen && !later.isEmpty() && reports) {
            return Optional.empty();
        }
        return Optional.of(
                new VanishedBySize(Direction.TO_SERVER, lost.packetBytes(), passed, seen, framesOf(attempt, lost)));
    }

    /// A server that may not report holes says the same number again for everything behind one.
    private static boolean repeatedAnswer(Attempt attempt, Delivery.Piece lost) {
        return attempt.segments().stream()
                        .filter(seen -> seen.genuine()
                                && seen.segment().payloadLength() == 0
                                && seen.segment().acknowledgement() == lost.from())
                        .count()
                > 1;
    }

    private static List<Integer> framesOf(Attempt attempt, Delivery.Piece lost) {
        Stream<Integer> reports = attempt.segments().stream()
                .filter(seen ->
                        seen.genuine() && !seen.segment().options().sack().isEmpty())
                .map(Seen::frame)
                .limit(1);
        return Stream.concat(lost.copies().stream().map(Seen::frame).limit(MOST_FRAMES), reports)
                .sorted()
                .toList();
    }

    private static Optional<VanishedBySize> toUs(Delivery delivery, Attempt attempt) {
        int full = delivery.fullBytes() - delivery.headers(attempt);
        return delivery.hole()
                .filter(Delivery.Hole::lasting)
                .filter(hole -> Math.min(hole.bytes(), full) + delivery.headers(attempt) > delivery.largest())
                .map(hole -> new VanishedBySize(
                        Direction.TO_US,
                        Math.min(hole.bytes(), full) + delivery.headers(attempt),
                        delivery.largest(),
                        hole.bytes() >= full,
                        reported(attempt, hole)));
    }

    /// Our own acknowledgements that report the hole, and the segment behind it.
    private static List<Integer> reported(Attempt attempt, Delivery.Hole hole) {
        Stream<Integer> own = attempt.segments().stream()
                .filter(seen -> seen.ours() && !seen.segment().options().sack().isEmpty())
                .map(Seen::frame)
                .limit(1);
        return Stream.concat(Stream.of(hole.behind().frame()), own).sorted().toList();
    }
}
