package rstprobe.diagnose;

import static rstprobe.diagnose.Cause.CONNECTION_LIMIT;
import static rstprobe.diagnose.Cause.GRACE_TIME_EXCEEDED;
import static rstprobe.diagnose.Cause.IDLE_TIMEOUT;
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
import static rstprobe.diagnose.Cause.TCP_WRAPPERS;
import static rstprobe.diagnose.Cause.USER_REFUSED;

import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import rstprobe.ssh.Stage;

/// What can be seen of a close without a word, and which causes it speaks for or against.
///
/// Weights are decibans. Times were measured on one link with OpenSSH 8.4 to 10.0, dropbear, xinetd, HAProxy, nginx
/// and sslh; those below 20 ms move with load, so they rank causes and never name one.
enum CloseSign {
    /// libwrap's `refuse()` logs, sleeps five seconds and exits (5.00 to 5.07 s, OpenSSH 8.4, 9.2 and 10.0): what we
    /// said is unread then, so the close is an abort. A proxy that gives up after five seconds has read it.
    SLEEPS_FIVE_SECONDS(CloseManner::sleepsFive, Map.of(TCP_WRAPPERS, 36)),
    /// Above 9.8 as late as up to four seconds more; before, `alarm()` fires on the second. It is set when the
    /// process for the connection has started, just before its first word: how long that took is not its time.
    ENDS_WITH_GRACE(
            CloseManner::graceRanOut,
            Map.of(GRACE_TIME_EXCEEDED, 30, SLOW_DNS, 16, SLOW_AUTHENTICATION, 14, IDLE_TIMEOUT, 18)),
    /// xinetd's limits, dropbear's, a balancer without servers: 0.1 to 0.4 ms.
    CLOSES_AT_ONCE(
            closes -> CloseManner.took(closes, 0, 0.45),
            Map.of(CONNECTION_LIMIT, 8, NO_HEALTHY_BACKEND, 7, MAX_STARTUPS, 5, SSHD_CANNOT_START, -2)),
    /// sshd's listener that asks for a process and gets none: 0.6 to 0.9 ms; so long takes xinetd to look at addresses.
    CLOSES_AFTER_A_TRY(
            closes -> CloseManner.took(closes, 0.45, 1.05),
            Map.of(CONNECTION_LIMIT, 1, NO_HEALTHY_BACKEND, 2, MAX_STARTUPS, 1, SSHD_CANNOT_START, 1)),
    /// socat's process for the connection, and the one in which xinetd looks at addresses: 0.8 to 2 ms.
    TAKES_A_PROCESS(closes -> CloseManner.took(closes, 1.05, 1.8), Map.of(CONNECTION_LIMIT, 2, NO_HEALTHY_BACKEND, 3)),
    /// A program that is not there, or not the one it should be: 1.5 to 5 ms.
    TAKES_A_PROGRAM(closes -> CloseManner.took(closes, 1.8, 5), Map.of(CONNECTION_LIMIT, -1, SSHD_CANNOT_START, 5)),
    /// An sshd that starts, looks at its keys and folders, and quits: 7 to 16 ms.
    TAKES_A_START(
            closes -> CloseManner.took(closes, 5, 1000),
            Map.of(CONNECTION_LIMIT, -4, NO_HEALTHY_BACKEND, -4, SSHD_CANNOT_START, 7)),
    /// Connects to a server behind it, and tries again: 1 to 6 s.
    CLOSES_LATE(
            closes -> closes.wordless() && closes.leastSeconds() >= 1 && !CloseManner.sleepsFive(closes),
            Map.of(NO_HEALTHY_BACKEND, 10, SSHD_CANNOT_START, -8, CONNECTION_LIMIT, -8)),
    /// One that reads what it is to pass on, and each time gives up its server as late: HAProxy refused by its server
    /// tries three times more, a second apart.
    GIVES_UP_IN_ORDER(
            closes -> closes.wordless()
                    && closes.ended().size() > 1
                    && closes.ended().stream().noneMatch(Close::aborted)
                    && closes.talked().stream().allMatch(Close::readUs)
                    && closes.leastSeconds() >= 1
                    && closes.mostSeconds() < 7
                    && closes.mostSeconds() < 1.2 * closes.leastSeconds(),
            Map.of(NO_HEALTHY_BACKEND, 4)),
    /// sshd speaks first (RFC 4253 section 4.2 lets it), and within milliseconds. What waits for us to speak,
    /// and then closes, is another kind of server, or looks at what comes.
    WAITS_FOR_US(
            CloseManner::waits,
            Map.of(
                    NOT_SSH,
                    16,
                    MULTIPLEXER,
                    14,
                    PROXY_PROTOCOL_MISMATCH,
                    12,
                    NO_HEALTHY_BACKEND,
                    4,
                    SSHD_CANNOT_START,
                    -14,
                    CONNECTION_LIMIT,
                    -14,
                    TCP_WRAPPERS,
                    -14)),
    /// An orderly close of whoever has read what we said.
    READS_US(
            closes -> closes.wordless()
                    && closes.ended().stream().anyMatch(Close::readUs)
                    && closes.ended().stream().noneMatch(Close::aborted),
            Map.of(NOT_SSH, 6, MULTIPLEXER, 6, NO_HEALTHY_BACKEND, 4, SSHD_CANNOT_START, -4, TCP_WRAPPERS, -15)),
    /// What lay there when the connection was taken, and was read although nobody was to get it: so HAProxy closes.
    /// sshd that cannot start, xinetd and dropbear above their limits, nginx and socat leave it.
    READS_WHAT_LAY_THERE(
            closes -> closes.wordless()
                    && closes.ended().stream().anyMatch(close -> close.prompt() && close.readUs())
                    && closes.ended().stream().noneMatch(Close::aborted),
            Map.of(
                    NO_HEALTHY_BACKEND,
                    4,
                    SSHD_CANNOT_START,
                    -12,
                    CONNECTION_LIMIT,
                    -12,
                    MAX_STARTUPS,
                    -12,
                    LISTENER_DIED,
                    -12)),
    /// The other way round. nginx and other forwarders that are refused before they read anything do so too.
    LEAVES_WHAT_LAY_THERE(
            closes -> closes.wordless()
                    && !CloseManner.abortsUnprovoked(closes)
                    && closes.ended().stream().anyMatch(close -> close.prompt() && close.aborted()),
            Map.of(NO_HEALTHY_BACKEND, -2)),
    /// What hands on streams ends each direction for itself: socat shuts down one, and closes half a millisecond later
    /// with what we said unread.
    ENDS_EACH_DIRECTION(
            closes -> closes.wordless()
                    && closes.leastSeconds() < 1
                    && closes.ended().stream().anyMatch(Close::halved),
            Map.of(NO_HEALTHY_BACKEND, 12, MULTIPLEXER, 4)),
    /// dropbear marks its listener, so that its SYN-ACK is marked already; OpenSSH marks what it has taken.
    MARKS_ITS_OPENING(
            closes -> closes.wordless() && closes.all().stream().anyMatch(CloseManner::openedMarked),
            Map.of(CONNECTION_LIMIT, 6, SSHD_CANNOT_START, -4, TCP_WRAPPERS, -10)),
    /// An abort with nothing to read is one on purpose (HAProxy's `reject`, which lets a close linger for no
    /// time), or the kernel's, for a listener that died with us in its queue.
    ABORTS_UNPROVOKED(
            CloseManner::abortsUnprovoked,
            Map.of(NO_HEALTHY_BACKEND, 8, LISTENER_DIED, 12, CONNECTION_LIMIT, -3, SSHD_CANNOT_START, -6)),
    /// Whoever expects a line of another kind looks at the first bytes and leaves the rest.
    WAITS_AND_ABORTS(
            closes -> CloseManner.waits(closes) && closes.ended().stream().anyMatch(Close::aborted),
            Map.of(PROXY_PROTOCOL_MISMATCH, 6, MULTIPLEXER, -4, NOT_SSH, -3)),
    /// What we said lay unread. A proxy reads what it is to pass on. Who aborts with nothing to read always aborts.
    LEAVES_US_UNREAD(
            closes -> closes.wordless()
                    && !CloseManner.abortsUnprovoked(closes)
                    && closes.ended().stream().anyMatch(Close::aborted),
            Map.of(
                    SSHD_CANNOT_START,
                    3,
                    CONNECTION_LIMIT,
                    3,
                    MAX_STARTUPS,
                    3,
                    PROXY_PROTOCOL_MISMATCH,
                    3,
                    NO_HEALTHY_BACKEND,
                    -1,
                    MULTIPLEXER,
                    -4)),
    /// TLS servers wait for long, and so do all who expect a line of us; HAProxy that waits for a PROXY line
    /// aborts.
    STAYS_WHILE_WE_LISTEN(
            closes -> closes.silentWhileListening() && closes.ended().stream().noneMatch(Close::aborted),
            Map.of(NOT_SSH, 8, NO_HEALTHY_BACKEND, -8, MULTIPLEXER, -8)),
    /// sslh takes a silent client for SSH after 2 s (Debian) or 5 s, and finds nobody there.
    GIVES_UP_LISTENING(CloseManner::gaveUpListening, Map.of(MULTIPLEXER, 12, NO_HEALTHY_BACKEND, 6, NOT_SSH, -14)),
    /// xinetd's `cps` accepts one connection too many and then closes the port; a listener that dies closes it
    /// too.
    PORT_CLOSES_AFTERWARDS(Closes::thenRefused, Map.of(CONNECTION_LIMIT, 14, LISTENER_DIED, 18)),
    /// OpenSSH from 9.8 on blames the source for a process that crashes (90 s) and for RefuseConnection (10 s).
    PENALTY_FOLLOWS(Closes::thenPenalised, Map.of(SESSION_PROCESS_DIED, 12, USER_REFUSED, 10)),
    /// RefuseConnection came with 9.9, and closes at the first request of authentication.
    KNOWS_REFUSE_CONNECTION(
            closes -> closes.stage() == Stage.USERAUTH
                    && closes.software().has(OpenSshChange.REFUSE_CONNECTION)
                    && closes.ended().stream().allMatch(CloseManner::answered),
            Map.of(USER_REFUSED, 10)),
    /// Before 8.2 MaxStartups has no words, and strikes at random.
    REFUSES_AT_RANDOM(
            closes -> closes.sometimes() && closes.wordless(),
            Map.of(MAX_STARTUPS, 6, CONNECTION_LIMIT, 4, NO_HEALTHY_BACKEND, 4, SSHD_CANNOT_START, -3)),
    /// As above, of a release that says nothing.
    REFUSES_WITHOUT_WORDS(
            closes -> closes.wordless() && closes.software().precedes(OpenSshChange.MAX_STARTUPS_SAID),
            Map.of(MAX_STARTUPS, 10)),
    /// dropbear has limits by source and in all, and says nothing of them.
    IS_DROPBEAR(
            closes -> closes.wordless() && closes.software().product() == ServerSoftware.Product.DROPBEAR,
            Map.of(CONNECTION_LIMIT, 10, TCP_WRAPPERS, -20)),
    /// From 10.0 on sshd has no group to fall back to where its file of groups has none that fits.
    WAS_TO_CHOOSE_A_GROUP(
            closes -> closes.stage() == Stage.KEX
                    && closes.ended().stream().map(Close::attempt).allMatch(GroupExchange::agreedIn),
            Map.of(NO_COMMON_ALGORITHM, 16)),
    /// What cannot start, or lacks a right, ends every connection at the same place. What dies does so where it
    /// happens to be.
    CAME_FURTHER_ELSEWHERE(Closes::cameFurther, Map.of(SSHD_CANNOT_START, -8, SSHD_LACKS_CAPABILITY, -8)),
    /// From 10.0 on a program of its own comes between the identification and the key exchange.
    HAS_AUTH_PROGRAM(
            closes -> closes.stage() == Stage.KEXINIT && closes.software().has(OpenSshChange.AUTH_PROCESS),
            Map.of(SSHD_CANNOT_START, 4, SSHD_LACKS_CAPABILITY, -3));

