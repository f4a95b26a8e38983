package rstprobe.diagnose;

import static rstprobe.diagnose.Cause.ABORTED_WITHOUT_REASON;
import static rstprobe.diagnose.Cause.CLOSED_WITHOUT_REASON;
import static rstprobe.diagnose.Cause.CONNECTION_LIMIT;
import static rstprobe.diagnose.Cause.GRACE_TIME_EXCEEDED;
import static rstprobe.diagnose.Cause.HOST_KEY_FAILURE;
import static rstprobe.diagnose.Cause.IDLE_TIMEOUT;
import static rstprobe.diagnose.Cause.LARGE_KEX_FAILS;
import static rstprobe.diagnose.Cause.LISTENER_DIED;
import static rstprobe.diagnose.Cause.MAX_STARTUPS;
import static rstprobe.diagnose.Cause.MULTIPLEXER;
import static rstprobe.diagnose.Cause.NOT_SSH;
import static rstprobe.diagnose.Cause.NO_COMMON_ALGORITHM;
import static rstprobe.diagnose.Cause.NO_HEALTHY_BACKEND;
import static rstprobe.diagnose.Cause.PROXY_PROTOCOL_MISMATCH;
import static rstprobe.diagnose.Cause.SESSION_PROCESS_DIED;
import static rstprobe.diagnose.Cause.SLOW_AUTHENTICATION;
import static rstprobe.diagnose.Cause.SLOW_DNS;
import static rstprobe.diagnose.Cause.SSHD_CANNOT_START;
import static rstprobe.diagnose.Cause.SSHD_LACKS_CAPABILITY;
import static rstprobe.diagnose.Cause.STREAM_CORRUPTED;
import static rstprobe.diagnose.Cause.TCP_WRAPPERS;
import static rstprobe.diagnose.Cause.USER_REFUSED;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.record.Mode;
import rstprobe.ssh.Stage;

/// Why the far side ended a connection without a word, as far as when and how it did tells.
///
/// Who ended it is settled before, and stays, unless a proxy's habits give it away: it has the port as a server would.
/// What only ranks causes leaves the verdict's general cause as it is, and
/// stands under the alternatives; a sign that hardly anything else leaves names the cause.
final class CloseCauses {
    private static final Set<Cause> GENERAL = EnumSet.of(CLOSED_WITHOUT_REASON, ABORTED_WITHOUT_REASON);
    private static final Set<Cause> OF_A_PROXY =
            EnumSet.of(NO_HEALTHY_BACKEND, MULTIPLEXER, PROXY_PROTOCOL_MISMATCH, IDLE_TIMEOUT);
    /// An sshd that starts and quits takes less.
    private static final double SOON_SECONDS = 0.05;

    private static final double WORTH_TELLING = 0.02;
    private static final int MOST_TOLD = 4;

    /// A cause and its probability among the causes.
    private record Share(Cause cause, double probability) {}

    private CloseCauses() {}

    /// The judgement with the cause named where it can be, and else with the causes that stay open.
    static Judgement refined(Judgement judgement, List<Attempt> all) {
        if (!(judgement.verdict() instanceof Verdict.Fault fault)
                || !GENERAL.contains(fault.cause())
                || fault.origin() != Origin.SERVER_PROCESS && fault.origin() != Origin.PROXY
                || all.stream().anyMatch(attempt -> attempt.overheard().isPresent())) {
            return judgement;
        }
        Closes closes = Closes.of(fault.stage(), all);
        Map<Cause, Integer> before = before(fault.stage());
        if (closes.ended().isEmpty() || before.isEmpty()) {
            return judgement;
        }
        List<CloseSign> signs = Arrays.stream(CloseSign.values())
                .filter(sign -> sign.in(closes))
                .toList();
        List<Share> shares = shares(before, signs);
        Share first = shares.getFirst();
        boolean named = (fault.origin() == Origin.SERVER_PROCESS || originOf(first.cause) == fault.origin())
                && first.probability >= Weights.NAMED
                && signs.stream().anyMatch(sign -> sign.convincesOf(first.cause));
        Judgement told = judgement
                .withMoreEvidence(signs.stream()
                        .map(sign -> Fact.told(sign.id(), Family.SEQUENCE, closes.frames(), sign.text(closes)))
                        .toList())
                .withAlternatives(alternatives(named ? shares.subList(1, shares.size()) : shares, fault, judgement));
        if (named) {
            return told.withVerdict(verdict(fault, first, closes));
        }
        boolean proxyTold = told.alternatives().stream().anyMatch(other -> other.origin() == Origin.PROXY);
        return proxyTold && fault.confidence() > Weights.SEVERAL_ATTEMPTS ? told.withVerdict(doubted(fault)) : told;
    }

