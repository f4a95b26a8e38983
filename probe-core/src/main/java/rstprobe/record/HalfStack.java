package rstprobe.record;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.Sequence;

/// One TCP connection of our own making, from a port our kernel does not own: each segment of ours can then
/// have the TTL, the checksum and the bytes a test wants, and the connection stays in step whatever becomes
/// of them.
///
/// Our kernel, which would reset what it does not know, is kept quiet by a rule for this 4-tuple.
final class HalfStack implements AutoCloseable {
    private static final int OPENING_TRIES = 3;
    /// The line with which a connection takes leave may be lost as well.
    private static final int FAREWELL_TRIES = 3;
    /// Packets kept back for the resets at the end.
    private static final int RESETS = 2;
    /// A busy server takes longer to name itself than to acknowledge: 0.2 s with ten runs on two processors.
    private static final long LATEST_GREETING_NANOS = 1_000_000_000;

    /// After an ICMP error or an acknowledgement, a reset that is on its way still has this long to arrive.
    private static final long GRACE_NANOS = 60_000_000;

    /// What came of one segment.
    enum Answer {
        /// A reset.
        RESET,
        /// The other end acknowledged it.
        DELIVERED,
        /// A hop says that its TTL ran out.
        EXPIRED,
        /// Nothing.
        SILENT
    }

    /// The connection was reset before it could carry anything.
    static final class ResetAtOnce extends NotPossibleHere {
        private static final long serialVersionUID = 1;

        private ResetAtOnce(String why) {
            super(why);
        }
    }

    private final Prober prober;
    private final ActiveTest test;
    private final Conversation flow;
    private final Listening listening;
    private final long patienceNanos;
    private int next;
    private int expected;
    private int delivered;
    private int said;
    private byte[] latest = new byte[0];
    private byte[] greeting = new byte[0];
    private boolean first = true;

    private HalfStack(Prober prober, ActiveTest test, Conversation flow, long patienceNanos) {
        this.prober = prober;
        this.test = test;
        this.flow = flow;
        this.listening = prober.listen();
        this.patienceNanos = patienceNanos;
    }

    /// Makes the three-way handshake and takes what the server says first.
    ///
    /// @throws NotPossibleHere where the server does not take the connection, or our kernel cannot be kept
    ///     quiet
    static HalfStack open(Prober prober, QuietRules rules, Subject subject, ActiveTest test)
            throws NotPossibleHere, InterruptedException {
        Conversation flow = prober.freshFlow(subject.ours(), subject.target());
        rules.quiet(flow);
        HalfStack stack = new HalfStack(prober, test, flow, subject.patienceNanos());
        Decoded.Segment synAck = stack.opened();
        stack.expected = synAck.nextSequence();
        try {
            stack.acknowledge();
            stack.greeting();
        } catch (NotPossibleHere over) {
            prober.failed();
            throw over;
        }
        return stack;
    }

    private Decoded.Segment opened() throws NotPossibleHere, InterruptedException {
        int start = prober.number();
        next = Sequence.plus(start, 1);
        for (int i = 0; i < OPENING_TRIES; i++) {
            prober.send(Probe.of(test, ActiveTest.Part.OPENING, flow, Flags.SYN).withNumbers(start, 0));
            Optional<Decoded> answer = listening.await(
                    heard -> Listening.theirs(flow, heard) && answersSyn((Decoded.Segment) heard),
                    System.nanoTime() + (patienceNanos << i));
            if (answer.isPresent() && answer.get() instanceof Decoded.Segment segment) {
                if (segment.flags().rst()) {
                    throw new ResetAtOnce("a connection of our own making was refused");
                }
                return segment;
            }
        }
        throw new NotPossibleHere("a connection of our own making was not answered");
    }

    /// Not so an acknowledgement that only challenges our SYN (RFC 9293 section 3.10.7.4): the port was used before.
    private boolean answersSyn(Decoded.Segment segment) {
        return segment.flags().rst() || segment.flags().syn() && segment.acknowledgement() == next;
    }

    private void greeting() throws NotPossibleHere, InterruptedException {
        Optional<Decoded> said = await(HalfStack::speaks, System.nanoTime() + patienceNanos);
        if (said.isEmpty()) {
            return;
        }
        if (((Decoded.Segment) said.get()).flags().rst()) {
            throw new ResetAtOnce("a connection of our own making was reset before it had said anything");
        }
        acknowledge();
    }

    private static boolean speaks(Decoded.Segment segment) {
        return segment.payloadLength() > 0 || segment.flags().rst();
    }

    /// Waits for a segment of the server's, and takes its greeting wherever that comes in between.
    private Optional<Decoded> await(Predicate<Decoded.Segment> wanted, long untilNanoTime) throws InterruptedException {
        return listening.await(
                heard -> Listening.theirs(flow, heard) && wanted.test(taken((Decoded.Segment) heard)), untilNanoTime);
    }

    private Decoded.Segment taken(Decoded.Segment segment) {
        if (greeting.length == 0 && segment.payloadLength() > 0 && segment.sequence() == expected) {
            greeting = segment.payload().toBytes();
            expected = segment.nextSequence();
        }
        return segment;
    }

