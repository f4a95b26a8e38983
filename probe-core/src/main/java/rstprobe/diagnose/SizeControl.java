package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.ssh.Outcome;
import rstprobe.ssh.Stage;

/// The control that says little at a time: a handshake whose messages are short, beside those that were as long as
/// OpenSSH's.
///
/// What works with another key exchange is usually a matter of length and not of cryptography: a KEXINIT of 1560 bytes
/// and a post-quantum key exchange fill the longest packets of a handshake, a small one stays below 1400 bytes.
final class SizeControl {
    /// An identification is at most so long (RFC 4253 section 4.2): who has said no more has said nothing long.
    private static final int IDENTIFICATION_BYTES = 255;

    private static final Set<Stage> SILENCES = EnumSet.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS);
    private static final Set<Stage> RESETS = EnumSet.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS, Stage.SERVICE);

    /// Causes of a reset that name nothing better than who sent it. An injected one names how, which stays.
    private static final Set<Cause> GENERAL = EnumSet.of(
            Cause.INSPECTED_AND_RESET,
            Cause.FILTERED_AFTER_KEX,
            Cause.ABORTED_WITHOUT_REASON,
            Cause.ESTABLISHED_REJECTED);

    private SizeControl() {}

    /// Whether what we said at length may be what failed.
    static boolean tells(Attempt first) {
        return first.ending() instanceof Ending.Handshake(Outcome outcome)
                && switch (outcome) {
                    case Outcome.SilentAt(Stage stage) -> SILENCES.contains(stage) && saidMuch(first, first.segments());
                    // Where a FIN came first, what we said at length is answered and was not what ended it.
                    case Outcome.ResetAt(Stage stage) ->
                        RESETS.contains(stage)
                                && !ResetConnection.onlyAnswered(first)
                                && saidMuch(first, first.resets());
                    case Outcome.Completed _,
                            Outcome.ClosedAt _,
                            Outcome.LocallyFailed _,
                            Outcome.Garbled _,
                            Outcome.NoCommonAlgorithm _,
                            Outcome.NotSsh _,
                            Outcome.VersionMismatch _,
                            Outcome.DisconnectedAt _ -> false;
                };
    }

    private static boolean saidMuch(Attempt attempt, List<Seen> before) {
        OptionalInt said = before.isEmpty() ? OptionalInt.empty() : attempt.bytesSentBefore(before.getLast());
        return said.isPresent() && said.getAsInt() > IDENTIFICATION_BYTES;
    }

    static Judgement held(Judgement judgement, Attempt control, List<Attempt> failing, int mtu) {
        if (!tells(failing.getFirst())) {
            return judgement;
        }
        return Controls.gotFurther(control, failing)
                ? convicted(judgement, control, failing, mtu)
                : acquitted(judgement, control, failing);
    }

    private static Judgement convicted(Judgement judgement, Attempt control, List<Attempt> failing, int mtu) {
        Attempt first = failing.getFirst();
        List<Attempt> all = Stream.concat(failing.stream(), Stream.of(control)).toList();
        boolean silent = first.ending() instanceof Ending.Handshake(Outcome.SilentAt _);
        Optional<LostLength> lost = silent ? LostLength.of(first, all, mtu) : Optional.empty();
        Judgement told = Controls.told(judgement, passes(control, failing, lost));
        boolean counts = counts(first, control, lost);
        if (silent) {
            return silent(told, first, failing, lost, counts);
        }
        return failing.size() < 2 || counts || answered(first) ? told : told.withVerdict(renamed(told.verdict()));
    }

    /// Whether who ended it may have counted packets: a small key exchange needs fewer, and would have come further
    /// for that. Who let as many of the control pass does not count, nor does who let later ones pass.
    private static boolean counts(Attempt first, Attempt control, Optional<LostLength> lost) {
        boolean laterArrived = lost.isPresent()
                && (!lost.get().toServer()
                        || first.first(seen -> seen.genuine()
                                        && !seen.segment().options().sack().isEmpty())
                                .isPresent());
        int end = lost.map(packet -> packet.frames().getFirst())
                .or(() -> first.reset().map(Seen::frame))
                .orElse(Integer.MAX_VALUE);
        long before = first.segments().stream()
                .filter(seen -> seen.ours() && seen.frame() <= end)
                .count();
        long passed = control.segments().stream().filter(Seen::ours).count();
        return !laterArrived && (!control.resets().isEmpty() || passed < before);
    }

    /// A key exchange that was answered has not failed: what came behind it did.
    private static boolean answered(Attempt first) {
        return Controls.reached(first).compareTo(Stage.KEX) > 0;
    }

    private static Fact passes(Attempt control, List<Attempt> failing, Optional<LostLength> lost) {
        List<Integer> frames = new ArrayList<>(Controls.frames(
                control, failing, seen -> seen.genuine() && seen.segment().payloadLength() > 0));
        lost.ifPresent(packet -> frames.addAll(packet.frames()));
        return Fact.of(
                "small-key-exchange-passes",
                Family.DELIVERY,
                Controls.weight(failing),
                List.of(Origin.PATH, Origin.IN_PATH),
                frames.stream().sorted().distinct().toList(),
                "with OpenSSH's own sizes the handshake fails at "
                        + Controls.reached(failing.getFirst()).word() + ", " + Controls.times(failing)
                        + "; with a small KEXINIT and a key exchange over an elliptic curve it "
                        + (Diagnosis.completed(control)
                                ? "works"
                                : "gets to " + Controls.reached(control).word())
                        + lost.map(packet -> "; " + packet.words()).orElse(""));
    }

    /// Length is the usual reason. What is lost although longer packets pass is lost for what it is; what arrived and
    /// was not answered, the server does not master.
    private static Judgement silent(
            Judgement told, Attempt first, List<Attempt> failing, Optional<LostLength> lost, boolean counts) {
        Stage stage = Controls.reached(first);
        double limit = counts ? Weights.ONE_ATTEMPT : Controls.limit(failing);
        if (counts && lost.filter(LostLength::longerThanAllThatPassed).isEmpty()) {
            return told;
        }
        if (lost.isPresent() && !lost.get().longerThanAllThatPassed()) {
            return verdict(
                    told,
                    Cause.LARGE_KEX_FAILS,
                    Origin.IN_PATH,
                    stage,
                    Math.min(limit, Weights.CONTROL_WITHOUT_LENGTH),
                    "something on the way takes the messages of a large key exchange out, and not for their length: "
                            + lost.get().words(),
                    List.of(
                            new Alternative(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.5),
                            new Alternative(Cause.MTU_BLACK_HOLE, Origin.PATH, 0.3)));
        }
        boolean unheard = told.evidence().stream().anyMatch(fact -> fact.id().equals(FarCount.UNHEARD));
        if (lost.isEmpty() && !unheard) {
            return verdict(
                    told,
                    Cause.LARGE_KEX_FAILS,
                    Origin.SERVER_PROCESS,
                    stage,
                    Weights.ONE_ATTEMPT,
                    "the server took its half of a large key exchange and never answered, while a small one works: it"
                            + " offers what it cannot do, or its answer is lost",
                    List.of(
                            new Alternative(Cause.MTU_BLACK_HOLE, Origin.PATH, 0.6),
                            new Alternative(Cause.INSPECTED_AND_DROPPED, Origin.IN_PATH, 0.2)));
        }
        return verdict(
                told,
                Cause.MTU_BLACK_HOLE,
                Origin.PATH,
                stage,
                lost.isPresent() ? limit : Weights.ONE_ATTEMPT,
                "long packets vanish on the way, and nobody tells their sender: "
                        + lost.map(LostLength::words)
                                .orElse("the answer to a large key exchange never comes, that to a small one does"),
                List.of(
                        new Alternative(Cause.LARGE_KEX_FAILS, Origin.IN_PATH, 0.7),
                        new Alternative(Cause.LOSSY_PATH, Origin.PATH, 0.1)));
    }

    private static Judgement verdict(
            Judgement told,
            Cause cause,
            Origin origin,
            Stage stage,
            double confidence,
            String summary,
            List<Alternative> others) {
        return told.withVerdict(new Verdict.Fault(
                        cause, origin, stage, confidence, Optional.empty(), Optional.empty(), summary))
                .withAlternatives(Controls.leaving(others, confidence))
                .withNextTest(
                        "rstprobe mtu HOST: the exact length from which on packets vanish, and whether there is one");
    }

    /// Who resets is weighed elsewhere; that he does so to large key exchanges alone is why.
    private static Verdict renamed(Verdict verdict) {
        String why = "; a small key exchange is left alone";
        return switch (verdict) {
            case Verdict.Fault fault ->
                GENERAL.contains(fault.cause())
                        ? new Verdict.Fault(
                                Cause.LARGE_KEX_FAILS,
                                fault.origin(),
                                fault.stage(),
                                Math.min(fault.confidence(), Weights.SEVERAL_ATTEMPTS),
                                fault.hop(),
                                fault.trigger(),
                                fault.summary() + why)
                        : fault;
            case Verdict.Undetermined open ->
                open.cause().isEmpty()
                        ? new Verdict.Undetermined(
                                Optional.of(Cause.LARGE_KEX_FAILS),
                                open.stage(),
                                open.confidence(),
                                open.trigger(),
                                open.summary() + why)
                        : open;
            case Verdict.Healthy healthy -> healthy;
        };
    }

    /// Shorter messages change nothing, so their length was not the reason; a limit below even these stays possible.
    private static Judgement acquitted(Judgement judgement, Attempt control, List<Attempt> failing) {
        List<Integer> frames = Controls.frames(control, failing, seen -> !seen.ours());
        Fact fact = Fact.told(
                "small-key-exchange-fails-too",
                Family.DELIVERY,
                frames,
                "with a small KEXINIT and a key exchange over an elliptic curve the handshake fails at "
                        + Controls.reached(control).word() + " too: neither its size nor a new key exchange is the"
                        + " reason");
        Judgement told = Controls.told(judgement, fact);
        List<RuledOut> ruledOut = new ArrayList<>(told.ruledOut());
        ruledOut.add(new RuledOut(Cause.LARGE_KEX_FAILS.id(), "a small key exchange fails too", frames));
        Judgement without = told.withRuledOut(ruledOut)
                .withAlternatives(told.alternatives().stream()
                        .filter(other -> other.cause() != Cause.LARGE_KEX_FAILS)
                        .toList());
        return without.verdict() instanceof Verdict.Undetermined open
                        && open.cause().equals(Optional.of(Cause.LARGE_KEX_FAILS))
                ? without.withVerdict(new Verdict.Undetermined(
                        Optional.empty(), open.stage(), open.confidence(), open.trigger(), open.summary()))
                : without;
    }
}
