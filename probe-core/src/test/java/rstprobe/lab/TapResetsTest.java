package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// What taps forge has the shape it is said to have, and the server knows nothing of it.
class TapResetsTest {

    private static final Flags RST_ACK = new Flags(Flags.RST | Flags.ACK);

    private static Lab lab(String name) throws Exception {
        return ServerResetsTest.lab(name);
    }

    /// Our segment that draws the reset.
    private static Decoded.Segment trigger(Wire wire) {
        return wire.sent().stream()
                .filter(segment -> segment.payloadLength() > 0)
                .findFirst()
                .orElseThrow();
    }

    private static boolean fromServer(Wire.Seen frame) {
        return frame.isTcp() && !frame.outgoing() && !frame.isReset();
    }

    /// A genuine segment arrives after the reset.
    private static void serverTalksOn(Wire wire) {
        long reset = wire.await(Wire.Seen::isReset).atNanos();
        Decoded.Segment genuine = wire.await(frame -> fromServer(frame) && frame.atNanos() > reset)
                .tcp();
        assertEquals(Shape.SERVER_TTL, genuine.ip().ttl(), wire::toString);
        assertTrue(genuine.options().timestamps().isPresent());
    }

    @Test
    void threeResetsStepThroughTheStreamWithOneIdentification() throws Exception {
        try (Lab lab = lab("tap-forges-three");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            List<Decoded.Segment> resets = wire.awaitResets(3);
            assertEquals(1460, resets.get(1).sequence() - resets.get(0).sequence());
            assertEquals(4380, resets.get(2).sequence() - resets.get(0).sequence());
            assertEquals(
                    1,
                    resets.stream()
                            .map(reset -> reset.ip().identification())
                            .distinct()
                            .count());
            assertEquals(
                    1,
                    resets.stream()
                            .map(reset -> reset.window() - reset.ip().ttl())
                            .distinct()
                            .count());
            assertTrue(resets.stream().allMatch(reset -> reset.flags().equals(RST_ACK)));
            serverTalksOn(wire);
        }
    }

    @Test
    void bothSidesAreResetAndTheServerFallsSilent() throws Exception {
        try (Lab lab = lab("tap-resets-both-sides");
                Wire wire = Wire.ofClient(lab);
                Wire server = Wire.on(lab, Node.SERVER, "eth0")) {
            try (Caller caller = Caller.connect(lab)) {
                caller.readLine();
                caller.say(Caller.IDENTIFICATION);
                caller.readToTheEnd();
            }
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(RST_ACK, reset.flags());
            assertEquals(Shape.SERVER_TTL, reset.ip().ttl());
            assertEquals(0, reset.ip().identification().orElseThrow());
            assertTrue(reset.options().isEmpty());
            Decoded.Segment atServer = server.awaitReset();
            assertEquals(trigger(wire).sequence(), atServer.sequence());
            assertEquals(Shape.SERVER_TTL, atServer.ip().ttl(), "a copy of the client's, two hops on");
            // The trigger itself then finds no socket.
            Shape.isNoSocket(wire, wire.awaitResets(2).getLast(), Shape.SERVER_TTL);
        }
    }

    @Test
    void theDetectionSystemsResetMirrorsOurWindowAndMayBeFragmented() throws Exception {
        try (Lab lab = lab("tap-mirrors-window");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(RST_ACK, reset.flags());
            assertEquals(trigger(wire).window(), reset.window());
            assertEquals(trigger(wire).nextSequence(), reset.acknowledgement());
            assertFalse(reset.ip().dontFragment());
            serverTalksOn(wire);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 40})
    void aCopiedHopCountMovesWithOurs(int ttl) throws Exception {
        try (Lab lab = lab("tap-copies-hop-count");
                Wire wire = Wire.ofClient(lab)) {
            drawWith(lab, wire, ttl, Optional.empty());
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(ttl - 2, reset.ip().ttl(), "one hop there, one hop back");
            assertFalse(reset.ip().dontFragment());
        }
    }

    /// Opens a connection, and then says the pattern in a segment of our own making, beside the kernel.
    private static void drawWith(Lab lab, Wire wire, int ttl, Optional<Integer> checksumError) throws Exception {
        try (Caller caller = Caller.connect(lab)) {
            caller.readLine();
            Decoded.Segment last = wire.await(frame -> frame.isTcp()
                            && frame.outgoing()
                            && frame.tcp().flags().equals(new Flags(Flags.ACK))
                            && wire.received().stream()
                                    .anyMatch(heard -> heard.payloadLength() > 0
                                            && heard.nextSequence()
                                                    == frame.tcp().acknowledgement()))
                    .tcp();
            TcpHeader tcp = TcpHeader.of(last).withFlags(Flags.ACK | Flags.PSH);
            wire.send(Rewriting.frame(
                    last,
                    IpHeader.of(last.ip()).withTtl(ttl),
                    checksumError.map(tcp::withChecksumError).orElse(tcp),
                    Caller.IDENTIFICATION.getBytes(StandardCharsets.US_ASCII)));
            caller.readToTheEnd();
        }
    }

