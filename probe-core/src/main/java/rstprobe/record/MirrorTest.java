package rstprobe.record;

import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Flow.Suspect;
import rstprobe.record.HalfStack.Answer;

/// The trigger on a connection of our own making, with another TTL and identification than it had before: a
/// device that copies either gives itself away, and by the TTL its distance.
final class MirrorTest {
    private MirrorTest() {}

    static void run(Prober prober, QuietRules rules, Subject subject) throws NotPossibleHere, InterruptedException {
        Suspect suspect = subject.flow()
                .suspect()
                .filter(found -> found.before().size() <= SweepTest.MOST_BEFORE)
                .orElseThrow(() -> new NotPossibleHere("no segment of ours comes into question"));
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.MIRROR)) {
            if (SweepTest.repeat(stack, suspect.before()) && say(stack, suspect) == Answer.SILENT) {
                say(stack, suspect);
            }
        }
    }

    private static Answer say(HalfStack stack, Suspect suspect) throws NotPossibleHere, InterruptedException {
        return stack.say(Part.TRIGGER, suspect.bytes(), SimpleTests.OTHER_TTL, SimpleTests.OTHER_IDENTIFICATION, false);
    }
}
