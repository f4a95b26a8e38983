package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import rstprobe.wire.Flags;
import rstprobe.wire.Slice;

/// The recipe of one forged segment, most often a reset. Immutable: each `with` method returns a
/// changed copy.
///
/// @param towards who is to believe it
/// @param flags its control bits, of [Flags]
/// @param ttl its hop count where it is forged
/// @param identification its IPv4 identification
/// @param dontFragment its DF flag
/// @param window its window
/// @param step how far its sequence number lies behind the next one its receiver expects
/// @param payload its payload
record Forgery(
        Direction towards,
        int flags,
        Figure ttl,
        Figure identification,
        boolean dontFragment,
        Figure window,
        int step,
        Slice payload) {

    /// A reset to the client: no ACK flag, hop count 64, identification 0, DF, window 0.
    static final Forgery RESET = new Forgery(
            Direction.TO_CLIENT,
            Flags.RST,
            new Figure.Fixed(64),
            new Figure.Fixed(0),
            true,
            new Figure.Fixed(0),
            0,
            Slice.EMPTY);

    Forgery towards(Direction direction) {
        return new Forgery(direction, flags, ttl, identification, dontFragment, window, step, payload);
    }

    Forgery withFlags(int bits) {
        return new Forgery(towards, bits, ttl, identification, dontFragment, window, step, payload);
    }

    Forgery withTtl(Figure figure) {
        return new Forgery(towards, flags, figure, identification, dontFragment, window, step, payload);
    }

    Forgery withIdentification(Figure figure) {
        return new Forgery(towards, flags, ttl, figure, dontFragment, window, step, payload);
    }

    Forgery mayFragment() {
        return new Forgery(towards, flags, ttl, identification, false, window, step, payload);
    }

    Forgery withWindow(Figure figure) {
        return new Forgery(towards, flags, ttl, identification, dontFragment, figure, step, payload);
    }

    Forgery withStep(int bytes) {
        return new Forgery(towards, flags, ttl, identification, dontFragment, window, bytes, payload);
    }

    Forgery withPayload(byte[] bytes) {
        return new Forgery(towards, flags, ttl, identification, dontFragment, window, step, Slice.of(bytes));
    }

    Forgery withText(String text) {
        return withPayload(text.getBytes(StandardCharsets.US_ASCII));
    }
}