    private final Predicate<Closes> seen;
    private final Map<Cause, Integer> weights;

    CloseSign(Predicate<Closes> seen, Map<Cause, Integer> weights) {
        this.seen = seen;
        this.weights = Map.copyOf(weights);
    }

    boolean in(Closes closes) {
        return seen.test(closes);
    }

    int weight(Cause cause) {
        return weights.getOrDefault(cause, 0);
    }

    /// Whether it names a cause, and not merely ranks it.
    boolean convincesOf(Cause cause) {
        return switch (this) {
            case SLEEPS_FIVE_SECONDS -> cause == TCP_WRAPPERS;
            case ENDS_WITH_GRACE -> cause == GRACE_TIME_EXCEEDED;
            case PENALTY_FOLLOWS -> cause == SESSION_PROCESS_DIED;
            case KNOWS_REFUSE_CONNECTION -> cause == USER_REFUSED;
            case STAYS_WHILE_WE_LISTEN -> cause == NOT_SSH;
            case GIVES_UP_IN_ORDER, ABORTS_UNPROVOKED -> cause == NO_HEALTHY_BACKEND;
            case CLOSES_AT_ONCE,
                    CLOSES_AFTER_A_TRY,
                    TAKES_A_PROCESS,
                    TAKES_A_PROGRAM,
                    TAKES_A_START,
                    CLOSES_LATE,
                    WAITS_FOR_US,
                    READS_US,
                    READS_WHAT_LAY_THERE,
                    LEAVES_WHAT_LAY_THERE,
                    ENDS_EACH_DIRECTION,
                    MARKS_ITS_OPENING,
                    WAITS_AND_ABORTS,
                    LEAVES_US_UNREAD,
                    GIVES_UP_LISTENING,
                    PORT_CLOSES_AFTERWARDS,
                    REFUSES_AT_RANDOM,
                    REFUSES_WITHOUT_WORDS,
                    IS_DROPBEAR,
                    WAS_TO_CHOOSE_A_GROUP,
                    CAME_FURTHER_ELSEWHERE,
                    HAS_AUTH_PROGRAM -> false;
        };
    }

