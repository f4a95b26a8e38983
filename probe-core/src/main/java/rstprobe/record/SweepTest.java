package rstprobe.record;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Flow.Suspect;
import rstprobe.record.HalfStack.Answer;
import rstprobe.wire.Conversation;
import rstprobe.wire.Flags;

/// How far the trigger must travel to draw the reset: it is sent with TTL 1, 2, 3 … on one 4-tuple, and a
/// control that must not draw it, or that only the target itself resets, is sent the same way.
final class SweepTest {
    /// The longest paths have some thirty hops; what acts on us sits in the nearer part, or at the end.
    private static final int MAX_TTL = 24;
    /// So many silent distances in a row mean that nothing answers any more.
    private static final int MAX_SILENT = 4;
    /// Packets kept back for the end of a connection.
    private static final int RESERVE = 4;

    private static final int CONTROL_OFFSET = 256;
    private static final int AGAIN_OFFSET = 64;
    private static final int REPEATS = 2;

    /// More segments before the suspect are not repeated.
    static final int MOST_BEFORE = 2;

    private final Prober prober;
    private final QuietRules rules;
    private final Subject subject;

    SweepTest(Prober prober, QuietRules rules, Subject subject) {
        this.prober = prober;
        this.rules = rules;
        this.subject = subject;
    }

    /// Sends one probe of a walk, for the first time or again.
    @FunctionalInterface
    private interface Step {
        Answer at(int ttl, int time) throws NotPossibleHere, InterruptedException;
    }

    void run() throws NotPossibleHere, InterruptedException {
        if (subject.flow().opened()) {
            established();
        } else {
            refused();
        }
    }

    private void refused() throws NotPossibleHere, InterruptedException {
        Conversation trigger = prober.freshFlow(subject.ours(), subject.target());
        int sequence = prober.number();
        Step step = (ttl, time) -> syn(Part.TRIGGER, trigger, sequence, ttl, time * AGAIN_OFFSET);
        OptionalInt first = walk(step);
        if (first.isPresent() && first.getAsInt() > 1) {
            step.at(first.getAsInt() - 1, 1);
        }
        again(step, first);
        closedPortControl(sequence);
    }

    private void closedPortControl(int sequence) throws NotPossibleHere, InterruptedException {
        Conversation control = prober.freshFlow(
                subject.ours(), subject.closed(subject.closedPorts().getFirst()));
        walk((ttl, _) -> syn(Part.CONTROL, control, sequence, ttl, CONTROL_OFFSET));
    }

    private Answer syn(Part part, Conversation flow, int sequence, int ttl, int offset)
            throws NotPossibleHere, InterruptedException {
        Listening listening = prober.listen();
        prober.send(Probe.of(ActiveTest.SWEEP, part, flow, Flags.SYN)
                .withNumbers(sequence, 0)
                .withTtl(ttl)
                .withIdentification(Probe.IDENTIFICATION + offset + ttl));
        return HalfStack.answer(
                listening,
                flow,
                subject.patienceNanos(),
                segment -> segment.flags().syn());
    }

    private void established() throws NotPossibleHere, InterruptedException {
        Suspect suspect = subject.flow()
                .suspect()
                .filter(found -> found.before().size() <= MOST_BEFORE)
                .orElseThrow(() -> new NotPossibleHere("no segment of ours comes into question"));
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.SWEEP)) {
            if (repeat(stack, suspect.before())) {
                Step step = (ttl, time) -> stack.say(
                        Part.TRIGGER, suspect.bytes(), ttl, Probe.IDENTIFICATION + time * AGAIN_OFFSET + ttl, false);
                again(step, walk(step));
            }
        } catch (HalfStack.ResetAtOnce _) {
            stray();
            return;
        }
        byte[] other = control(suspect.bytes());
        boolean resetToo;
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.SWEEP)) {
            resetToo = repeat(stack, suspect.before())
                    && walk((ttl, _) -> stack.say(
                                    Part.CONTROL, other, ttl, Probe.IDENTIFICATION + CONTROL_OFFSET + ttl, false))
                            .isPresent();
        }
        if (resetToo) {
            closedPortControl(prober.number());
        }
    }

    /// Says again what had passed before the suspect; false where it does not pass now.
    static boolean repeat(HalfStack stack, List<byte[]> before) throws NotPossibleHere, InterruptedException {
        for (byte[] said : before) {
            if (stack.say(Part.OPENING, said, Probe.TTL, Probe.IDENTIFICATION, false) != Answer.DELIVERED) {
                return false;
            }
            stack.advance();
        }
        return true;
    }

    /// Where every connection is reset by now, a segment that belongs to none may be as well.
    private void stray() throws NotPossibleHere, InterruptedException {
        Conversation stray = prober.freshFlow(subject.ours(), subject.target());
        int sequence = prober.number();
        int acknowledged = prober.number();
        Step step = (ttl, time) -> {
            Listening listening = prober.listen();
            prober.send(Probe.of(ActiveTest.SWEEP, Part.STRAY, stray, Flags.ACK)
                    .withNumbers(sequence, acknowledged)
                    .withTtl(ttl)
                    .withIdentification(Probe.IDENTIFICATION + time * AGAIN_OFFSET + ttl));
            return HalfStack.answer(listening, stray, subject.patienceNanos(), _ -> false);
        };
        again(step, walk(step));
        closedPortControl(sequence);
    }

    /// Whether what drew the reset travelled on shows by a hop's complaint, and one complaint may be lost: so it is
    /// sent again, when every answer to the first has had its time.
    private void again(Step step, OptionalInt first) throws NotPossibleHere, InterruptedException {
        for (int time = 1; time <= REPEATS && first.isPresent() && prober.left() > RESERVE; time++) {
            Prober.pauseUntil(System.nanoTime() + subject.patienceNanos());
            step.at(first.getAsInt(), time);
        }
    }

    /// Text of the same length and the same line end that says nothing.
    static byte[] control(byte[] said) {
        byte[] other = new byte[said.length];
        Arrays.fill(other, (byte) 'x');
        for (int i = Math.max(0, said.length - 2); i < said.length; i++) {
            other[i] = said[i] == '\r' || said[i] == '\n' ? said[i] : other[i];
        }
        return other;
    }

    /// The first TTL that draws a reset; empty where the walk ended otherwise. A silent distance is asked
    /// twice, since a packet may have been lost.
    private OptionalInt walk(Step step) throws NotPossibleHere, InterruptedException {
        int silent = 0;
        for (int ttl = 1; ttl <= MAX_TTL && silent < MAX_SILENT && prober.left() > RESERVE; ttl++) {
            Answer answer = step.at(ttl, 0);
            if (answer == Answer.SILENT && prober.left() > RESERVE) {
                answer = step.at(ttl, 0);
            }
            switch (answer) {
                case RESET -> {
                    return OptionalInt.of(ttl);
                }
                case DELIVERED -> {
                    return OptionalInt.empty();
                }
                case EXPIRED -> silent = 0;
                case SILENT -> silent++;
            }
        }
        return OptionalInt.empty();
    }
}
