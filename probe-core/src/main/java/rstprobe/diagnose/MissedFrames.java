package rstprobe.diagnose;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import rstprobe.diagnose.Evidence.Family;
import rstprobe.record.Event;
import rstprobe.record.Recording;

/// What a capture that lost frames cannot show: that something was not there.
final class MissedFrames {
    /// Facts about crafted packets that rest on an answer which did not come, or on a reset of our own
    /// kernel's that was not seen.
    private static final Set<String> NEGATIVES = Set.of(
            "wrong-checksum-unanswered",
            "record-route-unanswered",
            "server-no-longer-knows-connection",
            "server-gone-but-from-elsewhere",
            "trigger-must-reach-server",
            "trigger-is-swallowed",
            "reset-nearer-than-drawn",
            "trigger-goes-beyond-address",
            "trigger-beyond-server",
            "trigger-drawn-late",
            "trigger-seems-to-stop-short");

    /// Causes that say what did not come before the end: a FIN.
    private static final Set<Cause> WITHOUT_FIN = EnumSet.of(Cause.CONNECTION_STATE_LOST);

    private MissedFrames() {}

    static List<Fact> withoutNegatives(List<Fact> facts) {
        return facts.stream()
                .filter(fact -> !NEGATIVES.contains(fact.evidence().id()))
                .toList();
    }

    /// The judgement as far as such a capture carries it. What rests on absence alone becomes open, and what
    /// was only likely is no likelier than one attempt makes it.
    static Judgement weakened(Recording recording, Judgement judgement) {
        long dropped = recording.capture().dropped();
        if (dropped == 0) {
            return judgement;
        }
        Judgement told = judgement.withMoreEvidence(List.of(Fact.told(
                "capture-lost-frames",
                Family.SOCKET,
                List.of(),
                dropped + (ofOthers(recording) ? " frames are missing here" : " frames were lost by the capture")
                        + ": what was not seen may still have been there")));
        return switch (judgement.verdict()) {
            case Verdict.Fault fault -> told.withVerdict(weakened(fault, judgement));
            case Verdict.Healthy _, Verdict.Undetermined _ -> told;
        };
    }

    /// Of a long conversation in a file not all frames are looked at.
    private static boolean ofOthers(Recording recording) {
        return recording.has(Event.Overheard.class);
    }

    private static Verdict weakened(Verdict.Fault fault, Judgement judgement) {
        boolean shown = judgement.evidence().stream().anyMatch(fact -> fact.weight() > 0);
        boolean proven = judgement.evidence().stream()
                .anyMatch(fact -> fact.weight() >= Weights.CONCLUSIVE && fact.supports() == fault.origin());
        if (!shown || WITHOUT_FIN.contains(fault.cause()) && !proven) {
            return new Verdict.Undetermined(
                    Optional.of(fault.cause()),
                    fault.stage(),
                    Math.min(fault.confidence(), Weights.ONE_ATTEMPT),
                    Optional.empty(),
                    fault.summary() + "; but the capture lost frames");
        }
        return proven
                ? fault
                : new Verdict.Fault(
                        fault.cause(),
                        fault.origin(),
                        fault.stage(),
                        Math.min(fault.confidence(), Weights.ONE_ATTEMPT),
                        fault.hop(),
                        fault.trigger(),
                        fault.summary(),
                        fault.within());
    }
}
