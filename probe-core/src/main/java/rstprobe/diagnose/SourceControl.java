package rstprobe.diagnose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.diagnose.Finding.Alternative;

/// The control from elsewhere: an attempt from another address of this host beside those that failed.
///
/// Where it is served, the refusal is of one source address: a ban, a penalty, a limit for each source, TCP wrappers,
/// a list of who may. It is made only where the user names the address, since it costs that one's reputation.
final class SourceControl {
    /// Refusals that any filter may write, by what is behind one that is meant for a single source.
    private static final Map<Cause, List<Alternative>> BEHIND = Map.of(
            Cause.SYN_DROPPED,
            List.of(
                    new Alternative(Cause.SYN_DROPPED, Origin.UNKNOWN, 0.6),
                    new Alternative(Cause.RATE_LIMITED, Origin.SERVER_FIREWALL, 0.2)),
            Cause.REJECTED_WITH_ICMP,
            List.of(
                    new Alternative(Cause.REJECTED_WITH_ICMP, Origin.UNKNOWN, 0.5),
                    new Alternative(Cause.RATE_LIMITED, Origin.SERVER_FIREWALL, 0.4)),
            Cause.REJECTED_WITH_RESET,
            List.of(
                    new Alternative(Cause.REJECTED_WITH_RESET, Origin.UNKNOWN, 0.5),
                    new Alternative(Cause.RATE_LIMITED, Origin.SERVER_FIREWALL, 0.3)));

    private SourceControl() {}

    static Judgement held(Judgement judgement, Attempt control, List<Attempt> failing) {
        Attempt first = failing.getFirst();
        String here = first.conversation().ours().address().toString();
        String there = control.conversation().ours().address().toString();
        return Controls.gotFurther(control, failing)
                ? served(judgement, control, failing, here, there)
                : Controls.told(
                        judgement,
                        Fact.told(
                                "other-address-fails-too",
                                Family.DELIVERY,
                                Controls.frames(control, failing, seen -> !seen.ours()),
                                "from " + there + " it fails at "
                                        + Controls.reached(control).word() + " too: not " + here + " alone is meant"));
    }

    private static Judgement served(
            Judgement judgement, Attempt control, List<Attempt> failing, String here, String there) {
        Fact fact = Fact.of(
                "other-address-is-served",
                Family.DELIVERY,
                Controls.weight(failing),
                List.of(Origin.SERVER_FIREWALL, Origin.SERVER_PROCESS, Origin.IN_PATH),
                Controls.frames(
                        control,
                        failing,
                        seen -> seen.genuine() && seen.segment().payloadLength() > 0),
                "from " + here + " it fails at "
                        + Controls.reached(failing.getFirst()).word() + ", "
                        + Controls.times(failing) + "; from " + there + " on the same host "
                        + (Diagnosis.completed(control)
                                ? "it works"
                                : "it gets to " + Controls.reached(control).word())
                        + ": the source address decides");
        Judgement told = Controls.told(judgement, fact);
        return judgement.verdict() instanceof Verdict.Fault fault && BEHIND.containsKey(fault.cause())
                ? banned(told, fault, failing, here, there)
                : told;
    }

    /// Refused for one address alone is banned in most cases, and else a rule for it, or a limit that it reached.
    private static Judgement banned(
            Judgement told, Verdict.Fault fault, List<Attempt> failing, String here, String there) {
        double confidence = failing.size() < 2 ? Weights.NAMED : Weights.ONE_ATTEMPT;
        return told.withVerdict(new Verdict.Fault(
                        Cause.BANNED,
                        fault.origin(),
                        fault.stage(),
                        Math.min(fault.confidence(), confidence),
                        fault.hop(),
                        fault.trigger(),
                        here + " is refused and " + there + " on the same host is not, so the address is meant: "
                                + fault.summary(),
                        Optional.empty()))
                .withAlternatives(Controls.leaving(BEHIND.get(fault.cause()), confidence));
    }
}
