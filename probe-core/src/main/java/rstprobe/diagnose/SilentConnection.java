package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.ssh.Stage;
import rstprobe.wire.Sequence;

/// The connection stands and nothing comes.
final class SilentConnection {
    /// TCP wrappers sleep five seconds before they close; who gave up before that cannot have seen it.
    private static final long SLEEP_OF_WRAPPERS_NANOS = 5_300_000_000L;

    private SilentConnection() {}

    static Judgement of(Attempt attempt, Stage stage, List<Attempt> all, Surroundings around) {
        Optional<Seen> lastOwn = Vanished.lastOwn(attempt);
        Optional<Seen> acknowledged = lastOwn.flatMap(own -> attempt.first(seen -> seen.genuine()
                && seen.segment().flags().ack()
                && Sequence.atMost(own.segment().nextSequence(), seen.segment().acknowledgement())));
        List<Fact> found = facts(attempt, repeatedAfterOurAnswer(attempt), lastOwn, acknowledged);
        acknowledged.ifPresent(seen -> found.addAll(around.distance(attempt, seen, all)));
        List<Fact> facts =
                acknowledged.map(seen -> around.believable(seen, found)).orElse(found);
        List<Candidate> candidates = SilentCauses.of(attempt, stage);
        return candidates.isEmpty()
                ? unexplained(attempt, stage, facts, lastOwn.isPresent(), acknowledged.isPresent())
                : SilentVerdict.of(attempt, stage, candidates, all, facts);
    }

    /// What the frames explain no further: the process behind the port, or nothing at all.
    private static Judgement unexplained(
            Attempt attempt, Stage stage, List<Fact> facts, boolean spoke, boolean acknowledged) {
        Optional<Cause> cause =
                stage == Stage.IDENTIFICATION && acknowledged ? Optional.of(Cause.LISTENER_STALLED) : Optional.empty();
        return judgement(
                attempt,
                facts,
                cause.isPresent() && atServer(facts) && !gaveUpEarly(attempt)
                        ? stalled(stage)
                        : new Verdict.Undetermined(
                                cause,
                                stage,
                                Weights.ONE_ATTEMPT,
                                Optional.empty(),
                                "silent at " + stage.word() + ": " + summary(attempt, spoke, acknowledged)));
    }

    private static List<Fact> facts(
            Attempt attempt, List<Seen> synAcks, Optional<Seen> lastOwn, Optional<Seen> acknowledged) {
        List<Fact> facts = new ArrayList<>();
        if (!synAcks.isEmpty()) {
            facts.add(Fact.told(
                    "syn-ack-repeated",
                    Family.SEQUENCE,
                    synAcks.stream().map(Seen::frame).toList(),
                    "the server repeated its SYN-ACK after our answer to it: the answer never reached its listener, or the"
                            + " listener's queue was full"));
        }
        holes(attempt, facts);
        Delivery delivery = Delivery.of(attempt);
        VanishedBySize.of(attempt, delivery).map(VanishedBySize::fact).ifPresent(facts::add);
        facts.addAll(Vanished.facts(attempt, delivery));
        SynProxy.fact(attempt).ifPresent(facts::add);
        RejectedMidway.fact(attempt).ifPresent(facts::add);
        Vanished.closing(attempt).ifPresent(facts::add);
        ForgottenMeanwhile.fact(attempt).ifPresent(facts::add);
        lastOwn.ifPresent(own -> {
            facts.add(acknowledged.map(seen -> acknowledged(own, seen)).orElseGet(() -> unacknowledged(attempt, own)));
            FarCount.of(attempt, own).ifPresent(facts::add);
        });
        return facts;
    }