    /// Its name in the evidence.
    String id() {
        return "close-" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// What was seen, for a person.
    String text(Closes closes) {
        String least = seconds(closes.leastSeconds());
        String own = seconds(closes.leastOwnSeconds().orElse(0));
        return switch (this) {
            case SLEEPS_FIVE_SECONDS ->
                "ended " + least + " after the connection stood, without a word and without reading ours: that is the"
                        + " sleep of TCP wrappers' refuse()";
            case ENDS_WITH_GRACE ->
                "closed " + least + " after the connection stood, while the server kept us waiting: so ends"
                        + " LoginGraceTime"
                        + (closes.software().has(OpenSshChange.GRACE_JITTER)
                                ? ", " + OpenSshChange.GRACE_JITTER.what()
                                : ", on the second");
            case CLOSES_AT_ONCE -> "closed " + own + " after the connection stood: whoever accepts closes";
            case CLOSES_AFTER_A_TRY ->
                "closed no sooner than " + own + ": whoever accepts tries something first, and closes";
            case TAKES_A_PROCESS -> "closed no sooner than " + own + ": time enough for a process to be made";
            case TAKES_A_PROGRAM -> "closed no sooner than " + own + ": time enough for a program to be called";
            case TAKES_A_START -> "closed no sooner than " + own + ": time enough for a program to start and quit";
            case CLOSES_LATE ->
                "closed " + least + " after the connection stood, without a word: it waited for somebody";
            case GIVES_UP_IN_ORDER ->
                "read us and closed in order as late each time: it gave up whomever it was to pass us on to";
            case WAITS_FOR_US -> "silent until we spoke, and closed then: an SSH server would have spoken first";
            case READS_US -> "closed in order with our identification read: a close with it unread would be a reset";
            case READS_WHAT_LAY_THERE ->
                "closed in order, with our identification read that lay there when the connection was taken";
            case LEAVES_WHAT_LAY_THERE ->
                "our identification lay there when the connection was taken, and was left unread";
            case ENDS_EACH_DIRECTION ->
                "ended its own direction first, and aborted then with ours unread: so ends what hands on streams";
            case MARKS_ITS_OPENING -> "its SYN-ACK is marked as dropbear marks its listener (AF21); OpenSSH's is not";
            case ABORTS_UNPROVOKED -> "aborted with nothing of ours to read";
            case WAITS_AND_ABORTS -> "looked at the beginning of what we said, and left the rest unread";
            case LEAVES_US_UNREAD -> "what we said was not read";
            case STAYS_WHILE_WE_LISTEN -> "while we said nothing it neither spoke nor closed";
            case GIVES_UP_LISTENING ->
                "while we said nothing it closed after "
                        + seconds(closes.listened().map(Close::seconds).orElse(0.0)) + ", at once where we spoke";
            case PORT_CLOSES_AFTERWARDS -> "later the port was closed";
            case PENALTY_FOLLOWS -> "then the server refused our address in words: it blames us for how this one ended";
            case KNOWS_REFUSE_CONNECTION ->
                "closed at our request for authentication, as RefuseConnection does (from 9.9)";
            case REFUSES_AT_RANDOM -> "other connections were served";
            case REFUSES_WITHOUT_WORDS -> "this release says nothing where MaxStartups refuses";
            case IS_DROPBEAR -> "dropbear closes without a word above its limits";
            case WAS_TO_CHOOSE_A_GROUP ->
                "the server was to choose a Diffie-Hellman group: without one that fits in its file it gives up";
            case CAME_FURTHER_ELSEWHERE ->
                "another connection came further before it was ended: what cannot start ends all at one place";
            case HAS_AUTH_PROGRAM -> "this release starts sshd-auth between its identification and its KEXINIT";
        };
    }

    private static String seconds(double seconds) {
        return seconds < 1
                ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.2f s", seconds);
    }
}
