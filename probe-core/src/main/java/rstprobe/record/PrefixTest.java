package rstprobe.record;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import rstprobe.record.ActiveTest.Part;
import rstprobe.record.Flow.Suspect;
import rstprobe.record.HalfStack.Answer;

/// Which prefix of a segment of ours draws the reset: prefixes that grow, each sent from the same place of the
/// stream, so that whoever looks at single segments sees the very bytes that one who follows the stream sees.
/// A receiver takes the overlap as the retransmission it is (RFC 9293 section 3.10.7.4).
///
/// The first connection climbs in steps, of which those for what devices look for, `SSH-` and `SSH-2.0-`, are
/// one byte wide. The second makes the last step narrow, or says as many other bytes, which must not draw it.
final class PrefixTest {
    /// Lengths asked of a line, next to its own.
    private static final int[] RUNGS = {3, 4, 7, 8, 12, 16, 20};

    /// Steps through what is too long to be a line.
    private static final int LONG_STEPS = 6;

    /// The widest step that is made again byte by byte.
    private static final int NARROW = 4;
    /// More segments before the suspect are not repeated.
    private static final int MOST_BEFORE = 2;
    /// Packets kept back for the end of a connection.
    private static final int RESERVE = 4;
    /// What an SSH packet begins with that says how it goes on: its lengths, type and cookie (RFC 4253 sections
    /// 6 and 7.1). A server that waits for the rest of it does not judge what follows.
    private static final int PACKET_HEAD = 22;

    /// Away from those of the other tests, and of the steps of one another.
    private static final int FIRST_IDENTIFICATION = Probe.IDENTIFICATION + 1_024;

    private final Prober prober;
    private final QuietRules rules;
    private final Subject subject;
    private final int otherBytesPassed;
    private int steps;

    /// @param otherBytesPassed so many bytes of another text are known to pass in the place of our first message
    PrefixTest(Prober prober, QuietRules rules, Subject subject, int otherBytesPassed) {
        this.prober = prober;
        this.rules = rules;
        this.subject = subject;
        this.otherBytesPassed = otherBytesPassed;
    }

    /// How far the prefixes of one connection came.
    ///
    /// @param suspect what they were prefixes of
    /// @param passed  the longest that was delivered
    /// @param drew    the one that drew a reset
    private record Climb(Suspect suspect, int passed, OptionalInt drew) {
        private boolean over() {
            return drew.isEmpty() && passed == suspect.bytes().length;
        }
    }

    void run() throws NotPossibleHere, InterruptedException {
        Suspect suspect = subject.flow()
                .suspect()
                .filter(found -> found.before().size() <= MOST_BEFORE)
                .orElseThrow(() -> new NotPossibleHere("no segment of ours comes into question"));
        Climb climb = climb(suspect);
        if (climb.drew().isEmpty()) {
            return;
        }
        int drew = climb.drew().getAsInt();
        int step = drew - climb.passed();
        if (step > 1 && step <= NARROW && climb.passed() > 0) {
            again(climb.suspect(), IntStream.range(climb.passed() + 1, drew).toArray());
        } else if (prober.mayFail() && (!climb.suspect().before().isEmpty() || drew > otherBytesPassed)) {
            control(climb.suspect(), drew);
        }
    }

    private static int[] rungs(byte[] bytes) {
        int length = bytes.length;
        return isLine(bytes)
                ? IntStream.concat(Arrays.stream(RUNGS), IntStream.of(length - 1, length))
                        .filter(rung -> rung > 0 && rung <= length)
                        .distinct()
                        .sorted()
                        .toArray()
                : IntStream.rangeClosed(1, LONG_STEPS)
                        .map(step -> length * step / LONG_STEPS)
                        .filter(rung -> rung > 0)
                        .distinct()
                        .toArray();
    }

    private static boolean isLine(byte[] bytes) {
        return bytes[0] >= ' ';
    }

    /// What passes as a whole was not it: then the segment behind it comes into question.
    private Climb climb(Suspect first) throws NotPossibleHere, InterruptedException {
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.PREFIX)) {
            Climb climb = new Climb(first, 0, OptionalInt.empty());
            if (!repeat(stack, first.before())) {
                return climb;
            }
            climb = climb(stack, first, rungs(first.bytes()));
            Optional<Suspect> next = first.next();
            if (!climb.over() || next.isEmpty()) {
                return climb;
            }
            stack.advance();
            return climb(stack, next.get(), rungs(next.get().bytes()));
        }
    }

    private Climb climb(HalfStack stack, Suspect suspect, int[] rungs) throws NotPossibleHere, InterruptedException {
        int passed = 0;
        for (int rung : rungs) {
            Answer answer = say(stack, Part.TRIGGER, Arrays.copyOf(suspect.bytes(), rung));
            if (answer == Answer.RESET) {
                return new Climb(suspect, passed, OptionalInt.of(rung));
            }
            if (answer != Answer.DELIVERED) {
                break;
            }
            passed = rung;
        }
        return new Climb(suspect, passed, OptionalInt.empty());
    }

    private void again(Suspect suspect, int[] rungs) throws NotPossibleHere, InterruptedException {
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.PREFIX)) {
            if (repeat(stack, suspect.before())) {
                climb(stack, suspect, rungs);
            }
        }
    }

    /// Says again what had passed before; false where it does not pass now.
    private boolean repeat(HalfStack stack, List<byte[]> before) throws NotPossibleHere, InterruptedException {
        for (byte[] said : before) {
            if (say(stack, Part.TRIGGER, said) != Answer.DELIVERED) {
                return false;
            }
            stack.advance();
        }
        return true;
    }

    private void control(Suspect suspect, int length) throws NotPossibleHere, InterruptedException {
        try (HalfStack stack = HalfStack.open(prober, rules, subject, ActiveTest.PREFIX)) {
            if (repeat(stack, suspect.before())) {
                say(stack, Part.CONTROL, control(suspect.bytes(), length));
            }
        }
    }

    /// As many bytes that say something else.
    private static byte[] control(byte[] said, int length) {
        byte[] prefix = Arrays.copyOf(said, length);
        byte[] other = SweepTest.control(prefix);
        if (!isLine(said)) {
            System.arraycopy(prefix, 0, other, 0, Math.min(PACKET_HEAD, length / 2));
        }
        return other;
    }

    /// Says something, once more where nothing comes of it: it may have been lost.
    private Answer say(HalfStack stack, Part part, byte[] bytes) throws NotPossibleHere, InterruptedException {
        if (prober.left() <= RESERVE) {
            return Answer.SILENT;
        }
        int identification = FIRST_IDENTIFICATION + ++steps;
        Answer answer = stack.say(part, bytes, Probe.TTL, identification, false);
        return answer == Answer.SILENT && prober.left() > RESERVE
                ? stack.say(part, bytes, Probe.TTL, identification, false)
                : answer;
    }
}
