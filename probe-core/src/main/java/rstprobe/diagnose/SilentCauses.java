package rstprobe.diagnose;

import static rstprobe.diagnose.Candidate.beside;
import static rstprobe.diagnose.Cause.ACCEPT_QUEUE_OVERFLOW;
import static rstprobe.diagnose.Cause.CONNECTION_STATE_LOST;
import static rstprobe.diagnose.Cause.DSCP_DROPPED;
import static rstprobe.diagnose.Cause.ESTABLISHED_DROPPED;
import static rstprobe.diagnose.Cause.FILTERED_AFTER_KEX;
import static rstprobe.diagnose.Cause.INSPECTED_AND_DROPPED;
import static rstprobe.diagnose.Cause.LARGE_KEX_FAILS;
import static rstprobe.diagnose.Cause.LISTENER_STALLED;
import static rstprobe.diagnose.Cause.LOSSY_PATH;
import static rstprobe.diagnose.Cause.MTU_BLACK_HOLE;
import static rstprobe.diagnose.Cause.SESSION_PROCESS_DIED;
import static rstprobe.diagnose.Cause.SLOW_AUTHENTICATION;
import static rstprobe.diagnose.Cause.SLOW_DNS;
import static rstprobe.diagnose.Cause.STREAM_CORRUPTED;
import static rstprobe.diagnose.Cause.SYN_PROXY;
import static rstprobe.diagnose.Cause.TARPIT;
import static rstprobe.diagnose.Origin.IN_PATH;
import static rstprobe.diagnose.Origin.PATH;
import static rstprobe.diagnose.Origin.PROXY;
import static rstprobe.diagnose.Origin.SERVER_KERNEL;
import static rstprobe.diagnose.Origin.SERVER_PROCESS;
import static rstprobe.diagnose.Origin.UNKNOWN;

import java.util.List;
import java.util.Optional;
import rstprobe.ssh.Observation;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// What a silence may be, likeliest first: read from what of both streams arrived, and what never did.
///
/// The shares are first estimates; none names anybody above what one attempt may claim.
final class SilentCauses {
    /// So many lines before an identification are no greeting (RFC 4253 section 4.2 allows any number).
    private static final int MANY_LINES = 3;
    /// Those of finite fields of 8192 bits have as much, and next to nobody offers them.
    private static final int LARGE_KEX_BYTES = 1000;

    private final Attempt attempt;
    private final Stage stage;
    private final Delivery delivery;
    private final String at;

    private SilentCauses(Attempt attempt, Stage stage) {
        this.attempt = attempt;
        this.stage = stage;
        this.delivery = Delivery.of(attempt);
        this.at = "silent at " + stage.word() + ": ";
    }

    /// What it may be; empty where the frames point nowhere.
    static List<Candidate> of(Attempt attempt, Stage stage) {
        return new SilentCauses(attempt, stage).candidates();
    }

    private List<Candidate> candidates() {
        Optional<VanishedBySize> bySize = VanishedBySize.of(attempt, delivery);
        boolean someArrived = delivery.ours().stream().anyMatch(Delivery.Piece::arrived);
        boolean allArrived = delivery.ours().stream().allMatch(Delivery.Piece::arrived);
        List<Candidate> rejected = RejectedMidway.candidates(attempt, at);
        if (!rejected.isEmpty()) {
            return rejected;
        }
        if (SynProxy.standsAlone(attempt)) {
            return proxied();
        }
        List<Candidate> forgotten = ForgottenMeanwhile.candidates(attempt, stage, at);
        if (!forgotten.isEmpty()) {
            return forgotten;
        }
        if (bySize.isPresent()) {
            return blackHole(bySize.get());
        }
        if (delivery.hole().filter(Delivery.Hole::lasting).isPresent()) {
            return missing(delivery.hole().orElseThrow());
        }
        if (delivery.ours().isEmpty()) {
            return List.of();
        }
        if (!someArrived) {
            return nothingTaken();
        }
        if (allArrived) {
            return unanswered();
        }
        return delivery.takenOut().map(this::takenOut).orElseGet(this::cutOff);
    }

