package rstprobe.lab;

import java.io.IOException;
import java.util.Optional;
import rstprobe.wire.Decoded;

/// The moment at which something happens to a conversation, once. It is no device: it sees where the
/// conversation stands, and holds a frame for as long as what happens takes, so that the order of
/// events is always the same.
final class TurningPoint implements Rule {

    /// Where a conversation stands when it happens.
    enum Moment {
        /// The client's answer to the SYN-ACK is on its way but has not arrived.
        BEFORE_THE_HANDSHAKE_ENDS,
        /// The server has spoken, and the client's first bytes are on their way but have not arrived.
        BEFORE_THE_SERVER_HEARS,
        /// The server's host has acknowledged the client's first bytes.
        AFTER_THE_SERVER_HEARD,
        /// The same, and the server has spoken too.
        AFTER_BOTH_SPOKE,
        /// The client's half of the key exchange (RFC 4253 §8) is on its way but has not arrived.
        BEFORE_THE_KEX,
        /// The client's first encrypted bytes are on their way but have not arrived.
        BEFORE_THE_SERVICE
    }

    private static final int MESSAGE_AT = 5;
    private static final int NEWKEYS = 21;
    private static final int KEX_FIRST = 30;
    private static final int NEWKEYS_LENGTH = 16;

    /// What happens.
    @FunctionalInterface
    interface Happening {
        /// @param clientPort the client's port of the conversation
        void happen(int clientPort) throws IOException;
    }

    private final Moment moment;
    private final Happening happening;
    private final FlowTable<Watched> watched = new FlowTable<>(Watched::new);

    private static final class Watched {
        private final Flow flow;
        private final int clientPort;
        private final Encryption encryption = new Encryption();
        private Optional<byte[]> held = Optional.empty();
        private boolean done;

        Watched(Decoded.Segment syn) {
            flow = new Flow(syn);
            clientPort = syn.sourcePort();
        }
    }

    TurningPoint(Moment moment, Happening happening) {
        this.moment = moment;
        this.happening = happening;
    }

    @Override
    public Outcome on(Direction direction, byte[] frame) throws IOException {
        Optional<Decoded.Segment> segment = FlowTable.segment(frame);
        Optional<Watched> known = segment.flatMap(seen -> watched.of(direction, seen));
        if (known.isEmpty() || known.get().done) {
            return Outcome.pass(frame);
        }
        Watched state = known.get();
        state.flow.follow(direction, segment.get());
        return switch (moment) {
            case BEFORE_THE_HANDSHAKE_ENDS ->
                after(
                        state,
                        frame,
                        direction == Direction.TO_SERVER
                                && !segment.get().flags().syn());
            case BEFORE_THE_SERVER_HEARS -> before(state, direction, segment.get(), frame);
            case AFTER_THE_SERVER_HEARD -> after(state, frame, state.flow.heardByServer());
            case AFTER_BOTH_SPOKE -> after(state, frame, state.flow.heardByServer() && state.flow.serverSpoke());
            case BEFORE_THE_KEX ->
                after(state, frame, direction == Direction.TO_SERVER && message(segment.get()) == KEX_FIRST);
            case BEFORE_THE_SERVICE ->
                after(state, frame, direction == Direction.TO_SERVER && state.encryption.isIn(segment.get()));
        };
    }

    /// A client that speaks first is kept waiting until the server has spoken.
    private Outcome before(Watched state, Direction direction, Decoded.Segment segment, byte[] frame)
            throws IOException {
        boolean speaks = direction == Direction.TO_SERVER && segment.payloadLength() > 0;
        if (speaks && !state.flow.serverSpoke()) {
            state.held = Optional.of(frame);
            return Outcome.drop();
        }
        if (speaks || state.flow.serverSpoke() && state.held.isPresent()) {
            state.done = true;
            happening.happen(state.clientPort);
        }
        Outcome passed = Outcome.pass(frame);
        return state.done && !speaks
                ? passed.injecting(Injection.released(Direction.TO_SERVER, state.held.orElseThrow()))
                : passed;
    }

    private Outcome after(Watched state, byte[] frame, boolean now) throws IOException {
        if (now) {
            state.done = true;
            happening.happen(state.clientPort);
        }
        return Outcome.pass(frame);
    }

    /// The number of the clear message a segment starts with (RFC 4253 §6: length, padding length, number); 0 where
    /// it is too short for one.
    static int message(Decoded.Segment segment) {
        return segment.payloadLength() > MESSAGE_AT ? segment.payload().u8(MESSAGE_AT) : 0;
    }

    /// Tells the client's encrypted bytes from its clear ones: they follow NEWKEYS, in its segment or in the next.
    static final class Encryption {
        private boolean begun;

        /// Whether this segment of the client's, the next one of its stream, has encrypted bytes.
        boolean isIn(Decoded.Segment segment) {
            if (begun) {
                return segment.payloadLength() > 0;
            }
            begun = message(segment) == NEWKEYS;
            return begun && segment.payloadLength() > NEWKEYS_LENGTH;
        }
    }
}
