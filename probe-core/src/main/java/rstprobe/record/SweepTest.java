package rstprobe.record;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
    private static final int NEXT_OFFSET = 512;
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

    /// How a walk ended.
    ///
    /// @param ended by a reset or a delivery; silent where it ended without either
    /// @param ttl   the first that drew that
    private record Walk(Answer ended, int ttl) {
        private OptionalInt drew() {
            return ended == Answer.RESET ? OptionalInt.of(ttl) : OptionalInt.empty();
        }
    }

    /// The control takes a connection more. Where a server's log has seen enough of them fail, a closed port tells the
    /// distance instead.
    ///
    /// @return how many other bytes passed in the place of our first message; 0 where that was not asked
    int run() throws NotPossibleHere, InterruptedException {
        if (subject.flow().opened()) {
            return established();
        }
        refused();
        return 0;
    }

    private void refused() throws NotPossibleHere, InterruptedException {
        Conversation trigger = prober.freshFlow(subject.ours(), subject.target());
        int sequence = prober.number();
        Step step = (ttl, time) -> syn(Part.TRIGGER, trigger, sequence, ttl, time * AGAIN_OFFSET);
        OptionalInt first = walk(step).drew();
        if (first.isPresent()) {
            prober.countOpening();
        }
        if (first.isPresent() && first.getAsInt() > 1) {
            step.at(first.getAsInt() - 1, 1);
        }
        again(
                (ttl, time) -> {
                    prober.awaitOpening();
                    return step.at(ttl, time);
                },
                first);
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

    private int established() throws NotPossibleHere, InterruptedException {
        Suspect first = subject.flow()
                .suspect()
                .filter(found -> found.before().size() <= MOST_BEFORE)
                .orElseThrow(() -> new NotPossibleHere("no segment of ours comes into question"));
        Suspect last;
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.SWEEP)) {
            last = repeat(stack, first.before()) ? walk(stack, first) : first;
        } catch (HalfStack.ResetAtOnce _) {
            stray();
            return 0;
        }
        if (!prober.mayFail()) {
            closedPortControl(prober.number());
            return 0;
        }
        byte[] other = control(last.bytes());
        Walk walk = new Walk(Answer.SILENT, 0);
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.SWEEP)) {
            if (repeat(stack, last.before())) {
                walk = walk((ttl, _) ->
                        stack.say(Part.CONTROL, other, ttl, Probe.IDENTIFICATION + CONTROL_OFFSET + ttl, false));
            }
        }
        if (walk.drew().isPresent()) {
            closedPortControl(prober.number());
        }
        return walk.ended() == Answer.DELIVERED && last.before().isEmpty() ? other.length : 0;
    }

    /// What the server took without a reset was not it: then the segment behind it comes into question. A server may
    /// take its time to dislike what it took, and its late reset is not drawn by what follows.
    ///
    /// @return the one that was walked last
    private Suspect walk(HalfStack stack, Suspect first) throws NotPossibleHere, InterruptedException {
        Walk walk = walk(stack, first, 0);
        Optional<Suspect> next = first.next().filter(found -> found.before().size() <= MOST_BEFORE);
        if (walk.ended() != Answer.DELIVERED || next.isEmpty() || stack.resetWithin(subject.patienceNanos())) {
            return first;
        }
        stack.advance();
        walk(stack, next.get(), NEXT_OFFSET);
        return next.get();
    }

    private Walk walk(HalfStack stack, Suspect suspect, int offset) throws NotPossibleHere, InterruptedException {
        Step step = (ttl, time) -> stack.say(
                Part.TRIGGER, suspect.bytes(), ttl, Probe.IDENTIFICATION + offset + time * AGAIN_OFFSET + ttl, false);
        Walk walk = walk(step);
        again(step, walk.drew());
        return walk;
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
        again(step, walk(step).drew());
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

    /// Text of the same length that says nothing. It is no whole line: a server that read one would complain of it in
    /// its log, where others count complaints.
    static byte[] control(byte[] said) {
        byte[] other = new byte[said.length];
        Arrays.fill(other, (byte) 'x');
        return other;
    }

    /// A silent distance is asked twice, since a packet may have been lost.
    private Walk walk(Step step) throws NotPossibleHere, InterruptedException {
        int silent = 0;
        for (int ttl = 1; ttl <= MAX_TTL && silent < MAX_SILENT && prober.left() > RESERVE; ttl++) {
            Answer answer = step.at(ttl, 0);
            if (answer == Answer.SILENT && prober.left() > RESERVE) {
                answer = step.at(ttl, 0);
            }
            switch (answer) {
                case RESET, DELIVERED -> {
                    return new Walk(answer, ttl);
                }
                case EXPIRED -> silent = 0;
                case SILENT -> silent++;
            }
        }
        return new Walk(Answer.SILENT, 0);
    }
}
