package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.ServerFacts;
import rstprobe.diagnose.Finding.Where;
import rstprobe.ssh.Outcome;

/// What to do next, for every cause: at most five commands, the most telling first, for the side of the path, the
/// distribution and the release at hand.
///
/// A verdict is made without it, and it never says more than the verdict.
final class Advice {
    /// Most steps a verdict has.
    static final int MOST = 5;

    private Advice() {}

    /// How a connection ended for which no cause is named.
    enum Ended {
        UNANSWERED,
        RESET,
        CLOSED,
        SILENT,
        BY_OUR_SOCKET,
        BY_OTHERS_CLIENT
    }

    /// The steps for a recording's verdict; none where nothing is wrong or no connection was tried.
    static List<NextStep> of(Verdict verdict, Optional<Attempt> decisive, String host, ServerFacts server) {
        return decisive.map(attempt -> of(
                        verdict,
                        ended(attempt),
                        new Site(
                                attempt.conversation().ours().address(),
                                attempt.conversation().theirs().address(),
                                attempt.conversation().theirs().port(),
                                host,
                                server.software().orElse(ServerSoftware.UNKNOWN))))
                .orElse(List.of());
    }

    /// The steps for a verdict; none where nothing is wrong.
    static List<NextStep> of(Verdict verdict, Ended ended, Site site) {
        return switch (verdict) {
            case Verdict.Healthy _ -> List.of();
            case Verdict.Fault fault
            when fault.cause() == Cause.LOCAL_NO_SOCKET && ended == Ended.UNANSWERED ->
                new SpokenAdvice(site).noneLeft();
            case Verdict.Fault fault -> of(fault.cause(), fault.origin(), site);
            case Verdict.Undetermined open ->
                open.cause().map(cause -> of(cause, Origin.UNKNOWN, site)).orElseGet(() -> of(ended, site));
        };
    }

    /// The steps for a cause.
    static List<NextStep> of(Cause cause, Origin origin, Site site) {
        return known(table(cause, origin, site), site);
    }

    /// The steps where no cause is named.
    static List<NextStep> of(Ended ended, Site site) {
        return known(open(ended, site), site);
    }

    /// What the server has the commands for, and its log where it has them for nothing else.
    private static List<NextStep> known(List<NextStep> steps, Site site) {
        List<NextStep> known = steps.stream().filter(site::knows).toList();
        boolean server = known.stream().anyMatch(step -> step.where() == Where.SERVER);
        boolean asked = steps.stream().anyMatch(step -> step.where() == Where.SERVER);
        return asked && !server ? joined(List.of(new SshdAdvice(site).log()), known) : known;
    }

    /// One line for each cause: which steps, from whose list.
    private static List<NextStep> table(Cause cause, Origin origin, Site site) {
        SynAdvice syn = new SynAdvice(site);
        RefusalAdvice refusal = new RefusalAdvice(site);
        SshdAdvice sshd = new SshdAdvice(site);
        PathAdvice path = new PathAdvice(site);
        SpokenAdvice spoken = new SpokenAdvice(site);
        return switch (cause) {
            case NO_LISTENER -> syn.noListener(origin);
            case REJECTED_WITH_ICMP, REJECTED_WITH_RESET -> syn.rejected(origin);
            case SYN_DROPPED -> syn.synDropped();
            case HOST_UNREACHABLE -> syn.unreachable();
            case BANNED -> syn.banned();
            case RATE_LIMITED -> syn.rateLimited();
            case ONE_FAMILY_BROKEN -> syn.oneFamily();
            case DUPLICATE_ADDRESS -> syn.duplicateAddress();
            case SYN_PROXY -> syn.synProxy();
            case TCP_WRAPPERS -> refusal.tcpWrappers();
            case MAX_STARTUPS -> refusal.maxStartups();
            case SOURCE_PENALTY -> refusal.sourcePenalty();
            case CONNECTION_LIMIT -> refusal.connectionLimit();
            case GRACE_TIME_EXCEEDED -> refusal.graceTime();
            case USER_REFUSED -> refusal.userRefused();
            case TOO_MANY_AUTHENTICATION_FAILURES -> refusal.tooManyFailures();
            case MAX_SESSIONS -> refusal.maxSessions();
            case SSHD_CANNOT_START -> sshd.cannotStart();
            case LISTENER_STALLED -> sshd.stalled();
            case LISTENER_DIED -> sshd.listenerDied();
            case ACCEPT_QUEUE_OVERFLOW -> sshd.queueFull();
            case SESSION_PROCESS_DIED -> sshd.processDied();
            case SSHD_LACKS_CAPABILITY -> sshd.lacksCapability();
            case SLOW_DNS -> sshd.slowDns();
            case SLOW_AUTHENTICATION -> sshd.slowAuthentication();
            case KEEPALIVE_EXPIRED -> sshd.keepalive();
            case SESSION_KILLED -> sshd.sessionKilled();
            case HOST_KEY_FAILURE -> sshd.hostKey();
            case CLOSED_WITHOUT_REASON -> sshd.unexplained(false, origin);
            case ABORTED_WITHOUT_REASON -> sshd.unexplained(true, origin);
            case ESTABLISHED_DROPPED, ESTABLISHED_REJECTED -> path.established(origin);
            case INJECTED_RESET, INSPECTED_AND_RESET, FILTERED_AFTER_KEX -> path.forgedReset();
            case INSPECTED_AND_DROPPED -> path.inspectedInSilence();
            case CONNECTION_TABLE_FULL -> path.tableFull();
            case CONNECTION_STATE_LOST -> path.stateLost();
            case IDLE_TIMEOUT -> path.idle();
            case PROXY_PROTOCOL_MISMATCH -> path.proxyProtocol();
            case DSCP_DROPPED -> path.marking();
            case MTU_BLACK_HOLE -> path.blackHole();
            case LARGE_KEX_FAILS -> path.largeKex();
            case LOSSY_PATH -> path.lossy();
            case STREAM_CORRUPTED -> path.corrupted();
            case NO_HEALTHY_BACKEND -> RefusalAdvice.backend(site);
            case NOT_SSH -> spoken.notSsh();
            case MULTIPLEXER -> spoken.multiplexer();
            case TARPIT -> spoken.tarpit();
            case VERSION_MISMATCH -> spoken.version();
            case IDENTIFICATION_GARBLED -> spoken.garbled();
            case NO_COMMON_ALGORITHM -> spoken.noCommonAlgorithm();
            case STRICT_KEX_VIOLATION -> spoken.strictKex();
            case LOCAL_FIREWALL -> spoken.ownFirewall();
            case LOCAL_NO_SOCKET -> spoken.noSocket();
            case CLIENT_ABORTED -> spoken.clientAborted();
            case INTERMITTENT -> sometimes(refusal, sshd, path);
        };
    }

