package rstprobe.record;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import rstprobe.linux.Errno;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Neighbours;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketSocket;
import rstprobe.linux.Route;
import rstprobe.wire.Encoder;
import rstprobe.wire.MacAddress;

/// Sends crafted datagrams to the target's next hop as Ethernet frames, past our own kernel's TCP and
/// firewall.
///
/// It is opened while there still are capabilities; sending needs none. Where the link has no Ethernet
/// header (loopback, tunnels) nothing is ever sent: a frame of the wrong form would be some other frame to
/// whoever gets it.
final class CraftedSender implements AutoCloseable {
    /// A queue that is full is looked at again after that.
    private static final long QUEUE_NANOS = 1_000_000;

    private static final int ETHERNET = 14;
    /// An Ethernet address that the kernel told is taken for the next hop's for so long.
    private static final long KNOWN_NANOS = 500_000_000;

    private final Optional<PacketSocket> socket;
    private final String whyNot;
    private final NetworkInterfaceFacts facts;
    private final InetAddress nextHop;
    /// Of every next hop, for all senders with that socket.
    private final Map<InetAddress, Neighbour> neighbours;
    /// The same.
    private final Map<InetAddress, LinkQueue> queues;

    private record Neighbour(MacAddress mac, long atNanoTime) {}

    private CraftedSender(
            Optional<PacketSocket> socket,
            String whyNot,
            NetworkInterfaceFacts facts,
            InetAddress nextHop,
            Map<InetAddress, Neighbour> neighbours,
            Map<InetAddress, LinkQueue> queues) {
        this.neighbours = neighbours;
        this.queues = queues;
        this.socket = socket;
        this.whyNot = whyNot;
        this.facts = facts;
        this.nextHop = nextHop;
    }

