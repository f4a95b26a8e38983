package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Event;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;
import rstprobe.wire.MacAddress;
import rstprobe.wire.Sequence;

/// This host itself ended a connection that its own socket still wanted.
///
/// Two things prove it. Either a reset of ours, as a kernel without a socket or a packet filter sends it,
/// went to the server before any came from there, while our socket went on with the connection: a
/// translation here had failed for the segment it answers, or a filter here refused it. Or our socket was
/// reset although no reset came in, and what it had sent never went out.
final class OwnReset {
    private final Attempt attempt;
    private final Stage stage;
    private final List<Attempt> all;

    private OwnReset(Attempt attempt, Stage stage, List<Attempt> all) {
        this.attempt = attempt;
        this.stage = stage;
        this.all = all;
    }

    static Optional<Judgement> of(Attempt attempt, Stage stage, List<Attempt> all) {
        return new OwnReset(attempt, stage, all).judgement();
    }

    private Optional<Judgement> judgement() {
        Optional<Fact> first = sentFirst(attempt);
        if (first.isPresent()) {
            boolean translated = Translation.changed(attempt);
            long alike =
                    all.stream().filter(other -> sentFirst(other).isPresent()).count();
            return Optional.of(judged(
                    translated ? Cause.LOCAL_NO_SOCKET : Cause.LOCAL_FIREWALL,
                    alike,
                    first.get(),
                    translated
                            ? "this host's translation failed for a segment of the server's, and our own kernel reset"
                                    + " the connection"
                            : "a packet filter of this host reset the connection towards the server"));
        }
        return keptInside(attempt).map(fact -> {
            long alike =
                    all.stream().filter(other -> keptInside(other).isPresent()).count();
            return judged(
                    Cause.LOCAL_FIREWALL,
                    alike,
                    fact,
                    "a packet filter of this host reset what we said, and nothing of it left the host");
        });
    }

    private Judgement judged(Cause cause, long alike, Fact fact, String summary) {
        if (attempt.overheard().isPresent()) {
            return openToBoth(fact);
        }
        List<Fact> facts = new ArrayList<>(List.of(fact));
        return Judgement.of(
                        new Verdict.Fault(
                                cause,
                                Origin.THIS_HOST,
                                stage,
                                alike > 1 ? Proof.CONCLUSIVE.limit() : Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                Optional.empty(),
                                summary),
                        facts)
                .withNextTest("connect from another host of the same network: without this host's rules it works");
    }

    /// A capture of others may have been made anywhere: what passes there in the client's name may have been sent on
    /// the way to it.
    private Judgement openToBoth(Fact fact) {
        Evidence shown = fact.evidence();
        return Judgement.of(
                        new Verdict.Undetermined(
                                Optional.empty(),
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "a reset in the client's name reached the server first, while the client's socket went on:"
                                        + " sent by the client's host or by somebody who posed as it"),
                        List.of(Fact.told(
                                "reset-in-clients-name-came-first",
                                shown.family(),
                                shown.frames(),
                                "the server was reset first, in the client's name and in answer to a segment of the"
                                        + " server's, while the client's socket went on with the connection")))
                .withNextTest("capture on the client while it fails: a reset that leaves there is its own host's");
    }