    /// Whose process it is that ended the connection stays open where a proxy may have done it.
    private static Verdict doubted(Verdict.Fault fault) {
        return new Verdict.Fault(
                fault.cause(),
                fault.origin(),
                fault.stage(),
                Weights.SEVERAL_ATTEMPTS,
                fault.hop(),
                fault.trigger(),
                fault.summary());
    }

    /// Whether a connection on which we say nothing would separate the causes. Those who read us without a word
    /// of their own close then at once, after a time of theirs, or not at all. Of those who close as soon as they
    /// accept it shows how long that takes them, which load on either host can only lengthen.
    static boolean silenceWouldTell(List<Attempt> all) {
        List<Attempt> talked =
                all.stream().filter(attempt -> attempt.mode() == Mode.TALK).toList();
        Closes closes = Closes.of(Stage.IDENTIFICATION, talked);
        return closes.wordless()
                && (CloseSign.READS_US.in(closes) && closes.leastSeconds() < 1 || closes.leastSeconds() < SOON_SECONDS);
    }

    /// Whether a connection on which what we say first lies there before any process has it would separate
    /// the causes: a close then shows if that process reads what it cannot use. Not where one has shown it
    /// already, by chance; once more where our words came too late for it.
    static boolean promptnessWouldTell(List<Attempt> all) {
        List<Attempt> spoken = all.stream()
                .filter(attempt -> attempt.mode() == Mode.TALK || attempt.mode() == Mode.PROMPT)
                .toList();
        Closes closes = Closes.of(Stage.IDENTIFICATION, spoken);
        return closes.wordless()
                && closes.leastSeconds() < 1
                && closes.ended().stream().allMatch(close -> close.unheard() && !close.aborted());
    }

    /// How often each is met where a connection ends at that stage and nobody says why, in decibans against the
    /// commonest: from what tutorials, trackers and our practice networks show, no measurement. Causes that end no
    /// connection at a stage are not there.
    private static Map<Cause, Integer> before(Stage stage) {
        return switch (stage) {
            case IDENTIFICATION -> beforeIdentification();
            case KEXINIT -> beforeKexinit();
            case KEX, NEWKEYS -> beforeKex();
            case SERVICE -> beforeService();
            case USERAUTH -> beforeUserauth();
            case CONNECT, SESSION, IDLE -> Map.of();
        };
    }

    private static Map<Cause, Integer> beforeIdentification() {
        return Map.of(
                SSHD_CANNOT_START,
                0,
                NO_HEALTHY_BACKEND,
                0,
                CONNECTION_LIMIT,
                -1,
                NOT_SSH,
                -9,
                MULTIPLEXER,
                -10,
                PROXY_PROTOCOL_MISMATCH,
                -9,
                TCP_WRAPPERS,
                -10,
                MAX_STARTUPS,
                -10,
                LISTENER_DIED,
                -16);
    }

    private static Map<Cause, Integer> beforeKexinit() {
        return Map.of(
                SSHD_CANNOT_START,
                0,
                SSHD_LACKS_CAPABILITY,
                -1,
                SESSION_PROCESS_DIED,
                -3,
                GRACE_TIME_EXCEEDED,
                -16,
                IDLE_TIMEOUT,
                -20);
    }

    private static Map<Cause, Integer> beforeKex() {
        return Map.of(
                SESSION_PROCESS_DIED,
                0,
                STREAM_CORRUPTED,
                -5,
                HOST_KEY_FAILURE,
                -6,
                LARGE_KEX_FAILS,
                -8,
                NO_COMMON_ALGORITHM,
                -10,
                GRACE_TIME_EXCEEDED,
                -14,
                IDLE_TIMEOUT,
                -20);
    }

