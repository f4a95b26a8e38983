package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;

/// The shapes a Linux kernel and its packet filter give to a reset, each asked of one segment.
final class Shape {

    static final int SERVER_TTL = 62;
    static final int ROUTER2_TTL = 63;
    static final int ROUTER1_TTL = 64;

    private Shape() {}

    /// A socket was aborted: the reset continues the server's segments.
    static void isAbort(Wire wire, Decoded.Segment reset, int ttl) {
        String all = Wire.line(reset) + " in\n" + wire;
        assertEquals(new Flags(Flags.RST | Flags.ACK), reset.flags(), all);
        assertEquals(ttl, reset.ip().ttl(), all);
        assertTrue(reset.options().timestamps().isPresent(), all);
        assertTrue(reset.window() > 0, all);
        Decoded.Segment before = wire.received().stream()
                .takeWhile(segment -> segment != reset)
                .filter(segment -> !segment.flags().rst() && !segment.flags().syn())
                .reduce((first, second) -> second)
                .orElse(reset);
        if (before != reset) {
            assertEquals(before.nextSequence(), reset.sequence(), all);
            int step = reset.ip().identification().orElseThrow()
                    - before.ip().identification().orElseThrow();
            assertTrue((step & 0xffff) <= 2, all);
        }
    }

    /// A kernel knows no socket: no ACK flag, the number we acknowledged last, our type of service
    /// returned.
    static void isNoSocket(Wire wire, Decoded.Segment reset, int ttl) {
        isBare(wire, reset, ttl);
        assertEquals(Caller.TOS, reset.ip().tos(), wire::toString);
    }

    /// A packet filter resets in the middle of a connection: the same, without our type of service.
    static void isRejected(Wire wire, Decoded.Segment reset, int ttl) {
        isBare(wire, reset, ttl);
        assertEquals(0, reset.ip().tos(), wire::toString);
    }

    private static void isBare(Wire wire, Decoded.Segment reset, int ttl) {
        String all = Wire.line(reset) + " in\n" + wire;
        assertEquals(new Flags(Flags.RST), reset.flags(), all);
        assertEquals(ttl, reset.ip().ttl(), all);
        assertEquals(0, reset.window(), all);
        assertEquals(0, reset.acknowledgement(), all);
        assertTrue(reset.options().isEmpty(), all);
        assertEquals(0, reset.ip().identification().orElse(0), all);
        assertTrue(
                wire.sent().stream().anyMatch(sent -> sent.acknowledgement() == reset.sequence()),
                () -> "no segment of ours acknowledged that number: " + all);
    }

    /// The answer to a SYN: sequence number 0, everything of ours acknowledged.
    static void isRefusal(Wire wire, Decoded.Segment reset, int ttl, int tos) {
        String all = Wire.line(reset) + " in\n" + wire;
        assertEquals(new Flags(Flags.RST | Flags.ACK), reset.flags(), all);
        assertEquals(0, reset.sequence(), all);
        assertEquals(ttl, reset.ip().ttl(), all);
        assertEquals(tos, reset.ip().tos(), all);
        assertEquals(0, reset.window(), all);
        assertTrue(reset.options().isEmpty(), all);
        assertFalse(reset.ip().identification().orElse(0) != 0, all);
    }
}
