package rstprobe.record;

import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpOption;

/// Where a connection of the kernel's stands, as its own frames tell: enough to repeat what its server has already.
final class ConnectionEdge {
    /// Beyond what a key exchange and a goodbye take, and within the window that servers begin with.
    private static final int AHEAD = 10_000;

    private final Conversation flow;
    private final Set<Integer> used = new HashSet<>();
    private boolean stands;
    private int acknowledged;
    private int expected;
    private int window;
    private Optional<TcpOption.Timestamps> stamps = Optional.empty();
    private OptionalInt ahead = OptionalInt.empty();

    ConnectionEdge(Conversation flow) {
        this.flow = flow;
    }

    /// Takes a segment; those of other conversations, and what we crafted ourselves, change nothing.
    void on(Decoded.Segment segment) {
        if (flow.isTheirs(segment.source(), segment.destination())) {
            boolean news = !stands || Sequence.before(acknowledged, segment.acknowledgement());
            if (segment.flags().ack() && !segment.flags().rst() && news) {
                acknowledged = segment.acknowledgement();
                stands = true;
            }
        } else if (flow.isOurs(segment.source(), segment.destination()) && stands && !isRepeated(segment)) {
            expected = segment.acknowledgement();
            window = segment.window();
            stamps = segment.options().timestamps();
        }
    }

    private boolean isRepeated(Decoded.Segment segment) {
        return segment.payloadLength() > 0 && used.contains(segment.sequence());
    }

    /// A place of that many bytes that the server has acknowledged, and that no probe has begun at before.
    int place(int bytes) {
        int first = Sequence.plus(acknowledged, -bytes);
        while (!used.add(first)) {
            first = Sequence.plus(first, -1);
        }
        return first;
    }

    /// The last so many bytes that the server has acknowledged.
    int placeAtEnd(int bytes) {
        int first = Sequence.plus(acknowledged, -bytes);
        used.add(first);
        return first;
    }

    /// The next lower number of a place ahead of all that the connection will say: what begins there joins what
    /// arrived before it, and needs one byte more of the server's window each time.
    int placeAhead() {
        ahead = OptionalInt.of(
                ahead.isPresent() ? Sequence.plus(ahead.getAsInt(), -1) : Sequence.plus(acknowledged, AHEAD));
        used.add(ahead.getAsInt());
        return ahead.getAsInt();
    }

    /// What our kernel expects next.
    int expected() {
        return expected;
    }

    int window() {
        return window;
    }

    Optional<TcpOption.Timestamps> stamps() {
        return stamps;
    }
}
