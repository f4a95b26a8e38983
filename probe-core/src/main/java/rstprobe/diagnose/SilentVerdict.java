package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.record.ActiveTest;
import rstprobe.record.Mode;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// What is said of a silence, given what it may be and what the other attempts of the run showed.
final class SilentVerdict {
    private SilentVerdict() {}

    /// Where another attempt completed, what is said first is that; then all of these stand beside it.
    static Judgement of(Attempt attempt, Stage stage, List<Candidate> found, List<Attempt> all, List<Fact> facts) {
        List<Candidate> candidates = all.stream().anyMatch(SilentVerdict::openingIgnored) ? queueFirst(found) : found;
        Candidate first = candidates.getFirst();
        double confidence = alike(attempt, first, all) ? first.alike() : first.share();
        boolean named = confidence >= Weights.NAMED;
        Verdict verdict = named
                ? new Verdict.Fault(
                        first.cause(),
                        first.origin(),
                        stage,
                        confidence,
                        Optional.empty(),
                        Optional.empty(),
                        first.summary())
                : new Verdict.Undetermined(
                        Optional.of(first.cause()), stage, confidence, Optional.empty(), first.summary());
        boolean sometimes = all.stream().anyMatch(Diagnosis::completed);
        return Judgement.of(verdict, facts)
                .withAlternatives(
                        Candidate.besides(candidates.subList(sometimes ? 0 : 1, candidates.size()), confidence));
    }

    /// One more silent connection costs the whole wait again, so it is made once, and only where chance may have made
    /// the first; the distance of closed ports costs no wait.
    static List<NextProbe> wanted(Attempt first, Finding finding) {
        NextProbe talk = new NextProbe.Connect(Mode.TALK, false);
        if (repetitionTells(first)) {
            return List.of(talk, talk);
        }
        return SilentConnection.mayBeStalled(finding.verdict())
                ? List.of(talk, new NextProbe.Ask(ActiveTest.REFERENCE))
                : List.of();
    }

    /// Whether the likeliest cause gains by a second attempt that goes silent in the same way.
    private static boolean repetitionTells(Attempt attempt) {
        return attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt(Stage stage))
                && SilentCauses.of(attempt, stage).stream()
                        .findFirst()
                        .filter(Candidate::repetitionTells)
                        .isPresent();
    }

    private static boolean alike(Attempt attempt, Candidate first, List<Attempt> all) {
        return all.stream()
                .filter(other -> other.number() != attempt.number())
                .anyMatch(other -> other.ending() instanceof Ending.Handshake(Outcome.SilentAt(Stage stage))
                        && SilentCauses.of(other, stage).stream()
                                .findFirst()
                                .filter(same -> same.cause() == first.cause())
                                .isPresent());
    }

    private static boolean openingIgnored(Attempt attempt) {
        return attempt.ending() instanceof Ending.NoAnswer;
    }

    /// A listener whose queue is full drops the next SYN as well (`tcp_conn_request` of Linux 6.18); who drops what
    /// follows a SYN does not.
    private static List<Candidate> queueFirst(List<Candidate> found) {
        if (found.getFirst().cause() != Cause.ESTABLISHED_DROPPED) {
            return found;
        }
        List<Candidate> candidates = new ArrayList<>();
        candidates.add(Candidate.of(
                Cause.ACCEPT_QUEUE_OVERFLOW,
                Origin.SERVER_KERNEL,
                0.66,
                "one SYN was answered and what followed it was not taken, another was not answered at all: the"
                        + " listener's queue is full, since nothing accepts its connections fast enough"));
        candidates.add(beside(Cause.ESTABLISHED_DROPPED, Origin.UNKNOWN, 0.15));
        found.stream()
                .skip(1)
                .filter(other -> other.cause() != Cause.ACCEPT_QUEUE_OVERFLOW)
                .forEach(candidates::add);
        return candidates;
    }
}