    /// What followed it in packets at least as large arrived.
    private List<Candidate> takenOut(Delivery.Piece piece) {
        return List.of(
                Candidate.repeatable(
                        INSPECTED_AND_DROPPED,
                        IN_PATH,
                        0.68,
                        at + "a segment of " + Vanished.message(attempt, piece)
                                + " was sent again and again and never reached the server, while what followed it did:"
                                + " something takes it out for what it says"),
                stage == Stage.KEX ? beside(LARGE_KEX_FAILS, IN_PATH, 0.12) : beside(STREAM_CORRUPTED, IN_PATH, 0.10),
                beside(LOSSY_PATH, PATH, 0.06));
    }

    private List<Candidate> proxied() {
        return List.of(
                Candidate.repeatable(
                        SYN_PROXY,
                        PROXY,
                        0.70,
                        at + "our SYN was answered with a closed window that never opened: something in front of the"
                                + " server accepts connections for it, and the server does not answer that"),
                beside(ESTABLISHED_DROPPED, UNKNOWN, 0.15),
                beside(ACCEPT_QUEUE_OVERFLOW, SERVER_KERNEL, 0.05));
    }

    private List<Candidate> blackHole(VanishedBySize bySize) {
        double share = bySize.smallerPassed() ? 0.70 : 0.50;
        return List.of(
                bySize.smallerPassed()
                        ? Candidate.repeatable(MTU_BLACK_HOLE, PATH, share, at + bySize.words())
                        : Candidate.of(MTU_BLACK_HOLE, PATH, share, at + bySize.words()),
                beside(LARGE_KEX_FAILS, IN_PATH, 0.12),
                beside(INSPECTED_AND_DROPPED, IN_PATH, 0.10),
                beside(LOSSY_PATH, PATH, 0.03));
    }

    /// A hole that a packet leaves while as large ones pass is not one of size.
    private List<Candidate> missing(Delivery.Hole hole) {
        return List.of(
                Candidate.repeatable(
                        INSPECTED_AND_DROPPED,
                        IN_PATH,
                        0.68,
                        at + hole.bytes() + " bytes of the server's never came while packets as large or larger did:"
                                + " something on the way takes them out"),
                beside(DSCP_DROPPED, IN_PATH, 0.10),
                beside(MTU_BLACK_HOLE, PATH, 0.08),
                beside(LOSSY_PATH, PATH, 0.08));
    }

    /// Nothing of ours was ever acknowledged.
    private List<Candidate> nothingTaken() {
        if (delivery.vanished().isEmpty()) {
            return openingRepeated() ? dropsWhatFollows(0.50) : List.of();
        }
        boolean spoke = attempt.segments().stream()
                .anyMatch(seen -> seen.genuine() && seen.segment().payloadLength() > 0);
        if (openingRepeated() || spoke && serverRepeats()) {
            return dropsWhatFollows(0.62);
        }
        if (spoke) {
            return List.of(
                    Candidate.repeatable(
                            INSPECTED_AND_DROPPED,
                            IN_PATH,
                            0.67,
                            at + "the server spoke and took our acknowledgements, but what we said was sent again and"
                                    + " again and never reached it: something takes it out for what it says"),
                    beside(ESTABLISHED_DROPPED, UNKNOWN, 0.15),
                    beside(DSCP_DROPPED, IN_PATH, 0.08),
                    beside(CONNECTION_STATE_LOST, IN_PATH, 0.06));
        }
        return List.of(
                Candidate.of(
                        ESTABLISHED_DROPPED,
                        UNKNOWN,
                        0.40,
                        at
                                + "the server answered our SYN and nothing came after it; it does not repeat that answer, so ours"
                                + " reached it, and what comes back is dropped"),
                beside(DSCP_DROPPED, IN_PATH, 0.25),
                beside(SYN_PROXY, PROXY, 0.12),
                beside(CONNECTION_STATE_LOST, IN_PATH, 0.10),
                beside(INSPECTED_AND_DROPPED, IN_PATH, 0.08));
    }

