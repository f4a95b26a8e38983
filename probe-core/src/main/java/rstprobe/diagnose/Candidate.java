package rstprobe.diagnose;

import java.util.List;
import rstprobe.diagnose.Finding.Alternative;

/// One thing that a silence may be.
///
/// @param share   how likely it is where one attempt shows it, 0 to 1
/// @param alike   the same where a second attempt went silent in the same way; equal where repeating tells nothing
/// @param summary one sentence
record Candidate(Cause cause, Origin origin, double share, double alike, String summary) {
    /// Where a second attempt would tell nothing new: both would look like this.
    static Candidate of(Cause cause, Origin origin, double share, String summary) {
        return new Candidate(cause, origin, share, share, summary);
    }

    /// What chance may have made once and hardly makes twice.
    static Candidate repeatable(Cause cause, Origin origin, double share, String summary) {
        return new Candidate(cause, origin, share, Proof.ATTEMPTS_ALIKE.limit(), summary);
    }

    /// As one of those that are told beside the first.
    static Candidate beside(Cause cause, Origin origin, double share) {
        return new Candidate(cause, origin, share, share, "");
    }

    boolean repetitionTells() {
        return alike > share;
    }

    /// As alternatives to one that has this share: what it leaves is theirs, in their proportions.
    static List<Alternative> besides(List<Candidate> others, double confidence) {
        double sum = others.stream().mapToDouble(Candidate::share).sum();
        return others.stream()
                .map(other -> new Alternative(
                        other.cause,
                        other.origin,
                        Math.round(100 * other.share * Math.min(1, (1 - confidence) / sum)) / 100.0))
                .toList();
    }
}