    private static Map<Cause, Integer> beforeService() {
        return Map.of(
                SESSION_PROCESS_DIED,
                0,
                STREAM_CORRUPTED,
                -5,
                SSHD_LACKS_CAPABILITY,
                -8,
                GRACE_TIME_EXCEEDED,
                -14,
                IDLE_TIMEOUT,
                -20);
    }

    private static Map<Cause, Integer> beforeUserauth() {
        return Map.of(
                SESSION_PROCESS_DIED,
                0,
                USER_REFUSED,
                -4,
                SSHD_LACKS_CAPABILITY,
                -8,
                GRACE_TIME_EXCEEDED,
                -14,
                SLOW_DNS,
                -16,
                SLOW_AUTHENTICATION,
                -16,
                IDLE_TIMEOUT,
                -20);
    }

    private static List<Share> shares(Map<Cause, Integer> before, List<CloseSign> signs) {
        List<Share> odds = before.entrySet().stream()
                .map(entry -> new Share(
                        entry.getKey(),
                        Math.pow(
                                10,
                                (entry.getValue()
                                                + signs.stream()
                                                        .mapToInt(sign -> sign.weight(entry.getKey()))
                                                        .sum())
                                        / 10.0)))
                .toList();
        double sum = odds.stream().mapToDouble(Share::probability).sum();
        return odds.stream()
                .map(share -> new Share(share.cause, share.probability / sum))
                .sorted(Comparator.comparingDouble(Share::probability)
                        .reversed()
                        .thenComparing(Share::cause))
                .toList();
    }

    /// The causes that stay open, and who else may have done it.
    private static List<Alternative> alternatives(List<Share> open, Verdict.Fault fault, Judgement judgement) {
        List<Alternative> causes = open.stream()
                .map(share -> new Alternative(
                        share.cause, originOf(share.cause), rounded(share.probability * fault.confidence())))
                .filter(other -> other.confidence() >= WORTH_TELLING)
                .limit(MOST_TOLD)
                .toList();
        boolean proxyTold = causes.stream().anyMatch(other -> other.origin() == Origin.PROXY);
        return Stream.concat(
                        causes.stream(),
                        judgement.alternatives().stream().filter(other -> !proxyTold || other.origin() != Origin.PROXY))
                .sorted(Comparator.comparingDouble(Alternative::confidence).reversed())
                .toList();
    }

    private static Origin originOf(Cause cause) {
        if (cause == STREAM_CORRUPTED) {
            return Origin.IN_PATH;
        }
        return OF_A_PROXY.contains(cause) ? Origin.PROXY : Origin.SERVER_PROCESS;
    }

    private static double rounded(double probability) {
        return Math.round(probability * 100) / 100.0;
    }

    private static Verdict verdict(Verdict.Fault fault, Share first, Closes closes) {
        double limit = closes.ended().size() > 1 ? Weights.SEVERAL_ATTEMPTS : Weights.ONE_ATTEMPT;
        return new Verdict.Fault(
                first.cause,
                originOf(first.cause),
                fault.stage(),
                Math.min(Math.min(fault.confidence(), rounded(first.probability)), limit),
                fault.hop(),
                Optional.empty(),
                "ended at " + fault.stage().word() + ": " + named(first.cause));
    }

    private static String named(Cause cause) {
        if (cause == TCP_WRAPPERS) {
            return "TCP wrappers on the server refuse our address (hosts.deny), after the five seconds they sleep";
        }
        if (cause == GRACE_TIME_EXCEEDED) {
            return "the server kept us waiting until its own patience ran out (LoginGraceTime)";
        }
        if (cause == NOT_SSH) {
            return "what has the port waits for others to speak, and closed when we spoke SSH";
        }
        if (cause == NO_HEALTHY_BACKEND) {
            return "a proxy or port forwarder has the port, and has no server for us or rejects us";
        }
        return cause == USER_REFUSED
                ? "the server's settings most likely refuse connections of this user or address (RefuseConnection)"
                : "the server's process for this connection died";
    }
}
