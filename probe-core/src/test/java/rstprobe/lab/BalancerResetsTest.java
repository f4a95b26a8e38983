package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import rstprobe.wire.Decoded;

/// What stands for the server, what stands at the client's own side, and what resets when nobody
/// speaks.
class BalancerResetsTest {
    private static final int MOST_CONNECTIONS = 60;

    private static Lab lab(String name) throws Exception {
        return ServerResetsTest.lab(name);
    }

    private static Decoded.Segment firstWithBytes(Wire wire) {
        return wire.await(frame ->
                        frame.isTcp() && !frame.outgoing() && frame.tcp().payloadLength() > 0)
                .tcp();
    }

    @Test
    void theRouterThatForgotTheConnectionAnswersItselfFromOneHopNearer() throws Exception {
        try (Lab lab = lab("translation-loses-state");
                Wire wire = Wire.ofClient(lab)) {
            for (int time = 1; time <= 2; time++) {
                assertTrue(Caller.talk(lab, Caller.IDENTIFICATION).contains("reset"));
                Decoded.Segment reset = wire.awaitResets(time).getLast();
                Shape.isNoSocket(wire, reset, Shape.ROUTER2_TTL);
                assertEquals(Topology.PUBLISHED4, reset.ip().source().toString());
            }
            assertEquals(Shape.SERVER_TTL, firstWithBytes(wire).ip().ttl());
        }
    }

    @Test
    void handshakeAndDataComeFromDifferentHopsBehindASynProxy() throws Exception {
        try (Lab lab = lab("syn-proxy-before-abort");
                Wire wire = Wire.ofClient(lab)) {
            assertEquals("<Connection reset>", Caller.talk(lab, Caller.IDENTIFICATION));
            Decoded.Segment opening = wire.received().getFirst();
            assertTrue(opening.flags().syn());
            assertEquals(Shape.ROUTER2_TTL, opening.ip().ttl());
            assertEquals(0, opening.window());
            Shape.isAbort(wire, wire.awaitReset(), Shape.SERVER_TTL);
        }
    }

    @Test
    void aProxyAbortsFromItsOwnHopFromFirstToLast() throws Exception {
        for (String name : new String[] {"proxy-aborts", "proxied-server-closes"}) {
            try (Lab lab = lab(name);
                    Wire wire = Wire.ofClient(lab)) {
                String heard = Caller.talk(lab, Caller.IDENTIFICATION);
                assertTrue(heard.contains("reset"), heard);
                assertEquals(name.equals("proxied-server-closes"), heard.startsWith("SSH-2.0-"));
                Shape.isAbort(wire, wire.awaitReset(), Shape.ROUTER2_TTL);
                assertTrue(wire.received().stream()
                        .allMatch(segment -> segment.ip().ttl() == Shape.ROUTER2_TTL));
            }
        }
    }

    @Test
    void theContainersHostRefusesFromOneHopNearerThanTheContainer() throws Exception {
        try (Lab lab = lab("container-host-rejects");
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Shape.isRefusal(wire, wire.awaitReset(), Shape.ROUTER2_TTL, 0);
            assertEquals(Topology.PUBLISHED4, wire.awaitReset().ip().source().toString());
        }
    }

    @Test
    void theLongerWayCostsOneHopAndEachConnectionKeepsItsWay() throws Exception {
        try (Lab lab = lab("two-ways");
                Wire wire = Wire.ofClient(lab)) {
            Set<Integer> ttls = new TreeSet<>();
            // Chance chooses the way of a connection: a dozen may well go the same.
            for (int time = 1; time <= MOST_CONNECTIONS && ttls.size() < 2; time++) {
                Caller.talk(lab, Caller.IDENTIFICATION);
                for (Decoded.Segment reset : wire.awaitResets(time)) {
                    if (reset.flags().ack()) {
                        Set<Integer> ofOne = new TreeSet<>();
                        wire.received().stream()
                                .filter(segment -> segment.destinationPort() == reset.destinationPort())
                                .forEach(segment -> ofOne.add(segment.ip().ttl()));
                        assertEquals(1, ofOne.size(), wire::toString);
                        ttls.addAll(ofOne);
                    }
                }
            }
            assertEquals(Set.of(Shape.SERVER_TTL - 1, Shape.SERVER_TTL), ttls);
        }
    }

    @Test
    void theBalancersResetSaysWhy() throws Exception {
        try (Lab lab = lab("balancer-says-why");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(254, reset.ip().ttl());
            assertTrue(reset.ip().dontFragment());
            assertTrue(new String(reset.payload().toBytes(), StandardCharsets.US_ASCII)
                    .endsWith("No available pool member"));
        }
    }

    @Test
    void theClientsOwnFilterResetsOnTheLoopbackInterfaceOnly() throws Exception {
        try (Lab lab = lab("own-filter-rejects");
                Wire wire = Wire.ofClient(lab);
                Wire loopback = Wire.on(lab, Node.CLIENT, "lo")) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Decoded.Segment reset = loopback.await(Wire.Seen::isReset).tcp();
            assertEquals(Topology.SERVER4, reset.ip().source().toString());
            assertTrue(wire.seen().stream().noneMatch(Wire.Seen::isTcp));
        }
    }

    @Test
    void theClientsKernelResetsTheServerAfterASegmentItsTranslationDidNotKnow() throws Exception {
        try (Lab lab = lab("own-translation-loses-segment");
                Wire wire = Wire.ofClient(lab)) {
            String heard = Caller.talk(lab, Caller.IDENTIFICATION);
            assertTrue(heard.contains("reset"), heard + wire);
            Wire.Seen first = wire.await(Wire.Seen::isReset);
            assertTrue(first.outgoing(), wire::toString);
            assertEquals(Topology.SECOND_CLIENT4, first.tcp().ip().source().toString());
            assertEquals(0, first.tcp().ip().identification().orElseThrow());
            Shape.isNoSocket(wire, wire.awaitReset(), Shape.SERVER_TTL);
        }
    }

    @Test
    void whatTheClientsRoutesProhibitNeverGetsOntoTheWire() throws Exception {
        try (Lab lab = lab("own-route-prohibits");
                Wire wire = Wire.ofClient(lab)) {
            assertThrows(IOException.class, () -> Caller.connect(lab).close());
            assertTrue(wire.seen().stream().noneMatch(Wire.Seen::isTcp));
        }
    }
}
