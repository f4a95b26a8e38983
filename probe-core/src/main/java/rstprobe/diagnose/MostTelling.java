package rstprobe.diagnose;

import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import rstprobe.diagnose.Posterior.Share;

/// Of several like attempts, the one whose reset says most: the segment that tells may have been lost in the others.
///
/// Where two of them name different senders, the first stands. But where a server's abort is lost, its kernel answers
/// our next segment without a socket, so beside an attempt that shows the abort, one that shows such an answer names
/// nobody else.
final class MostTelling {
    private static final Set<Origin> BEHIND_A_LOST_ABORT = EnumSet.of(Origin.SERVER_PROCESS, Origin.SERVER_KERNEL);

    private MostTelling() {}

    /// A reset attempt and whom its own header and surroundings name.
    private record Reading(Attempt attempt, Share likeliest) {
        static Reading of(Attempt attempt, List<Attempt> all) {
            return new Reading(attempt, weighed(attempt, all).first());
        }

        boolean names() {
            return likeliest.probability() >= Weights.NAMED;
        }
    }

    static Attempt of(Attempt first, List<Attempt> all) {
        if (all.size() < 2 || !reset(first)) {
            return first;
        }
        List<Reading> alike = all.stream()
                .filter(other -> other.mode() == first.mode() && other.synAck().isPresent() && reset(other))
                .map(other -> Reading.of(other, all))
                .toList();
        Set<Origin> named = alike.stream()
                .filter(Reading::names)
                .map(reading -> reading.likeliest().origin())
                .collect(Collectors.toSet());
        boolean abortLost = named.equals(BEHIND_A_LOST_ABORT);
        return named.size() > 1 && !abortLost
                ? first
                : alike.stream()
                        .filter(reading -> !abortLost || reading.likeliest().origin() == Origin.SERVER_PROCESS)
                        .max(Comparator.comparingDouble(
                                reading -> reading.likeliest().probability()))
                        .map(Reading::attempt)
                        .orElse(first);
    }

    /// What a reset attempt says of its sender by itself.
    static Posterior weighed(Attempt attempt, List<Attempt> all) {
        return Posterior.of(
                Weighing.Kind.RESET.candidates(),
                ResetRules.of(attempt, attempt.reset().orElseThrow(), all));
    }

    private static boolean reset(Attempt attempt) {
        return attempt.reset()
                .filter(reset -> !ResetConnection.closedBefore(attempt, reset))
                .isPresent();
    }
}
