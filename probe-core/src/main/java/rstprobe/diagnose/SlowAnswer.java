package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.ssh.Stage;

/// A handshake that came to its end after a stall that no user would put up with.
///
/// The times are those from what the server waited for to its answer, so that what was lost and sent again does not
/// count.
final class SlowAnswer {
    /// No healthy server thinks so long.
    private static final double LEAST_MILLIS = 4_500;
    /// A resolver waits so long for a name server before it asks again (`timeout` of resolv.conf).
    private static final double RESOLVER_MILLIS = 5_000;
    /// sshd's own work beside it, and how early a clock may be.
    private static final double LATER_MILLIS = 600;

    private static final double EARLIER_MILLIS = 20;
    /// `UseDNS yes` with a dead resolver: measured with OpenSSH 9.2 and 10.0.
    private static final double LEAST_LOOKUP_MILLIS = 12_000;

    private static final double MOST_LOOKUP_MILLIS = 16_000;
    private static final double LIKELY = 0.68;
    private static final double OPEN = 0.50;

    private SlowAnswer() {}

    static Optional<Judgement> of(Attempt attempt) {
        if (attempt.overheard().isPresent()) {
            return Optional.empty();
        }
        return Stages.of(attempt).stream()
                .filter(report ->
                        report.stage() != Stage.CONNECT && report.millis().orElse(0) >= LEAST_MILLIS)
                .findFirst()
                .map(report -> judgement(attempt, report));
    }

    private static Judgement judgement(Attempt attempt, StageReport report) {
        double millis = report.millis().orElseThrow();
        List<Candidate> candidates = candidates(report.stage(), millis, ofResolver(attempt, report.stage(), millis));
        Candidate first = candidates.getFirst();
        Verdict verdict = first.share() >= Weights.NAMED
                ? new Verdict.Fault(
                        first.cause(),
                        first.origin(),
                        report.stage(),
                        first.share(),
                        Optional.empty(),
                        Optional.empty(),
                        first.summary())
                : new Verdict.Undetermined(
                        Optional.of(first.cause()), report.stage(), first.share(), Optional.empty(), first.summary());
        return Judgement.of(verdict, List.of(fact(attempt, report.stage(), millis)))
                .withAlternatives(Candidate.besides(candidates.subList(1, candidates.size()), first.share()))
                .withNextTest("on the server, as it does it: time getent hosts "
                        + attempt.conversation().ours().address() + "; sshd -T | grep -i usedns");
    }

    private static List<Candidate> candidates(Stage stage, double millis, boolean ofResolver) {
        String took = String.format(
                Locale.ROOT, "the handshake works, but the server took %.1f s at %s: ", millis / 1e3, stage.word());
        boolean authenticating = stage == Stage.SERVICE || stage == Stage.USERAUTH;
        boolean lookup = (authenticating || stage == Stage.IDENTIFICATION) && ofResolver
                || authenticating && millis >= LEAST_LOOKUP_MILLIS && millis <= MOST_LOOKUP_MILLIS;
        if (lookup) {
            return List.of(
                    Candidate.of(
                            Cause.SLOW_DNS,
                            Origin.SERVER_PROCESS,
                            LIKELY,
                            took + "as long as a resolver waits for name servers that do not answer"),
                    beside(Cause.SLOW_AUTHENTICATION, Origin.SERVER_PROCESS, authenticating ? 0.25 : 0.05),
                    beside(Cause.LISTENER_STALLED, Origin.SERVER_PROCESS, 0.10));
        }
        return authenticating
                ? List.of(
                        Candidate.of(
                                Cause.SLOW_AUTHENTICATION,
                                Origin.SERVER_PROCESS,
                                OPEN,
                                took + "what it asks before it answers is slow"),
                        beside(Cause.SLOW_DNS, Origin.SERVER_PROCESS, 0.35),
                        beside(Cause.LISTENER_STALLED, Origin.SERVER_PROCESS, 0.10))
                : List.of(
                        Candidate.of(
                                Cause.LISTENER_STALLED,
                                Origin.SERVER_PROCESS,
                                OPEN,
                                took + "it is starved of processor, memory or entropy, or waits for something"),
                        beside(Cause.SLOW_DNS, Origin.SERVER_PROCESS, 0.25),
                        beside(Cause.LOSSY_PATH, Origin.PATH, 0.15));
    }

    /// A server that speaks first waits for nothing that we say, so it may have begun when the connection stood.
    private static boolean ofResolver(Attempt attempt, Stage stage, double millis) {
        if (ofResolver(millis)) {
            return true;
        }
        Optional<Seen> stood =
                attempt.first(seen -> seen.ours() && !seen.segment().flags().syn());
        Optional<Seen> spoke =
                attempt.first(seen -> seen.genuine() && seen.segment().payloadLength() > 0);
        return stage == Stage.IDENTIFICATION
                && stood.isPresent()
                && spoke.isPresent()
                && ofResolver((spoke.get().atNanos() - stood.get().atNanos()) / 1e6);
    }

    /// Near a whole number of a resolver's waits.
    private static boolean ofResolver(double millis) {
        double over = (millis + EARLIER_MILLIS) % RESOLVER_MILLIS;
        return over <= LATER_MILLIS + EARLIER_MILLIS;
    }

    /// The segments before and behind the longest rest.
    private static Fact fact(Attempt attempt, Stage stage, double millis) {
        Optional<Seen> before = Optional.empty();
        List<Integer> frames = List.of();
        long longest = 0;
        for (Seen seen : attempt.segments()) {
            if (seen.genuine() && seen.segment().payloadLength() > 0 && before.isPresent()) {
                long rest = seen.atNanos() - before.get().atNanos();
                if (rest > longest) {
                    longest = rest;
                    frames = List.of(before.get().frame(), seen.frame());
                }
            }
            if (seen.segment().sequenceLength() > 0) {
                before = Optional.of(seen);
            }
        }
        return Fact.told(
                "server-answered-late",
                Family.SEQUENCE,
                frames,
                String.format(
                        Locale.ROOT,
                        "the server's answer at %s came %.2f s after what it waited for had arrived",
                        stage.word(),
                        millis / 1e3));
    }
}