    /// Whether closed ports of the host may settle it.
    static boolean mayBeStalled(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Undetermined open -> open.cause().equals(Optional.of(Cause.LISTENER_STALLED));
            case Verdict.Fault fault -> fault.cause() == Cause.LISTENER_STALLED;
            case Verdict.Healthy _ -> false;
        };
    }

    /// Nothing was sent, and whoever did not send it is as far away as the host itself. A proxy that owns the
    /// address and waits for its own server looks the same.
    private static boolean atServer(List<Fact> facts) {
        return Fact.among(facts, FarCount.SENT_NOTHING) && Fact.among(facts, ConversationDistance.AT_HOST);
    }

    private static Verdict stalled(Stage stage) {
        return new Verdict.Fault(
                Cause.LISTENER_STALLED,
                Origin.SERVER_PROCESS,
                stage,
                Weights.ONE_ATTEMPT,
                Optional.empty(),
                Optional.empty(),
                "silent at " + stage.word()
                        + ": the server's TCP took what we said, and the process behind the port never said a word: it is"
                        + " stalled, or no SSH server");
    }

    private static Judgement judgement(Attempt attempt, List<Fact> facts, Verdict verdict) {
        boolean early = verdict instanceof Verdict.Undetermined && gaveUpEarly(attempt);
        Judgement judgement =
                Judgement.of(verdict, facts).withNextTest(early ? waitLonger(attempt) : nextTest(attempt));
        double left = Math.round((1 - verdict.confidence()) * 100) / 100.0;
        return switch (verdict) {
            case Verdict.Fault _ ->
                judgement.withAlternatives(List.of(new Alternative(Cause.LISTENER_STALLED, Origin.PROXY, left)));
            case Verdict.Undetermined open
            when open.cause().isPresent() ->
                judgement.withAlternatives(Candidate.besides(
                        early
                                ? List.of(
                                        Candidate.beside(Cause.TCP_WRAPPERS, Origin.SERVER_PROCESS, 0.14),
                                        Candidate.beside(Cause.SLOW_DNS, Origin.SERVER_PROCESS, 0.10),
                                        Candidate.beside(Cause.NO_HEALTHY_BACKEND, Origin.PROXY, 0.06))
                                : List.of(
                                        Candidate.beside(Cause.SLOW_DNS, Origin.SERVER_PROCESS, 0.10),
                                        Candidate.beside(Cause.NO_HEALTHY_BACKEND, Origin.PROXY, 0.10),
                                        Candidate.beside(Cause.DSCP_DROPPED, Origin.IN_PATH, 0.04)),
                        verdict.confidence()));
            case Verdict.Undetermined _, Verdict.Healthy _ -> judgement;
        };
    }

    /// Whether our own end of the connection came before a server that only dawdles would have spoken.
    private static boolean gaveUpEarly(Attempt attempt) {
        Optional<Seen> ours =
                attempt.first(seen -> seen.ours() && seen.segment().flags().fin());
        return attempt.synAck().isPresent()
                && ours.filter(fin -> fin.atNanos() - attempt.synAck().get().atNanos() < SLEEP_OF_WRAPPERS_NANOS)
                        .isPresent();
    }

    private static String waitLonger(Attempt attempt) {
        return "rstprobe ssh --timeout 15 "
                + attempt.conversation().theirs().address()
                + ": we gave up early; TCP wrappers close after 5 s, a server that looks up names in vain speaks after 10";
    }

    private static String nextTest(Attempt attempt) {
        return "on the server: ss -ltn 'sport = :"
                + attempt.conversation().theirs().port()
                + "' (Recv-Q above 0 means it does not accept), and tcpdump there: do our segments arrive";
    }

    private static Fact acknowledged(Seen lastOwn, Seen seen) {
        return Fact.told(
                "silence-after-acknowledgement",
                Family.SEQUENCE,
                List.of(lastOwn.frame(), seen.frame()),
                "the far side's TCP acknowledged everything we sent, and no application answered");
    }

    private static Fact unacknowledged(Attempt attempt, Seen lastOwn) {
        return attempt.whole()
                ? Fact.told(
                        "silence-without-acknowledgement",
                        Family.SEQUENCE,
                        List.of(lastOwn.frame()),
                        "our last segment was never acknowledged")
                : Fact.told(
                        "acknowledgement-not-observed",
                        Family.SEQUENCE,
                        List.of(lastOwn.frame()),
                        "no acknowledgement of our last segment was observed, by a capture that lost frames");
    }

    /// SYN-ACKs behind our acknowledgement of the first. One before it only answers a repeated SYN.
    static List<Seen> repeatedAfterOurAnswer(Attempt attempt) {
        Optional<Seen> answered = attempt.first(seen -> seen.ours()
                && seen.segment().flags().ack()
                && !seen.segment().flags().syn());
        return attempt.segments().stream()
                .filter(seen -> !seen.ours() && seen.segment().flags().syn() && !seen.reset())
                .filter(seen ->
                        answered.isPresent() && seen.frame() > answered.get().frame())
                .toList();
    }

    /// Bytes the server sent that never came, while later ones did, and ours that it reports missing.
    private static void holes(Attempt attempt, List<Fact> facts) {
        attempt.first(seen -> seen.genuine() && !seen.segment().options().sack().isEmpty())
                .ifPresent(
                        seen -> facts.add(
                                Fact.told(
                                        "selective-acknowledgement",
                                        Family.OPTIONS,
                                        List.of(seen.frame()),
                                        "the server reports a hole in what we sent: a segment of ours vanished while a later one arrived")));
        attempt.first(seen -> seen.ours() && !seen.segment().options().sack().isEmpty())
                .ifPresent(seen -> facts.add(Fact.told(
                        "hole-in-server-data",
                        Family.OPTIONS,
                        List.of(seen.frame()),
                        "a segment of the server's vanished while a later one arrived")));
    }

    private static String summary(Attempt attempt, boolean spoke, boolean acknowledged) {
        if (!spoke) {
            return "the connection stands and the server said nothing";
        }
        if (acknowledged) {
            return "the far side's TCP took what we sent and no application answered";
        }
        return attempt.whole()
                ? "what we sent was never acknowledged"
                : "no acknowledgement of what we sent was observed";
    }
}
