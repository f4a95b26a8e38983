package rstprobe.record;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.Endpoint;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;

/// Sends crafted packets one by one, within the run's limits, and hears their answers.
final class Prober {
    /// All active tests of a run together.
    static final int MAX_PACKETS = 60;
    /// At most twenty packets a second.
    private static final long GAP_NANOS = 50_000_000;

    private final CraftedSender sender;
    private final Ear ear;
    private final LongSupplier now;
    private final Consumer<Event> journal;
    private final SecureRandom random;
    private final int typeOfService;
    private final int targetPort;
    private final Openings openings;
    private final OwnPorts ports = OwnPorts.here();
    private int failuresLeft;
    private int sent;
    private long lastSent = System.nanoTime() - GAP_NANOS;

    Prober(
            CraftedSender sender,
            Ear ear,
            LongSupplier now,
            Consumer<Event> journal,
            SecureRandom random,
            int typeOfService,
            int targetPort,
            Openings openings) {
        this.sender = sender;
        this.ear = ear;
        this.now = now;
        this.journal = journal;
        this.random = random;
        this.typeOfService = typeOfService;
        this.targetPort = targetPort;
        this.openings = openings;
    }

    /// @throws NotPossibleHere where nothing crafted can be sent from here
    void require() throws NotPossibleHere {
        sender.require();
    }

    /// A flow from a port of ours that nothing here uses, as far as a port drawn by lot can be unused.
    Conversation freshFlow(IpAddress ours, Endpoint theirs) {
        return new Conversation(new Endpoint(ours, ports.draw(random)), theirs);
    }

    int number() {
        return random.nextInt();
    }

    /// A listener that misses nothing from now on.
    Listening listen() {
        return new Listening(ear);
    }

    /// Sends a probe.
    void send(Probe probe) throws NotPossibleHere, InterruptedException {
        if (opensAtTarget(probe)) {
            awaitOpening();
        }
        beginOne();
        Conversation flow = probe.flow();
        boolean isV6 = flow.ours().address().isV6();
        long atNanos = now.getAsLong();
        sender.send(probe.datagram(typeOfService));
        journal.accept(new Event.Probed(
                atNanos,
                ++sent,
                probe.test(),
                probe.part(),
                flow.ours().address().toString(),
                flow.ours().port(),
                flow.theirs().address().toString(),
                flow.theirs().port(),
                probe.ttl(),
                typeOfService,
                isV6 ? 0 : probe.identification(),
                probe.window(),
                probe.sequence(),
                probe.acknowledgement(),
                probe.wrongChecksum()));
    }

    /// Waits until the target's port may be asked for one connection more.
    void awaitOpening() throws InterruptedException {
        openings.await();
    }

    /// One was opened: what had too few hops to go may have got there all the same.
    void countOpening() {
        openings.count(System.nanoTime());
    }

    /// The next connection shall be opened so much later than the last, at least.
    void keepDistance(int millis) {
        openings.keepDistance(millis);
    }

    /// So many connections were opened elsewhere, all of them now.
    void countOpenings(int number) {
        for (int i = 0; i < number; i++) {
            openings.count(System.nanoTime());
        }
    }

    /// So many more connections may end in a way that a server's log calls failed.
    void allowFailures(int number) {
        failuresLeft = number;
    }

    /// How many that are.
    int failuresLeft() {
        return failuresLeft;
    }

    /// Whether one more may.
    boolean mayFail() {
        return failuresLeft > 0;
    }

    /// One did.
    void failed() {
        failuresLeft--;
    }

    /// Whether a packet filter at the target may take it for the first of a connection: what has too few hops to go, or
    /// a wrong checksum, it does not.
    private boolean opensAtTarget(Probe probe) {
        return probe.flow().theirs().port() == targetPort
                && probe.ttl() == Probe.TTL
                && !probe.wrongChecksum()
                && (probe.part() == ActiveTest.Part.STRAY || (probe.flags() & Flags.SYN) != 0);
    }

    /// Sends an ICMP echo request.
    void echo(IpAddress ours, IpAddress theirs, int identifier, int sequence)
            throws NotPossibleHere, InterruptedException {
        beginOne();
        IpHeader ip = IpHeader.between(ours, theirs)
                .withTtl(Probe.TTL)
                .withTos(typeOfService)
                .withIdentification(Probe.IDENTIFICATION);
        long atNanos = now.getAsLong();
        sender.send(Encoder.icmpEcho(ip, true, identifier, sequence, new byte[0]));
        journal.accept(new Event.Probed(
                atNanos,
                ++sent,
                ActiveTest.ECHO,
                ActiveTest.Part.ECHO,
                ours.toString(),
                identifier,
                theirs.toString(),
                sequence,
                Probe.TTL,
                typeOfService,
                ours.isV6() ? 0 : Probe.IDENTIFICATION,
                0,
                0,
                0,
                false));
    }

    private void beginOne() throws NotPossibleHere, InterruptedException {
        if (sent >= MAX_PACKETS) {
            throw new NotPossibleHere("the " + MAX_PACKETS + " crafted packets of a run are spent");
        }
        pauseUntil(lastSent + GAP_NANOS);
        lastSent = System.nanoTime();
    }

    /// How many more packets the run may send.
    int left() {
        return MAX_PACKETS - sent;
    }

    /// Sends a probe and waits for an answer of the wanted kind.
    Optional<Decoded> ask(Probe probe, Predicate<Decoded> wanted, long patienceNanos)
            throws NotPossibleHere, InterruptedException {
        Listening listening = listen();
        send(probe);
        return listening.await(wanted, System.nanoTime() + patienceNanos);
    }

    static void pauseUntil(long nanoTime) throws InterruptedException {
        while (System.nanoTime() < nanoTime) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(nanoTime - System.nanoTime());
        }
    }
}
