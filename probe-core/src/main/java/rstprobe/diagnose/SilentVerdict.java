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
                        Candidate.besides(candidates.subList(sometimes ? 0 : 1, candidates.size()), confidence))
                .withNextTest(nextTest(first.cause(), attempt));
    }

    /// What would separate this cause from those beside it.
    private static String nextTest(Cause cause, Attempt attempt) {
        String host = attempt.conversation().theirs().address().toString();
        int port = attempt.conversation().theirs().port();
        String there = "on the server: tcpdump -ni any 'tcp port " + port + " and host "
                + attempt.conversation().ours().address() + "'";
        return switch (cause) {
            case MTU_BLACK_HOLE ->
                "rstprobe mtu " + host + ":" + port
                        + ": the largest packet that passes, each way; a link's size there means"
                        + " that length decides";
            case LARGE_KEX_FAILS, INSPECTED_AND_DROPPED, CONNECTION_STATE_LOST, FILTERED_AFTER_KEX ->
                "ssh -p " + port + " -o KexAlgorithms=curve25519-sha256 " + host
                        + ": a small key exchange that works says that the length or the kind of ours decides; "
                        + there + " shows which of our segments arrive";
            case DSCP_DROPPED ->
                "ssh -p " + port + " -o IPQoS=none " + host
                        + ", with IPQoS none in the server's sshd_config too: if that"
                        + " works, what is marked is dropped";
            case LOSSY_PATH -> "mtr -n -T -P " + port + " -c 100 " + host + ": at which hop the loss begins";
            case SLOW_DNS, SLOW_AUTHENTICATION ->
                "on the server, as it does it: time getent hosts "
                        + attempt.conversation().ours().address() + "; sshd -T | grep -i usedns";
            case ESTABLISHED_REJECTED, BANNED ->
                "on " + (cause == Cause.BANNED ? "the server" : "whoever sent the ICMP")
                        + ": nft list ruleset | grep -n reject; the counter that rises with each try names the rule";
            default ->
                "on the server: ss -ltn 'sport = :" + port + "' (Recv-Q above 0 means it does not accept), and"
                        + there.substring("on the server:".length()) + ": do our segments arrive";
        };
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
        return likeliest(attempt).filter(Candidate::repetitionTells).isPresent();
    }

    private static boolean alike(Attempt attempt, Candidate first, List<Attempt> all) {
        return all.stream()
                .filter(other -> other.number() != attempt.number())
                .flatMap(other -> likeliest(other).stream())
                .anyMatch(same -> same.cause() == first.cause());
    }

    private static Optional<Candidate> likeliest(Attempt attempt) {
        if (RejectedMidway.ended(attempt).isPresent()) {
            return RejectedMidway.candidates(attempt, "").stream().findFirst();
        }
        return attempt.ending() instanceof Ending.Handshake(Outcome.SilentAt(Stage stage))
                ? SilentCauses.of(attempt, stage).stream().findFirst()
                : Optional.empty();
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
