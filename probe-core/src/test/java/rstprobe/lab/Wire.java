package rstprobe.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import rstprobe.linux.NetworkInterfaceFacts;
import rstprobe.linux.PacketSocket;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.LinkType;

/// Everything that crosses one interface of a lab, decoded, with which way it went; and what a test
/// puts there itself.
final class Wire implements AutoCloseable {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(8);
    private static final Duration LISTEN = Duration.ofMillis(20);

    /// One frame: when it was taken from the socket, and whether this host sent it.
    record Seen(Decoded decoded, boolean outgoing, long atNanos) {

        Decoded.Segment tcp() {
            return (Decoded.Segment) decoded;
        }

        boolean isTcp() {
            return decoded instanceof Decoded.Segment;
        }

        boolean isReset() {
            return isTcp() && tcp().flags().rst();
        }
    }

    private final PacketSocket socket;
    private final Thread reader;
    private final List<Seen> seen = new ArrayList<>();
    private volatile boolean closed;

    private Wire(PacketSocket socket) {
        this.socket = socket;
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    static Wire on(Lab lab, Node node, String link) throws IOException {
        return new Wire(Entering.call(
                lab.name().namespacePath(node),
                () -> PacketSocket.openBothWays(
                        NetworkInterfaceFacts.named(link).orElseThrow().index(), false)));
    }

    /// The client's interface towards its router.
    static Wire ofClient(Lab lab) throws IOException {
        return on(lab, Node.CLIENT, lab.clientInterface());
    }

    private void read() {
        byte[] room = new byte[PacketSocket.LARGEST_FRAME];
        try {
            while (!closed) {
                int length = socket.receive(room, LISTEN);
                if (length >= 0) {
                    byte[] frame = Arrays.copyOf(room, length);
                    Decoded decoded = Decoder.decode(LinkType.ETHERNET, frame, length);
                    add(new Seen(decoded, socket.outgoing(), System.nanoTime()));
                }
            }
        } catch (IOException ended) {
            // What was seen before counts, and what is missing will be missed.
        }
    }

    private synchronized void add(Seen frame) {
        seen.add(frame);
    }

    synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    void send(byte[] frame) throws IOException {
        socket.send(frame, 0, frame.length);
    }

    /// All segments that came in.
    List<Decoded.Segment> received() {
        return seen().stream()
                .filter(frame -> frame.isTcp() && !frame.outgoing())
                .map(Seen::tcp)
                .toList();
    }

    List<Decoded.Segment> sent() {
        return seen().stream()
                .filter(frame -> frame.isTcp() && frame.outgoing())
                .map(Seen::tcp)
                .toList();
    }

    List<Decoded.Segment> resets() {
        return received().stream().filter(segment -> segment.flags().rst()).toList();
    }

    /// The first frame that looks so, waited for; fails with everything seen when none comes.
    Seen await(Predicate<Seen> like) {
        return await(like, 1).getFirst();
    }

    /// That many of them.
    List<Seen> await(Predicate<Seen> like, int count) {
        long deadline = System.nanoTime() + PATIENCE;
        while (true) {
            List<Seen> found = seen().stream().filter(like).limit(count).toList();
            if (found.size() == count) {
                return found;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not " + count + " such frames, but " + found.size() + ", in:\n" + this);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /// The first reset that comes in.
    Decoded.Segment awaitReset() {
        return awaitResets(1).getFirst();
    }

    List<Decoded.Segment> awaitResets(int count) {
        return await(frame -> frame.isReset() && !frame.outgoing(), count).stream()
                .map(Seen::tcp)
                .toList();
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder();
        for (Seen frame : seen()) {
            lines.append(frame.outgoing() ? "> " : "< ")
                    .append(line(frame.decoded()))
                    .append('\n');
        }
        return lines.toString();
    }

    static String line(Decoded decoded) {
        return switch (decoded) {
            case Decoded.Segment tcp ->
                tcp.source() + " > " + tcp.destination() + " " + tcp.flags() + " seq "
                        + Integer.toUnsignedString(tcp.sequence()) + " ack "
                        + Integer.toUnsignedString(tcp.acknowledgement()) + " win " + tcp.window() + " length "
                        + tcp.payloadLength() + " ttl " + tcp.ip().ttl() + " tos "
                        + tcp.ip().tos() + " id "
                        + tcp.ip().identification() + " df " + tcp.ip().dontFragment() + " "
                        + tcp.options().timestamps();
            case Decoded.IcmpError icmp ->
                icmp.ip().source() + " ICMP " + icmp.type() + "/" + icmp.code() + " ttl "
                        + icmp.ip().ttl();
            case Decoded other -> other.getClass().getSimpleName();
        };
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        socket.close();
    }
}
