package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import rstprobe.wire.Conversation;
import rstprobe.wire.Decoded;
import rstprobe.wire.Decoder;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;
import rstprobe.wire.IpHeader;
import rstprobe.wire.LinkType;
import rstprobe.wire.MacAddress;
import rstprobe.wire.Sequence;
import rstprobe.wire.TcpHeader;

/// A tap that reads along and, when a client has said `SSH-2.0-`, forges one reset from the server to the client. It
/// holds nothing back: the real segments travel on in both directions.
///
/// The reset has a hop count, a window and an IP identification of its own. Its sequence number is the next one of the
/// server's as the tap saw it, since a receiver acts on no other (RFC 5961 section 3.2).
final class ForgingTap implements Rule {

    /// The hop count the forged reset starts with; Linux servers start with 64.
    static final int TTL = 128;
    /// The window in the forged reset.
    static final int WINDOW = 1000;

    private static final byte[] PATTERN = "SSH-2.0-".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_CONVERSATIONS = 256;

    private final boolean reassembles;
    private final Random dice;
    private final Map<Conversation, Watched> watched = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Conversation, Watched> eldest) {
            return size() > MOST_CONVERSATIONS;
        }
    };

    /// What the tap remembers of a conversation.
    private static final class Watched {
        private final int clientStart;
        private final byte[] said = new byte[PATTERN.length];
        private int heard;
        private Optional<Integer> serverNext = Optional.empty();
        private boolean answered;

        Watched(int clientStart) {
            this.clientStart = clientStart;
        }
    }

    /// @param reassembles whether it puts the client's first bytes together from several segments
    /// @param seed where the random IP identifications start
    ForgingTap(boolean reassembles, long seed) {
        this.reassembles = reassembles;
        this.dice = new Random(seed);
    }

    /// Goes through one made-up conversation and forgets it, so that the first real one does not wait for classes to be
    /// loaded: a reset tens of milliseconds late would tell of this program and not of a tap.
    ForgingTap rehearsed() {
        MacAddress client = MacAddress.parse("02:00:00:00:00:01");
        MacAddress server = MacAddress.parse("02:00:00:00:00:02");
        IpHeader ip = IpHeader.between(IpAddress.parse(Topology.CLIENT4), IpAddress.parse(Topology.SERVER4));
        TcpHeader syn = TcpHeader.between(1, Topology.PORT, Flags.SYN);
        ForgingTap rehearsal = new ForgingTap(reassembles, 0);
        rehearsal.on(Direction.TO_SERVER, Encoder.ethernet(client, server, Encoder.tcp(ip, syn, new byte[0])));
        TcpHeader said = syn.withFlags(Flags.ACK).withSequence(1);
        rehearsal.on(Direction.TO_SERVER, Encoder.ethernet(client, server, Encoder.tcp(ip, said, PATTERN)));
        return this;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) {
        Outcome passed = Outcome.pass(frame);
        if (!(Decoder.decode(LinkType.ETHERNET, frame, frame.length) instanceof Decoded.Segment segment)) {
            return passed;
        }
        return switch (direction) {
            case TO_CLIENT -> {
                follow(segment);
                yield passed;
            }
            case TO_SERVER ->
                triggered(segment)
                        .map(reset -> passed.injecting(Direction.TO_CLIENT, reset))
                        .orElse(passed);
        };
    }

    private void follow(Decoded.Segment fromServer) {
        Watched state = watched.get(new Conversation(fromServer.destination(), fromServer.source()));
        if (state == null || fromServer.flags().rst()) {
            return;
        }
        int next = fromServer.nextSequence();
        if (state.serverNext.isEmpty() || Sequence.before(state.serverNext.get(), next)) {
            state.serverNext = Optional.of(next);
        }
    }

    private Optional<byte[]> triggered(Decoded.Segment fromClient) {
        Conversation conversation = new Conversation(fromClient.source(), fromClient.destination());
        if (fromClient.flags().syn()) {
            watched.put(conversation, new Watched(fromClient.nextSequence()));
            return Optional.empty();
        }
        Watched state = watched.get(conversation);
        if (state == null || state.answered || !(reassembles ? completes(state, fromClient) : startsWith(fromClient))) {
            return Optional.empty();
        }
        state.answered = true;
        return Optional.of(forged(fromClient, state.serverNext.orElse(fromClient.acknowledgement())));
    }

    private static boolean startsWith(Decoded.Segment segment) {
        return Arrays.equals(segment.payload().upTo(PATTERN.length).toBytes(), PATTERN);
    }

    private static boolean completes(Watched state, Decoded.Segment segment) {
        int start = Sequence.distance(state.clientStart, segment.sequence());
        for (int i = 0; i < segment.payload().length() && start + i < PATTERN.length; i++) {
            if (start + i >= 0) {
                state.said[start + i] = (byte) segment.payload().u8(i);
                state.heard |= 1 << (start + i);
            }
        }
        return state.heard == (1 << PATTERN.length) - 1 && Arrays.equals(state.said, PATTERN);
    }

    private byte[] forged(Decoded.Segment trigger, int sequence) {
        IpHeader ip = IpHeader.between(trigger.ip().destination(), trigger.ip().source())
                .withTtl(TTL)
                .withIdentification(1 + dice.nextInt(0xffff))
                .withFlowLabel(dice.nextInt(1 << 20));
        TcpHeader tcp = TcpHeader.between(trigger.destinationPort(), trigger.sourcePort(), Flags.RST)
                .withSequence(sequence)
                .withWindow(WINDOW);
        return Encoder.ethernet(
                trigger.ip().link().destination().orElseThrow(),
                trigger.ip().link().source().orElseThrow(),
                Encoder.tcp(ip, tcp, new byte[0]));
    }
}
