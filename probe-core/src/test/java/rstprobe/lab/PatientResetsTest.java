package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;

/// Networks whose fault shows only after seconds: retransmission, idle timers, a neighbour that never
/// answers.
@Tag("slow")
class PatientResetsTest {

    private static final Flags RST_ACK = new Flags(Flags.RST | Flags.ACK);

    private static Lab lab(String name) throws Exception {
        return ServerResetsTest.lab(name);
    }

    private static Decoded.Segment firstWithBytes(Wire wire) {
        return wire.await(frame ->
                        frame.isTcp() && !frame.outgoing() && frame.tcp().payloadLength() > 0)
                .tcp();
    }

    @Test
    void whereTheFirstRefusalIsLostTheSecondSynDrawsAnother() throws Exception {
        try (Lab lab = lab("closed-port-reset-lost");
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Shape.isRefusal(wire, wire.awaitReset(), Shape.SERVER_TTL, Caller.TOS);
            assertEquals(
                    2, wire.sent().stream().filter(sent -> sent.flags().syn()).count());
            assertEquals(1, wire.resets().size());
        }
    }

    @Test
    void aServerThatDropsSaysNothing() throws Exception {
        try (Lab lab = lab("server-firewall-drops");
                Wire wire = Wire.ofClient(lab)) {
            assertThrows(IOException.class, () -> Caller.connect(lab, 1_500).close());
            wire.await(frame -> frame.isTcp() && frame.outgoing(), 2);
            assertTrue(wire.received().isEmpty());
        }
    }

    @Test
    void aRewrittenOpeningHasASynsOptionsAndComesAgain() throws Exception {
        try (Lab lab = lab("openings-rewritten");
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            List<Decoded.Segment> resets = wire.awaitResets(2);
            for (Decoded.Segment reset : resets) {
                assertEquals(RST_ACK, reset.flags());
                assertTrue(reset.options().mss().isPresent());
                assertTrue(reset.sequence() != 0);
                assertEquals(Shape.SERVER_TTL, reset.ip().ttl());
            }
            assertEquals(resets.getFirst().sequence(), resets.getLast().sequence());
        }
    }

    @Test
    void aRewrittenAnswerComesAgainWithTheNextIdentification() throws Exception {
        try (Lab lab = lab("answers-rewritten");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            List<Decoded.Segment> resets = wire.awaitResets(4);
            for (int i = 0; i < resets.size(); i++) {
                assertEquals(RST_ACK, resets.get(i).flags());
                assertTrue(resets.get(i).options().timestamps().isPresent());
                assertEquals(
                        resets.getFirst().ip().identification().orElseThrow() + i,
                        resets.get(i).ip().identification().orElseThrow());
            }
            long different =
                    resets.stream().map(Decoded.Segment::sequence).distinct().count();
            assertTrue(different < resets.size(), () -> "no reset was sent again:\n" + wire);
        }
    }

    @Test
    void anIdleConnectionIsResetOnBothSidesAtOnce() throws Exception {
        try (Lab lab = lab("idle-reset-both-sides");
                Wire wire = Wire.ofClient(lab);
                Wire server = Wire.on(lab, Node.SERVER, "eth0")) {
            assertEquals("<Connection reset>", Caller.talk(lab, Caller.IDENTIFICATION));
            wire.awaitReset();
            long idleMillis = (wire.await(Wire.Seen::isReset).atNanos()
                            - wire.await(frame -> frame.isTcp() && !frame.outgoing(), 2)
                                    .getLast()
                                    .atNanos())
                    / 1_000_000;
            assertTrue(idleMillis >= 1_900 && idleMillis < 2_500, idleMillis + " ms");
            server.awaitReset();
        }
    }

    @Test
    void theFirstSegmentAfterASilenceIsReset() throws Exception {
        try (Lab lab = lab("idle-forgotten");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(new Flags(Flags.RST), reset.flags());
            assertEquals(Shape.ROUTER2_TTL, reset.ip().ttl());
            assertEquals(firstWithBytes(wire).nextSequence(), reset.sequence());
        }
    }

    @Test
    void whereTheServerIsOffTheLastRouterSaysSoAfterAWhile() throws Exception {
        try (Lab lab = lab("host-down");
                Wire wire = Wire.ofClient(lab)) {
            assertThrows(IOException.class, () -> Caller.connect(lab).close());
            Decoded.IcmpError error =
                    (Decoded.IcmpError) wire.await(frame -> frame.decoded() instanceof Decoded.IcmpError)
                            .decoded();
            assertEquals(1, error.code());
            assertEquals(Topology.PUBLISHED4, error.ip().source().toString());
            assertFalse(wire.seen().stream().anyMatch(Wire.Seen::isReset));
        }
    }
}
