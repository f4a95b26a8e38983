package rstprobe.record;

import java.util.Optional;
import rstprobe.record.ActiveTest.Part;
import rstprobe.wire.Conversation;
import rstprobe.wire.Datagram;
import rstprobe.wire.Decoded;
import rstprobe.wire.Endpoint;
import rstprobe.wire.Flags;

/// The active tests that need no connection: single packets and their answers.
final class SimpleTests {
    private static final int TRIES = 2;
    /// So many, from as many ports of ours, show what the ways to the host have in common.
    private static final int REFERENCES = 4;
    /// Where they come from another distance than the conversation did, so many rule out that each just went its
    /// own way.
    private static final int REFERENCES_FROM_ELSEWHERE = 8;
    /// Eight hops fewer: a device that copies our TTL answers with eight fewer, and nothing else does.
    static final int OTHER_TTL = Probe.TTL - 8;

    static final int OTHER_IDENTIFICATION = 22_136;

    private final Prober prober;
    private final Subject subject;

    SimpleTests(Prober prober, Subject subject) {
        this.prober = prober;
        this.subject = subject;
    }

    /// Draws resets that are surely the host's own.
    ///
    /// @return the port that answered as a closed one does
    Optional<Integer> reference() throws NotPossibleHere, InterruptedException {
        Optional<Integer> closed = closedPort();
        int wanted = REFERENCES;
        for (int i = 1; i < wanted && closed.isPresent(); i++) {
            if (ask(closedPort(closed.get())).filter(this::fromElsewhere).isPresent()) {
                wanted = REFERENCES_FROM_ELSEWHERE;
            }
        }
        for (int i = 0; i < TRIES; i++) {
            Conversation flow = prober.freshFlow(subject.ours(), subject.target());
            Probe stray = Probe.of(ActiveTest.REFERENCE, Part.STRAY, flow, Flags.ACK)
                    .withNumbers(prober.number(), prober.number());
            if (answered(stray)) {
                return closed;
            }
        }
        return closed;
    }

    /// A port that turns out to be open, or stays silent, is passed over for the next.
    private Optional<Integer> closedPort() throws NotPossibleHere, InterruptedException {
        for (int port : subject.closedPorts()) {
            if (answered(closedPort(port))) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }

    private Probe closedPort(int port) {
        Conversation flow = prober.freshFlow(subject.ours(), subject.closed(port));
        return Probe.of(ActiveTest.REFERENCE, Part.CLOSED_PORT, flow, Flags.SYN).withNumbers(prober.number(), 0);
    }

    private boolean answered(Probe probe) throws NotPossibleHere, InterruptedException {
        return ask(probe).isPresent();
    }

    private Optional<Decoded> ask(Probe probe) throws NotPossibleHere, InterruptedException {
        return prober.ask(probe, heard -> Listening.reset(probe.flow(), heard), subject.patienceNanos());
    }

    private boolean fromElsewhere(Decoded answer) {
        return answer instanceof Decoded.Segment segment
                && subject.flow().theirTtl().isPresent()
                && subject.flow().theirTtl().getAsInt() != segment.ip().ttl();
    }

    /// Asks for an echo, once more where nothing comes.
    void echo() throws NotPossibleHere, InterruptedException {
        int identifier = prober.number() >>> Short.SIZE;
        for (int sequence = 1; sequence <= TRIES; sequence++) {
            Listening listening = prober.listen();
            prober.echo(subject.ours(), subject.theirs(), identifier, sequence);
            Optional<Decoded> reply = listening.await(
                    heard -> heard instanceof Decoded.IcmpEcho echo
                            && !echo.request()
                            && echo.identifier() == identifier,
                    System.nanoTime() + subject.patienceNanos());
            if (reply.isPresent()) {
                return;
            }
        }
    }

    /// Repeats the refused SYN with room for a record of its route. Where the reset does not show by that record
    /// that it comes from the host's own stack, a closed port is asked the same; and where only that one
    /// answers, the port in question once more.
    void recordRoute() throws NotPossibleHere, InterruptedException {
        if (subject.theirs().isV6()) {
            throw new NotPossibleHere("IPv6 has no record route option");
        }
        Optional<Decoded> drawn = routed(Part.TRIGGER, subject.target(), TRIES);
        if (drawn.filter(this::namesHost).isPresent()) {
            return;
        }
        Endpoint closed = subject.closed(subject.closedPorts().getFirst());
        if (routed(Part.CLOSED_PORT, closed, TRIES).isPresent() && drawn.isEmpty()) {
            routed(Part.TRIGGER, subject.target(), 1);
        }
    }

    /// Routers handle packets with options slowly, or not at all, so none is sent that need not be.
    private Optional<Decoded> routed(Part part, Endpoint port, int tries) throws NotPossibleHere, InterruptedException {
        Optional<Decoded> answer = Optional.empty();
        for (int i = 0; i < tries && answer.isEmpty(); i++) {
            Probe syn = Probe.of(ActiveTest.RECORD_ROUTE, part, prober.freshFlow(subject.ours(), port), Flags.SYN)
                    .withNumbers(prober.number(), 0);
            answer = prober.ask(syn, heard -> Listening.theirs(syn.flow(), heard), subject.patienceNanos());
        }
        return answer;
    }

    private boolean namesHost(Decoded answer) {
        return answer.datagram()
                .flatMap(Datagram::recordRoute)
                .filter(route -> route.addresses().contains(subject.theirs()))
                .isPresent();
    }

    /// Repeats the refused SYN with a wrong checksum.
    void wrongChecksumSyn() throws NotPossibleHere, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            Conversation flow = prober.freshFlow(subject.ours(), subject.target());
            if (answered(Probe.of(ActiveTest.BAD_CHECKSUM, Part.TRIGGER, flow, Flags.SYN)
                    .withNumbers(prober.number(), 0)
                    .withWrongChecksum())) {
                return;
            }
        }
    }

    /// Repeats the refused SYN at two hop counts and with two identifications.
    void mirror() throws NotPossibleHere, InterruptedException {
        Probe syn = Probe.of(
                        ActiveTest.MIRROR, Part.TRIGGER, prober.freshFlow(subject.ours(), subject.target()), Flags.SYN)
                .withNumbers(prober.number(), 0);
        answered(syn);
        Probe other = Probe.of(
                        ActiveTest.MIRROR, Part.TRIGGER, prober.freshFlow(subject.ours(), subject.target()), Flags.SYN)
                .withNumbers(prober.number(), 0);
        answered(other.withTtl(OTHER_TTL).withIdentification(OTHER_IDENTIFICATION));
    }
}
