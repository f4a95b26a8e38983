package rstprobe.diagnose;

import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.wire.Sequence;

/// Whether time draws the reset, and nothing we say: the first segment behind a rest, where the same passes
/// without it, or a rest of the same length each time, whatever was said before.
///
/// Whoever times connections, or has forgotten them after a rest, keeps track of them: a balancer, a proxy, a
/// translator of addresses.
final class TimeTrigger {
    static final String ID = "trigger-is-time";

    /// Shorter rests are those of any handshake.
    static final long LEAST_REST_NANOS = 1_000_000_000;
    /// Timers are looked at some times a second.
    private static final long JITTER_NANOS = 100_000_000;

    private static final double RELATIVE_JITTER = 0.05;

    private final List<Attempt> all;
    private final List<Rest> rests;

    private TimeTrigger(List<Attempt> all) {
        this.all = all;
        this.rests = all.stream().flatMap(attempt -> Rest.of(attempt).stream()).toList();
    }

    /// The fact, where several resets show it alike.
    static Optional<Fact> of(List<Attempt> all) {
        if (all.size() < 2) {
            return Optional.empty();
        }
        TimeTrigger time = new TimeTrigger(all);
        boolean rested =
                time.rests.size() > 1 && time.rests.stream().allMatch(rest -> rest.nanos() >= LEAST_REST_NANOS);
        return rested ? time.afterRest().or(time::byItself) : Optional.empty();
    }

    /// Whether facts show that a rest draws it.
    static boolean shownBy(Collection<Evidence> evidence) {
        return evidence.stream().anyMatch(TimeTrigger::isShownBy);
    }

    private static boolean isShownBy(Evidence fact) {
        return fact.id().equals(ID) && fact.weight() > 0;
    }

    /// The same of facts.
    static boolean among(List<Fact> facts) {
        for (Fact fact : facts) {
            if (isShownBy(fact.evidence())) {
                return true;
            }
        }
        return false;
    }

    /// A segment drew it each time, and only behind a rest: where we rested less, one that came as late in the
    /// conversation passed.
    private Optional<Fact> afterRest() {
        long shortest = summary().getMin();
        boolean drawn = rests.stream().allMatch(rest -> rest.drawnBy().isPresent());
        boolean contradicted = all.stream()
                .anyMatch(attempt -> Rest.survived(attempt, own -> true)
                        .filter(rest -> rest.nanos() >= shortest)
                        .isPresent());
        List<Rest.Survived> passed =
                rests.stream().flatMap(rest -> passedEarlier(rest).stream()).toList();
        if (!drawn || contradicted || passed.size() < 2) {
            return Optional.empty();
        }
        List<Integer> frames = Stream.concat(
                        rests.stream().flatMap(rest -> Stream.concat(rest.drawnBy().stream(), Stream.of(rest.reset()))),
                        Stream.of(passed.getFirst().own()))
                .map(Seen::frame)
                .toList();
        return Optional.of(fact(
                List.of(PROXY),
                frames,
                "trigger: the first segment of ours after a rest of " + seconds(shortest) + " draws the reset, "
                        + rests.size() + " of " + rests.size() + " times; after "
                        + seconds(passed.getFirst().nanos())
                        + " one as late in the conversation passes: whoever resets us had forgotten it"));
    }

    /// Where a segment as late in the conversation passed behind a shorter rest.
    private Optional<Rest.Survived> passedEarlier(Rest rest) {
        Optional<Place> drawn = rest.drawnBy().flatMap(own -> Place.of(rest.attempt(), own));
        return all.stream()
                .flatMap(attempt -> Rest.survived(
                        attempt,
                        own -> Place.of(attempt, own)
                                .filter(place -> drawn.isPresent() && place.notBefore(drawn.get()))
                                .isPresent())
                        .stream())
                .filter(survived -> survived.nanos() < rest.nanos())
                .findFirst();
    }

    /// How far a conversation had come.
    ///
    /// @param said  how much of our stream had left
    /// @param heard how much of theirs we had acknowledged
    private record Place(int said, int heard) {
        private static Optional<Place> of(Attempt attempt, Seen own) {
            return attempt.syn()
                    .flatMap(syn -> attempt.synAck()
                            .map(answer -> new Place(
                                    Sequence.distance(
                                            syn.segment().nextSequence(),
                                            own.segment().nextSequence()),
                                    Sequence.distance(
                                            answer.segment().nextSequence(),
                                            own.segment().acknowledgement()))));
        }

        private boolean notBefore(Place other) {
            return said >= other.said && heard >= other.heard;
        }
    }

    /// It came by itself each time, behind a rest that was always the same: a balancer's timer, or a server's
    /// own for those who say nothing.
    private Optional<Fact> byItself() {
        LongSummaryStatistics rested = summary();
        LongSummaryStatistics opened =
                rests.stream().mapToLong(Rest::sinceOpening).summaryStatistics();
        boolean alone = rests.stream().allMatch(rest -> rest.drawnBy().isEmpty());
        boolean sameRest = spread(rested) <= jitter(rested);
        boolean sameAge = spread(opened) <= jitter(opened);
        List<Integer> frames = rests.stream().map(rest -> rest.reset().frame()).toList();
        String times = ", " + rests.size() + " of " + rests.size() + " times";
        if (!alone || !sameRest && !sameAge) {
            return Optional.empty();
        }
        if (sameRest && spread(opened) > 2 * jitter(opened)) {
            return Optional.of(fact(
                    List.of(PROXY, SERVER_PROCESS),
                    frames,
                    "trigger: the reset comes by itself once nothing has moved for " + seconds(rested.getMin()) + times
                            + ", whatever was said before"));
        }
        return Optional.of(Fact.told(
                ID,
                Family.SEQUENCE,
                frames,
                "trigger: the reset comes by itself " + seconds(opened.getMin()) + " after the opening" + times));
    }

    private static Fact fact(List<Origin> favours, List<Integer> frames, String text) {
        return Fact.of(ID, Family.SEQUENCE, Weights.DRAWN_BY_REST, favours, frames, text);
    }

    private LongSummaryStatistics summary() {
        return rests.stream().mapToLong(Rest::nanos).summaryStatistics();
    }

    private static long spread(LongSummaryStatistics nanos) {
        return nanos.getMax() - nanos.getMin();
    }

    private static long jitter(LongSummaryStatistics nanos) {
        return Math.max(JITTER_NANOS, (long) (nanos.getMax() * RELATIVE_JITTER));
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