    @Test
    void aWrongChecksumIsNoObstacleToTheTapThatDoesNotLook() throws Exception {
        try (Lab lab = lab("tap-ignores-checksums");
                Wire wire = Wire.ofClient(lab)) {
            drawWith(lab, wire, 64, Optional.of(0x0101));
            assertEquals(127, wire.awaitReset().ip().ttl());
        }
        try (Lab lab = lab("tap-resets-openings");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, "");
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(0, reset.sequence());
            Decoded.Segment syn = wire.sent().getFirst();
            TcpHeader other = TcpHeader.between(40_000, lab.port(), Flags.SYN).withChecksumError(0x0101);
            wire.send(Encoder.ethernet(
                    syn.ip().link().source().orElseThrow(),
                    syn.ip().link().destination().orElseThrow(),
                    Encoder.tcp(IpHeader.of(syn.ip()), other, new byte[0])));
            assertEquals(40_000, wire.awaitResets(2).getLast().destinationPort());
            // The server shakes hands all the same.
            wire.await(frame -> fromServer(frame) && frame.tcp().flags().syn());
        }
    }

    @Test
    void atTheSecondHopTheSegmentDiesAndStillDrawsTheReset() throws Exception {
        try (Lab lab = lab("tap-ignores-checksums");
                Wire wire = Wire.ofClient(lab)) {
            drawWith(lab, wire, 2, Optional.empty());
            wire.awaitReset();
            Decoded.IcmpError error =
                    (Decoded.IcmpError) wire.await(frame -> frame.decoded() instanceof Decoded.IcmpError)
                            .decoded();
            assertTrue(error.isTimeExceeded());
            assertEquals(Topology.PUBLISHED4, error.ip().source().toString());
        }
    }

    @Test
    void theStrafeHasOurHopCountTakenFrom255() throws Exception {
        try (Lab lab = lab("tap-strafes");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            List<Decoded.Segment> resets = wire.awaitResets(3);
            for (int i = 0; i < 3; i++) {
                assertEquals(255 - 63 - 1, resets.get(i).ip().ttl());
                assertEquals(
                        resets.getFirst().sequence() + 16 * i, resets.get(i).sequence());
                assertEquals(0, resets.get(i).window());
            }
            serverTalksOn(wire);
        }
    }

    @Test
    void theResetSaysInItsPayloadThatWeAreNotAuthorised() throws Exception {
        try (Lab lab = lab("tap-says-why");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            assertArrayEquals(
                    new byte[] {0x33, (byte) 0xaa, 0, 9, 0, 0, 0, 0},
                    wire.awaitReset().payload().toBytes());
        }
    }

    @Test
    void oneConnectionInFiveIsResetAndOneSeedResetsTheSameOnes() throws Exception {
        List<Boolean> first = whichOf50AreReset();
        long resets = first.stream().filter(reset -> reset).count();
        // Four standard deviations of a binomial with n = 50, p = 0.2 are 11.3.
        assertTrue(resets > 0 && resets < 22, resets + " of 50");
        assertEquals(first, whichOf50AreReset());
    }

    private static List<Boolean> whichOf50AreReset() {
        ForgingTap tap = new ForgingTap(new Match.Share(0.2), List.of(ForgingTap.PLAIN), false, true, 7);
        return IntStream.range(0, 50)
                .mapToObj(i -> {
                    tap.on(Direction.TO_SERVER, ForgingTapTest.fromClient(1000 + i, Flags.SYN, -1, ""));
                    boolean reset = !tap.on(
                                    Direction.TO_SERVER, ForgingTapTest.fromClient(1000 + i, Flags.ACK, 0, "SSH-"))
                            .injected()
                            .isEmpty();
                    boolean again = !tap.on(
                                    Direction.TO_SERVER, ForgingTapTest.fromClient(1000 + i, Flags.ACK, 4, "2.0-"))
                            .injected()
                            .isEmpty();
                    assertFalse(again, "it makes up its mind once");
                    return reset;
                })
                .toList();
    }
}
