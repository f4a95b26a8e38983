package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;
import rstprobe.wire.Decoded;
import rstprobe.wire.Quoted;
import rstprobe.wire.Sequence;

/// Something rejected with ICMP what followed our SYN, although the SYN had been answered.
///
/// To a connection that stands such an error is a soft one (RFC 5461 section 2): the socket may go on in silence. Where
/// it comes before `connect` returns, that fails as if the SYN had been refused.
final class RejectedMidway {
    private static final int MOST_FRAMES = 8;
    private static final int FRAGMENTATION_NEEDED = 4;

    private RejectedMidway() {}

    /// The first such error about a segment that was never acknowledged.
    static Optional<Complaint> complaint(Attempt attempt) {
        return about(attempt).findFirst();
    }

    /// Where such an error ended it for the socket, and nothing that the other end sent did: an error that the socket
    /// was
    /// asked to report ends its connection.
    static Optional<Stage> ended(Attempt attempt) {
        if (attempt.reset().isPresent()
                || attempt.overheard().isPresent()
                || complaint(attempt).isEmpty()) {
            return Optional.empty();
        }
        return switch (attempt.ending()) {
            case Ending.NotConnected _ -> Optional.of(Stage.CONNECT);
            case Ending.Handshake(Outcome.ResetAt(Stage stage)) -> Optional.of(stage);
            case Ending.Handshake(Outcome.LocallyFailed failed) -> Optional.of(failed.stage());
            case Ending.Handshake _, Ending.NoAnswer _, Ending.Unfinished _ -> Optional.empty();
        };
    }

    /// The judgement of an attempt that one ended at that stage.
    static Judgement judgement(Attempt attempt, Stage stage, List<Attempt> all) {
        return SilentVerdict.of(
                attempt,
                stage,
                candidates(attempt, "rejected at " + stage.word() + ": "),
                all,
                fact(attempt).stream().toList());
    }

    /// The errors, and the first of the segments that they quote.
    static Optional<Fact> fact(Attempt attempt) {
        return complaint(attempt)
                .map(complaint -> Fact.told(
                        "icmp-about-established",
                        Family.ICMP,
                        Stream.concat(
                                        attempt.synAck().map(Seen::frame).stream(),
                                        about(attempt).map(Complaint::frame).limit(MOST_FRAMES))
                                .toList(),
                        "our SYN was answered, and what we sent after it drew ICMP from "
                                + complaint.error().ip().source() + ", type "
                                + complaint.error().type() + " code "
                                + complaint.error().code() + " (" + IcmpMeaning.of(complaint.error())
                                + "), which quotes it"));
    }

    /// What it may be; empty where there is no such error.
    ///
    /// @param at how the summary begins
    static List<Candidate> candidates(Attempt attempt, String at) {
        return complaint(attempt)
                .map(complaint -> candidates(attempt, complaint.error(), at))
                .orElse(List.of());
    }

    private static List<Candidate> candidates(Attempt attempt, Decoded.IcmpError error, String at) {
        boolean byTarget = Unreachable.byTarget(attempt, error);
        Origin origin = byTarget ? Origin.SERVER_FIREWALL : Origin.IN_PATH;
        String from = error.ip().source() + " (" + IcmpMeaning.of(error) + ")";
        if (!byTarget && !IcmpMeaning.isPolicy(error)) {
            return List.of(
                    Candidate.repeatable(
                            Cause.HOST_UNREACHABLE,
                            origin,
                            0.60,
                            at + "the server answered our SYN, and then the router " + from + " had no way to it"),
                    Candidate.beside(Cause.ESTABLISHED_REJECTED, origin, 0.30));
        }
        return List.of(
                Candidate.repeatable(
                        Cause.ESTABLISHED_REJECTED,
                        origin,
                        Weights.ONE_ATTEMPT,
                        at + "SYNs pass, and a packet filter " + (byTarget ? "on the server" : "on the way")
                                + " rejects what follows them with ICMP: " + from),
                Candidate.beside(Cause.BANNED, origin, began(attempt) ? 0.20 : 0.08),
                Candidate.beside(Cause.CONNECTION_STATE_LOST, origin, 0.06));
    }

    /// Whether anything was said before: a ban comes while a connection is under way.
    private static boolean began(Attempt attempt) {
        return attempt.segments().stream()
                .anyMatch(seen -> seen.genuine() && seen.segment().payloadLength() > 0);
    }

    private static Stream<Complaint> about(Attempt attempt) {
        return attempt.synAck().isEmpty()
                ? Stream.empty()
                : attempt.complaints().stream()
                        .filter(heard -> Unreachable.isUnreachable(heard.error()) && !tellsSize(heard.error()))
                        .filter(heard ->
                                heard.error().quoted() instanceof Quoted.Tcp quoted && followsSyn(attempt, quoted))
                        .filter(heard -> !arrivedAfterAll(attempt, heard));
    }

    private static boolean tellsSize(Decoded.IcmpError error) {
        return !error.ip().isV6() && error.code() == FRAGMENTATION_NEEDED;
    }

    /// Whether it quotes the number of a segment that we sent behind the SYN.
    private static boolean followsSyn(Attempt attempt, Quoted.Tcp quoted) {
        return attempt.segments().stream()
                .anyMatch(seen -> seen.ours()
                        && !seen.segment().flags().syn()
                        && seen.segment().sequence() == quoted.sequence());
    }

    private static boolean arrivedAfterAll(Attempt attempt, Complaint heard) {
        int quoted = heard.error().quoted() instanceof Quoted.Tcp tcp ? tcp.sequence() : 0;
        return attempt.segments().stream()
                .anyMatch(seen -> seen.genuine()
                        && seen.frame() > heard.frame()
                        && Sequence.before(quoted, seen.segment().acknowledgement()));
    }
}