    /// A listener whose queue is full drops our answer too, and repeats its SYN-ACK; but it then drops the next SYN.
    private List<Candidate> dropsWhatFollows(double share) {
        return List.of(
                Candidate.repeatable(
                        ESTABLISHED_DROPPED,
                        UNKNOWN,
                        share,
                        at
                                + "the server answered our SYN and took nothing after it; something drops what follows a SYN,"
                                + " or the listener's queue is full"),
                beside(ACCEPT_QUEUE_OVERFLOW, SERVER_KERNEL, 0.25),
                beside(CONNECTION_STATE_LOST, IN_PATH, 0.07),
                beside(INSPECTED_AND_DROPPED, IN_PATH, 0.05));
    }

    /// It worked, and then our segments were acknowledged no more.
    private List<Candidate> cutOff() {
        if (delivery.vanished().isEmpty()) {
            return delivery.repaired().isEmpty() ? List.of() : lossy();
        }
        String words = at + "the connection worked until "
                + Vanished.message(attempt, delivery.vanished().getFirst())
                + ", which was sent again and again and never acknowledged, and nothing came any more";
        if (stage == Stage.KEX && largeKex(delivery.vanished().getFirst())) {
            return List.of(
                    new Candidate(INSPECTED_AND_DROPPED, IN_PATH, 0.40, 0.55, words),
                    beside(LARGE_KEX_FAILS, IN_PATH, 0.25),
                    beside(CONNECTION_STATE_LOST, IN_PATH, 0.18),
                    beside(MTU_BLACK_HOLE, PATH, 0.06));
        }
        boolean encrypted = stage.compareTo(Stage.KEX) > 0;
        return encrypted
                ? List.of(
                        Candidate.repeatable(FILTERED_AFTER_KEX, IN_PATH, 0.60, words),
                        beside(CONNECTION_STATE_LOST, IN_PATH, 0.22),
                        beside(DSCP_DROPPED, IN_PATH, 0.08),
                        beside(LOSSY_PATH, PATH, 0.04))
                : List.of(
                        Candidate.repeatable(INSPECTED_AND_DROPPED, IN_PATH, 0.45, words),
                        beside(CONNECTION_STATE_LOST, IN_PATH, 0.25),
                        beside(STREAM_CORRUPTED, IN_PATH, 0.08),
                        beside(MTU_BLACK_HOLE, PATH, 0.05));
    }

    /// Of the methods that OpenSSH offers, only the post-quantum ones begin with as much.
    private boolean largeKex(Delivery.Piece piece) {
        return piece.packetBytes() - delivery.headers(attempt) >= LARGE_KEX_BYTES;
    }

    /// Some were lost and arrived after all, and the wait ended too early for the last.
    private List<Candidate> lossy() {
        return List.of(
                Candidate.repeatable(
                        LOSSY_PATH,
                        PATH,
                        0.50,
                        at + "segments had to be sent again and some arrived then; the last had not when we gave up"),
                beside(CONNECTION_STATE_LOST, IN_PATH, 0.15),
                beside(INSPECTED_AND_DROPPED, IN_PATH, 0.15));
    }

