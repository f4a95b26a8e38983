package rstprobe.diagnose;

import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;

/// The control over the other family: an attempt to the name's other address beside those that failed.
///
/// Where it works, the server runs, and only the way over one family is broken; what broke it stays what it was found
/// to be. Two addresses of a name need not be one host.
final class FamilyControl {
    private FamilyControl() {}

    static Judgement held(Judgement judgement, Attempt control, List<Attempt> failing) {
        Attempt first = failing.getFirst();
        String here = way(first);
        String there = way(control);
        if (Diagnosis.completed(control)) {
            return broken(judgement, control, failing, here, there);
        }
        boolean alike = Controls.reached(control) == Controls.reached(first)
                && control.ending().getClass() == first.ending().getClass();
        Fact fact = Fact.told(
                alike ? "other-family-fails-too" : "other-family-fails-otherwise",
                Family.DELIVERY,
                Controls.frames(control, failing, seen -> !seen.ours()),
                there + ", the name's other address, it fails at "
                        + Controls.reached(control).word() + " too"
                        + (alike ? ", alike: the reason is common to both families" : ", in another way"));
        return Controls.told(judgement, fact);
    }

    private static Judgement broken(
            Judgement judgement, Attempt control, List<Attempt> failing, String here, String there) {
        // That the server runs says nothing of who is in the way.
        Fact fact = Fact.told(
                "other-family-works",
                Family.DELIVERY,
                Controls.frames(
                        control,
                        failing,
                        seen -> seen.genuine() && seen.segment().payloadLength() > 0),
                here + " it fails at " + Controls.reached(failing.getFirst()).word() + ", " + Controls.times(failing)
                        + "; " + there + ", the name's other address, it works");
        return Controls.told(judgement, fact).withVerdict(verdict(judgement.verdict(), failing, here, there));
    }

    private static Verdict verdict(Verdict first, List<Attempt> failing, String here, String there) {
        return switch (first) {
            case Verdict.Fault fault ->
                new Verdict.Fault(
                        Cause.ONE_FAMILY_BROKEN,
                        fault.origin(),
                        fault.stage(),
                        Math.min(fault.confidence(), Controls.limit(failing)),
                        fault.hop(),
                        fault.trigger(),
                        here + ": " + fault.summary() + " (" + fault.cause().id() + "); " + there + " it works",
                        Optional.of(fault.cause()));
            case Verdict.Undetermined open ->
                new Verdict.Undetermined(
                        Optional.of(Cause.ONE_FAMILY_BROKEN),
                        open.stage(),
                        open.confidence(),
                        open.trigger(),
                        here + ": " + open.summary() + "; " + there + " it works");
            case Verdict.Healthy healthy -> healthy;
        };
    }

    private static String way(Attempt attempt) {
        var address = attempt.conversation().theirs().address();
        return "over " + (address.isV6() ? "IPv6" : "IPv4") + " (" + address + ")";
    }
}