    /// A reset of ours before any of theirs, while our socket lived on and the server's did not. Of
    /// several the server may have ignored the first, whose number was too old.
    private static Optional<Fact> sentFirst(Attempt attempt) {
        return attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.reset())
                .filter(own -> fromThisStation(attempt, own) && before(attempt, own) && serverWasGone(attempt, own))
                .flatMap(own -> sentFirst(attempt, own).stream())
                .findFirst();
    }

    /// Whoever forges resets for both sides on our own link may have the other's pass our tap as well, from a station
    /// that is not this one.
    private static boolean fromThisStation(Attempt attempt, Seen own) {
        Optional<MacAddress> ours = attempt.syn().flatMap(OwnReset::station);
        return station(own).isEmpty() || ours.isEmpty() || station(own).equals(ours);
    }

    private static Optional<MacAddress> station(Seen seen) {
        return seen.segment().ip().link().source();
    }

    private static Optional<Fact> sentFirst(Attempt attempt, Seen own) {
        Optional<Seen> drew = answered(attempt, own);
        Optional<Seen> next = after(attempt, own);
        if (drew.isEmpty() || next.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Fact.of(
                "own-reset-came-first",
                Family.SEQUENCE,
                Weights.CONCLUSIVE,
                List.of(Origin.THIS_HOST),
                List.of(drew.get().frame(), own.frame(), next.get().frame()),
                "this host reset the server first, in answer to a segment of the server's, while our socket went on"
                        + " with the connection"));
    }

    /// The segment of theirs that the reset answers: it has no ACK flag and the number which that segment
    /// acknowledges (RFC 9293 section 3.5.2).
    private static Optional<Seen> answered(Attempt attempt, Seen own) {
        boolean stateless = !own.segment().flags().ack()
                && own.segment().window() == 0
                && own.segment().options().isEmpty();
        return attempt.segments().stream()
                .filter(seen -> stateless && seen.genuine() && seen.frame() < own.frame())
                .filter(seen -> seen.segment().flags().ack()
                        && seen.segment().acknowledgement() == own.segment().sequence())
                .reduce((_, last) -> last);
    }

    private static boolean before(Attempt attempt, Seen own) {
        boolean stood =
                attempt.synAck().filter(answer -> answer.frame() < own.frame()).isPresent();
        return stood && attempt.resets().stream().noneMatch(theirs -> theirs.frame() < own.frame());
    }

    /// What our socket sent next.
    private static Optional<Seen> after(Attempt attempt, Seen own) {
        return attempt.first(seen -> seen.ours()
                && !seen.reset()
                && !seen.segment().flags().syn()
                && seen.frame() > own.frame()
                && Sequence.atMost(own.segment().sequence(), seen.segment().sequence()));
    }

    /// Nothing of theirs acknowledges what we said after it, nor is a reset that ended it a live socket's.
    private static boolean serverWasGone(Attempt attempt, Seen own) {
        boolean heard = attempt.segments().stream()
                .anyMatch(seen -> seen.genuine()
                        && seen.frame() > own.frame()
                        && Sequence.before(
                                own.segment().sequence(), seen.segment().acknowledgement()));
        return !heard
                && attempt.resets().stream()
                        .allMatch(theirs -> ResetShape.of(theirs.segment(), Baseline.before(attempt, theirs))
                                == ResetShape.STATELESS);
    }

    /// A reset that never came in, and bytes that never went out.
    private static Optional<Fact> keptInside(Attempt attempt) {
        boolean reset = attempt.ending() instanceof Ending.Handshake(Outcome.ResetAt _);
        Optional<Seen> synAck = attempt.synAck();
        if (!reset || !attempt.whole() || synAck.isEmpty() || !attempt.resets().isEmpty()) {
            return Optional.empty();
        }
        Optional<Seen> last = attempt.segments().stream().filter(Seen::ours).reduce((_, seen) -> seen);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        long said = attempt.events(Event.Sent.class).stream()
                .mapToLong(sent -> sent.offset() + sent.length())
                .max()
                .orElse(0);
        int left = attempt.segments().stream()
                .filter(seen -> seen.ours() && seen.segment().payloadLength() > 0)
                .mapToInt(seen -> Sequence.distance(
                        synAck.get().segment().acknowledgement(), seen.segment().nextSequence()))
                .max()
                .orElse(0);
        return left >= said
                ? Optional.empty()
                : Optional.of(Fact.of(
                        "said-and-never-left",
                        Family.SOCKET,
                        Weights.CONCLUSIVE,
                        List.of(Origin.THIS_HOST),
                        List.of(synAck.get().frame(), last.get().frame()),
                        "our socket sent " + said + " bytes, " + left + " of them left this host, and the socket was"
                                + " reset though no reset came in"));
    }
}