    private void acknowledge() throws NotPossibleHere, InterruptedException {
        prober.send(Probe.of(test, ActiveTest.Part.OPENING, flow, Flags.ACK).withNumbers(next, expected));
    }

    /// Says something once, always from the same place of the stream, and hears what comes of it.
    ///
    /// @param identification of the IPv4 header, so that an ICMP error tells which segment it is about
    Answer say(ActiveTest.Part part, byte[] payload, int ttl, int identification, boolean wrongChecksum)
            throws NotPossibleHere, InterruptedException {
        Probe probe = Probe.of(test, part, flow, Flags.ACK | Flags.PSH)
                .withNumbers(next, expected)
                .withTtl(ttl)
                .withIdentification(identification)
                .withPayload(payload);
        prober.send(wrongChecksum ? probe.withWrongChecksum() : probe);
        int end = Sequence.plus(next, payload.length);
        Answer answer = answer(
                listening,
                flow,
                patienceNanos,
                segment -> taken(segment).flags().ack() && Sequence.atMost(end, segment.acknowledgement()));
        delivered = answer == Answer.DELIVERED ? payload.length : delivered;
        boolean mayArrive = ttl == Probe.TTL && !wrongChecksum;
        said = Math.max(said, mayArrive ? payload.length : 0);
        latest = mayArrive || answer == Answer.DELIVERED ? payload : latest;
        return answer;
    }

    /// Whether a reset comes while nothing is said.
    boolean resetWithin(long nanos) throws InterruptedException {
        return listening
                .await(heard -> Listening.reset(flow, heard), System.nanoTime() + nanos)
                .isPresent();
    }

    /// What is said from now on comes behind what was delivered last.
    void advance() {
        next = Sequence.plus(next, delivered);
        delivered = 0;
        said = 0;
        first = false;
    }

    /// Tells what means that a segment was delivered.
    @FunctionalInterface
    interface Delivery {
        boolean by(Decoded.Segment segment);
    }

    /// Listens until a reset comes, or time is up; anything else shortens the wait.
    static Answer answer(Listening listening, Conversation flow, long patienceNanos, Delivery delivery)
            throws InterruptedException {
        long until = System.nanoTime() + patienceNanos;
        Answer answer = Answer.SILENT;
        while (true) {
            Optional<Decoded> heard = listening.await(
                    decoded -> Listening.theirs(flow, decoded) || Listening.complaint(flow, decoded), until);
            if (heard.isEmpty()) {
                return answer;
            }
            if (heard.get() instanceof Decoded.Segment segment) {
                if (segment.flags().rst()) {
                    return Answer.RESET;
                }
                if (!delivery.by(segment)) {
                    continue;
                }
                answer = Answer.DELIVERED;
            } else if (answer == Answer.SILENT) {
                answer = Answer.EXPIRED;
            }
            until = Math.min(until, System.nanoTime() + GRACE_NANOS);
        }
    }

    /// Ends the connection at the server too: what we opened is not left for it to time out. Where nobody
    /// knows whether it has our last segment, it is told twice, since it takes a reset at one number only.
    @Override
    public void close() {
        try {
            if (!sayFarewell()) {
                prober.failed();
            }
            goodbye(delivered);
            if (said > delivered) {
                goodbye(said);
            }
        } catch (NotPossibleHere spent) {
            // The server ends it by its own timer.
            delivered = 0;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// A server that waits for the rest of an identification is told whose it is, and closes by itself.
    ///
    /// @return whether it did: then its log calls nothing failed
    private boolean sayFarewell() throws NotPossibleHere, InterruptedException {
        Optional<byte[]> line = first ? Farewell.behind(latest) : Optional.empty();
        if (line.isEmpty() || !greets()) {
            return false;
        }
        byte[] rest = Arrays.copyOfRange(line.get(), delivered, line.get().length);
        for (int i = 0; i < FAREWELL_TRIES && prober.left() > RESETS; i++) {
            prober.send(Probe.of(test, ActiveTest.Part.GOODBYE, flow, Flags.ACK | Flags.PSH)
                    .withNumbers(Sequence.plus(next, delivered), expected)
                    .withPayload(rest));
            long until = System.nanoTime() + (patienceNanos << i);
            if (await(segment -> segment.flags().fin(), until).isPresent()) {
                delivered = line.get().length;
                said = delivered;
                return true;
            }
        }
        return false;
    }

    /// Whether an SSH server has named itself by now.
    private boolean greets() throws InterruptedException {
        if (greeting.length == 0) {
            await(_ -> greeting.length > 0, System.nanoTime() + LATEST_GREETING_NANOS);
        }
        return Farewell.owedTo(greeting);
    }

    private void goodbye(int bytes) throws NotPossibleHere, InterruptedException {
        prober.send(
                Probe.of(test, ActiveTest.Part.GOODBYE, flow, Flags.RST).withNumbers(Sequence.plus(next, bytes), 0));
    }
}