    /// Everything was acknowledged, and no answer came.
    private List<Candidate> unanswered() {
        long lines = attempt.observed(Observation.PreambleLine.class).count();
        if (Vanished.counted(attempt, FarCount.UNHEARD)) {
            return lostOnTheWayBack();
        }
        if (stage == Stage.IDENTIFICATION
                && lines == 0
                && Vanished.closing(attempt).isPresent()) {
            return nothingAfterFirstAcknowledgement();
        }
        return switch (stage) {
            case IDENTIFICATION -> lines == 0 ? List.of() : tarpit(lines);
            case KEX ->
                List.of(
                        Candidate.of(
                                LARGE_KEX_FAILS,
                                SERVER_PROCESS,
                                0.45,
                                at
                                        + "the server took our half of the key exchange and never answered it: what serves it is"
                                        + " stuck, or cannot do what it offered"),
                        beside(SESSION_PROCESS_DIED, SERVER_PROCESS, 0.25),
                        beside(MTU_BLACK_HOLE, PATH, 0.15),
                        beside(INSPECTED_AND_DROPPED, IN_PATH, 0.10));
            case NEWKEYS, SERVICE, USERAUTH ->
                List.of(
                        Candidate.of(
                                SLOW_DNS,
                                SERVER_PROCESS,
                                0.50,
                                at + "the server took our request and thinks about it: it looks up our name and gets no"
                                        + " answer, or its way to authenticate is slow"),
                        beside(SLOW_AUTHENTICATION, SERVER_PROCESS, 0.35),
                        beside(SESSION_PROCESS_DIED, SERVER_PROCESS, 0.06),
                        beside(FILTERED_AFTER_KEX, IN_PATH, 0.04));
            case CONNECT, KEXINIT, SESSION, IDLE -> List.of();
        };
    }

    /// sshd marks what it sends when it has taken the connection; what its kernel acknowledges before that is unmarked.
    private List<Candidate> nothingAfterFirstAcknowledgement() {
        return List.of(
                Candidate.of(
                        DSCP_DROPPED,
                        IN_PATH,
                        0.40,
                        at
                                + "the server's kernel acknowledged what we said, and nothing came any more, not even an answer"
                                + " to our closing: what the server sends is lost from the moment its process takes the"
                                + " connection, as where its marking is dropped"),
                beside(CONNECTION_STATE_LOST, IN_PATH, 0.20),
                beside(ESTABLISHED_DROPPED, UNKNOWN, 0.15),
                beside(LISTENER_STALLED, SERVER_PROCESS, 0.10));
    }

    private List<Candidate> tarpit(long lines) {
        return List.of(
                Candidate.of(
                        TARPIT,
                        SERVER_PROCESS,
                        lines >= MANY_LINES ? 0.70 : 0.50,
                        at + "the server sent " + lines + (lines == 1 ? " line" : " lines")
                                + " before its identification, slowly, and never came to it: a trap for those who try"
                                + " passwords"),
                beside(Cause.NOT_SSH, SERVER_PROCESS, 0.20),
                beside(LISTENER_STALLED, SERVER_PROCESS, 0.08));
    }

    private List<Candidate> lostOnTheWayBack() {
        String words =
                at + "the far side's TCP took what we sent and counts an answer that never came: it was lost on the"
                        + " way to us";
        return stage == Stage.IDENTIFICATION
                ? List.of(
                        Candidate.repeatable(INSPECTED_AND_DROPPED, IN_PATH, 0.48, words),
                        beside(DSCP_DROPPED, IN_PATH, 0.25),
                        beside(ESTABLISHED_DROPPED, UNKNOWN, 0.12))
                : List.of(
                        Candidate.of(MTU_BLACK_HOLE, PATH, 0.48, words),
                        beside(INSPECTED_AND_DROPPED, IN_PATH, 0.20),
                        beside(LARGE_KEX_FAILS, IN_PATH, 0.12),
                        beside(DSCP_DROPPED, IN_PATH, 0.08));
    }

    /// Whether the SYN-ACK came again behind our answer to it.
    private boolean openingRepeated() {
        return !SilentConnection.repeatedAfterOurAnswer(attempt).isEmpty();
    }

    /// Whether the server sends again what we have acknowledged: our acknowledgements do not reach it either.
    private boolean serverRepeats() {
        Optional<Integer> acknowledged = Optional.empty();
        for (Seen seen : attempt.segments()) {
            if (seen.ours() && seen.segment().flags().ack()) {
                int now = seen.segment().acknowledgement();
                acknowledged = Optional.of(
                        acknowledged.filter(most -> Sequence.before(now, most)).orElse(now));
            } else if (seen.genuine()
                    && seen.segment().payloadLength() > 0
                    && acknowledged
                            .filter(most -> Sequence.atMost(seen.segment().nextSequence(), most))
                            .isPresent()) {
                return true;
            }
        }
        return false;
    }
}