    /// Opens the socket where the link permits it; where not, [#send] says why.
    ///
    /// @param facts the interface that is captured on
    static CraftedSender open(NetworkInterfaceFacts facts, Target target) {
        Optional<String> obstacle = obstacle(facts, target.route());
        InetAddress nextHop = target.route().nextHop(target.address());
        if (obstacle.isPresent()) {
            return new CraftedSender(Optional.empty(), obstacle.get(), facts, nextHop, Map.of(), Map.of());
        }
        try {
            PacketSocket opened = PacketSocket.openForSending(facts.index());
            return new CraftedSender(
                    Optional.of(opened), "", facts, nextHop, new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        } catch (LinuxException refused) {
            String why = "no packet socket can be opened: " + refused.errno().name();
            return new CraftedSender(Optional.empty(), why, facts, nextHop, Map.of(), Map.of());
        }
    }

    /// The same socket towards another target behind the same interface; closing this one closes both.
    ///
    /// @throws NotPossibleHere where the way to that target is another
    CraftedSender towards(Target other) throws NotPossibleHere {
        Optional<String> obstacle = obstacle(facts, other.route());
        if (obstacle.isPresent()) {
            throw new NotPossibleHere(obstacle.get());
        }
        return new CraftedSender(socket, whyNot, facts, other.route().nextHop(other.address()), neighbours, queues);
    }

    /// A sender that sends nothing.
    static CraftedSender none(NetworkInterfaceFacts facts, Target target, String why) {
        return new CraftedSender(Optional.empty(), why, facts, target.address(), Map.of(), Map.of());
    }

    private static Optional<String> obstacle(NetworkInterfaceFacts facts, Route route) {
        if (facts.loopback() || route.kind() == Route.Kind.LOCAL) {
            return Optional.of("the target is this host, nothing crafted can be sent to it");
        }
        if (facts.mac().isEmpty()) {
            return Optional.of(facts.name() + " has no Ethernet address, crafted frames have no form there");
        }
        return facts.index() == route.interfaceIndex()
                ? Optional.empty()
                : Optional.of("the route leaves by " + route.interfaceName() + " and not by " + facts.name());
    }

    /// Why nothing crafted can be sent from here; empty where it can.
    Optional<String> whyNot() {
        return socket.isPresent() ? Optional.empty() : Optional.of(whyNot);
    }

    /// Sends one datagram.
    ///
    /// @throws NotPossibleHere where the link or its queue does not take it
    void send(byte[] datagram) throws NotPossibleHere {
        PacketSocket open = socket.orElseThrow(() -> new NotPossibleHere(whyNot));
        byte[] frame = Encoder.ethernet(wire(facts.mac().orElseThrow()), neighbour(), datagram);
        try {
            open.send(frame, 0, frame.length);
        } catch (LinuxException refused) {
            throw new NotPossibleHere("the kernel does not send a crafted frame: "
                    + refused.errno().name());
        }
    }

    /// Sends several datagrams in that order, as fast as the link takes them.
    ///
    /// @throws NotPossibleHere where the link does not take them
    void send(List<byte[]> datagrams) throws NotPossibleHere {
        PacketSocket open = socket.orElseThrow(() -> new NotPossibleHere(whyNot));
        MacAddress ours = wire(facts.mac().orElseThrow());
        MacAddress theirs = neighbour();
        List<byte[]> frames = datagrams.stream()
                .map(datagram -> Encoder.ethernet(ours, theirs, datagram))
                .toList();
        queue(open).send(frames);
    }

    private LinkQueue queue(PacketSocket open) {
        return queues.computeIfAbsent(
                nextHop, _ -> new LinkQueue(frames -> taken(open, frames), () -> LockSupport.parkNanos(QUEUE_NANOS)));
    }

    /// None where the first is refused for want of room.
    private static int taken(PacketSocket open, List<byte[]> frames) throws NotPossibleHere {
        try {
            return open.send(frames);
        } catch (LinuxException refused) {
            if (refused.is(Errno.ENOBUFS) || refused.is(Errno.EAGAIN)) {
                return 0;
            }
            throw new NotPossibleHere("the kernel does not send a crafted frame: "
                    + refused.errno().name());
        }
    }

    /// What the link does not take for its length, in one sentence without a full stop; empty where it takes all that
    /// was sent.
    Optional<String> refusal() {
        LinkQueue queue = queues.get(nextHop);
        OptionalInt frame = queue == null ? OptionalInt.empty() : queue.tooLong();
        return frame.isEmpty()
                ? Optional.empty()
                : Optional.of(facts.name() + " refuses packets of " + (frame.getAsInt() - ETHERNET)
                        + " bytes and more, although its own MTU is " + facts.mtu()
                        + ": where it is one end of a veth pair, the other end's MTU is smaller");
    }

    /// @throws NotPossibleHere where nothing crafted can be sent from here
    void require() throws NotPossibleHere {
        if (socket.isEmpty()) {
            throw new NotPossibleHere(whyNot);
        }
        neighbour();
    }

    /// The kernel learns the address when it sends there itself, which the attempt before any test has
    /// done.
    private MacAddress neighbour() throws NotPossibleHere {
        Neighbour known = neighbours.get(nextHop);
        if (known != null && System.nanoTime() - known.atNanoTime() < KNOWN_NANOS) {
            return known.mac();
        }
        Neighbour told = new Neighbour(wire(told()), System.nanoTime());
        neighbours.put(nextHop, told);
        return told.mac();
    }

    private rstprobe.linux.MacAddress told() throws NotPossibleHere {
        try {
            return Neighbours.of(facts.index(), nextHop)
                    .orElseThrow(() -> new NotPossibleHere("the next hop's Ethernet address is not known"));
        } catch (IOException failed) {
            throw new NotPossibleHere("the kernel does not tell the next hop's Ethernet address");
        }
    }

    private static MacAddress wire(rstprobe.linux.MacAddress mac) {
        return new MacAddress(mac.value());
    }

    /// Closes it on a thread of its own: the kernel lets go of a packet socket only after some milliseconds, for which
    /// nobody needs to wait.
    void closeBeside() {
        Thread.ofPlatform().daemon().name("closing a sender").start(this::close);
    }

    @Override
    public void close() {
        socket.ifPresent(PacketSocket::close);
    }
}