    /// It fails now and then: the limits that strike at random, the queue, and loss.
    private static List<NextStep> sometimes(RefusalAdvice refusal, SshdAdvice sshd, PathAdvice path) {
        List<NextStep> limits = refusal.maxStartups();
        return List.of(
                limits.get(0),
                limits.get(1),
                sshd.queueFull().getFirst(),
                sshd.unexplained(false, Origin.UNKNOWN).getFirst(),
                path.lossy().getFirst());
    }

    /// Nothing is named: first see on which side it happens.
    private static List<NextStep> open(Ended ended, Site site) {
        SynAdvice syn = new SynAdvice(site);
        List<NextStep> own = new SpokenAdvice(site).ownFirewall();
        List<NextStep> client = new SpokenAdvice(site).clientAborted();
        return switch (ended) {
            case UNANSWERED ->
                List.of(
                        syn.synDropped().getFirst(),
                        own.get(0),
                        own.get(1),
                        syn.rejected(Origin.SERVER_FIREWALL).getFirst());
            case RESET, CLOSED -> ends(ended == Ended.RESET, site);
            case SILENT -> silent(site);
            case BY_OUR_SOCKET -> own;
            case BY_OTHERS_CLIENT -> joined(client, ends(true, site).subList(0, 2));
        };
    }

    private static List<NextStep> ends(boolean reset, Site site) {
        List<NextStep> ends = new SshdAdvice(site).unexplained(reset, Origin.UNKNOWN);
        return List.of(
                ends.get(1),
                ends.get(0),
                new SynAdvice(site).rejected(Origin.IN_PATH).getFirst(),
                new PathAdvice(site).forgedReset().getFirst());
    }

    private static List<NextStep> silent(Site site) {
        PathAdvice path = new PathAdvice(site);
        List<NextStep> filter = path.established(Origin.UNKNOWN);
        return List.of(
                filter.get(1),
                path.blackHole().getFirst(),
                new SshdAdvice(site).stalled().getFirst(),
                filter.getFirst(),
                filter.getLast());
    }

    private static Ended ended(Attempt attempt) {
        return switch (attempt.ending()) {
            case Ending.NotConnected _, Ending.NoAnswer _, Ending.Unfinished _ -> Ended.UNANSWERED;
            case Ending.Handshake(Outcome outcome) -> ended(attempt, outcome);
        };
    }

    private static Ended ended(Attempt attempt, Outcome outcome) {
        return switch (outcome) {
            case Outcome.LocallyFailed _ ->
                attempt.overheard().isPresent() ? Ended.BY_OTHERS_CLIENT : Ended.BY_OUR_SOCKET;
            case Outcome.ResetAt _ -> Ended.RESET;
            case Outcome.SilentAt _ -> Ended.SILENT;
            case Outcome.ClosedAt _,
                    Outcome.Completed _,
                    Outcome.Garbled _,
                    Outcome.NoCommonAlgorithm _,
                    Outcome.NotSsh _,
                    Outcome.VersionMismatch _,
                    Outcome.DisconnectedAt _ -> Ended.CLOSED;
        };
    }

    /// Two lists as one, cut at the most a verdict has.
    static List<NextStep> joined(List<NextStep> first, List<NextStep> second) {
        return Stream.concat(first.stream(), second.stream()).limit(MOST).toList();
    }
}
