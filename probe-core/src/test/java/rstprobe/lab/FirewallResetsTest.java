package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import rstprobe.wire.Decoded;
import rstprobe.wire.Encoder;
import rstprobe.wire.Flags;
import rstprobe.wire.IpHeader;
import rstprobe.wire.TcpHeader;

/// What packet filters, inspecting devices and rewriters send has the shape it is said to have.
class FirewallResetsTest {

    private static final Flags RST_ACK = new Flags(Flags.RST | Flags.ACK);

    private static Lab lab(String name) throws Exception {
        return ServerResetsTest.lab(name);
    }

    private static boolean isIcmp(Wire.Seen frame) {
        return frame.decoded() instanceof Decoded.IcmpError;
    }

    @ParameterizedTest
    @CsvSource({
        "server-firewall-rejects,62,false",
        "server-firewall-rejects,62,true",
        "last-router-rejects,63,false",
        "router-rejects,64,false",
        "router-rejects-at-first,64,false",
        "hop-counts-levelled,64,false"
    })
    void aFilterRefusesWithoutOurTypeOfService(String name, int ttl, boolean ipv6) throws Exception {
        Conditions conditions = new Conditions(0, 0, 1, ipv6, Optional.empty());
        try (Lab lab = Lab.build(Labs.named(name).orElseThrow(), conditions);
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Decoded.Segment reset = wire.awaitReset();
            Shape.isRefusal(wire, reset, ttl, 0);
            assertEquals(0, reset.ip().flowLabel());
        }
    }

    @Test
    void aFilterBeforeTheRoutingDecisionNeedsNoHopMore() throws Exception {
        try (Lab lab = lab("router-rejects-at-first");
                Wire wire = Wire.ofClient(lab)) {
            synWithOneHop(lab, wire);
            assertEquals(Shape.ROUTER1_TTL, wire.awaitResets(2).getLast().ip().ttl());
            assertTrue(wire.seen().stream().noneMatch(FirewallResetsTest::isIcmp));
        }
        try (Lab lab = lab("router-rejects");
                Wire wire = Wire.ofClient(lab)) {
            synWithOneHop(lab, wire);
            Decoded.IcmpError error =
                    (Decoded.IcmpError) wire.await(FirewallResetsTest::isIcmp).decoded();
            assertTrue(error.isTimeExceeded());
            assertEquals(1, wire.resets().size(), "to the SYN that had hops enough");
        }
    }

    /// A SYN as the kernel's, and then one of our own that may not cross a router.
    private static void synWithOneHop(Lab lab, Wire wire) throws IOException {
        Caller.talk(lab, "");
        wire.awaitReset();
        Decoded.Segment syn = wire.sent().getFirst();
        TcpHeader other = TcpHeader.between(40_000, lab.port(), Flags.SYN);
        wire.send(Encoder.ethernet(
                syn.ip().link().source().orElseThrow(),
                syn.ip().link().destination().orElseThrow(),
                Encoder.tcp(IpHeader.of(syn.ip()).withTtl(1), other, new byte[0])));
    }

    @ParameterizedTest
    @CsvSource({"server-firewall-rejects-icmp,3", "server-firewall-prohibits,13"})
    void theServersFilterSaysItInIcmpToo(String name, int code) throws Exception {
        try (Lab lab = lab(name);
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, "");
            Decoded.IcmpError error =
                    (Decoded.IcmpError) wire.await(FirewallResetsTest::isIcmp).decoded();
            assertEquals(3, error.type());
            assertEquals(code, error.code());
            assertEquals(Topology.SERVER4, error.ip().source().toString());
            assertEquals(Shape.SERVER_TTL, error.ip().ttl());
            assertEquals(
                    Shape.SERVER_TTL, error.quoted().datagram().orElseThrow().ttl(), "what our SYN had left there");
        }
    }

    @Test
    void aBanMidwayResetsTheConnectionAndEveryOneAfterIt() throws Exception {
        try (Lab lab = lab("banned-midway");
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, Caller.IDENTIFICATION).startsWith("SSH-2.0-"));
            Shape.isRejected(wire, wire.awaitReset(), Shape.SERVER_TTL);
            int rejected = wire.resets().getFirst().destinationPort();
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Decoded.Segment refusal = wire.await(frame ->
                            frame.isReset() && !frame.outgoing() && frame.tcp().destinationPort() != rejected)
                    .tcp();
            Shape.isRefusal(wire, refusal, Shape.SERVER_TTL, 0);
        }
    }

    @Test
    void whatTheRouterRejectsMidwayTheServerKnowsNothingOf() throws Exception {
        try (Lab lab = lab("router-rejects-midway");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            Shape.isRejected(wire, reset, Shape.ROUTER1_TTL);
            long resetAt = wire.await(Wire.Seen::isReset).atNanos();
            Decoded.Segment genuine = wire.await(frame ->
                            frame.isTcp() && !frame.outgoing() && frame.atNanos() > resetAt && !frame.isReset())
                    .tcp();
            assertEquals(Shape.SERVER_TTL, genuine.ip().ttl());
        }
    }

    @Test
    void whatTheInspectorKeepsBackIsNeverHeardByTheServer() throws Exception {
        try (Lab lab = Lab.build(
                        Labs.named("inspector-resets").orElseThrow(),
                        new Conditions(25, 0, 1, false, Optional.empty()));
                Wire wire = Wire.ofClient(lab);
                Wire server = Wire.on(lab, Node.SERVER, "eth0")) {
            assertTrue(Caller.talk(lab, Caller.IDENTIFICATION).contains("reset"));
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(new Flags(Flags.RST), reset.flags());
            Wire.Seen said = wire.await(
                    frame -> frame.outgoing() && frame.isTcp() && frame.tcp().payloadLength() > 0);
            long micros = (wire.await(Wire.Seen::isReset).atNanos() - said.atNanos()) / 1000;
            assertTrue(micros < 40_000, "a round trip takes 50 ms, the reset came after " + micros + " us");
            assertTrue(server.received().stream().allMatch(segment -> segment.payloadLength() == 0));
        }
    }

    @Test
    void theFirewallMirrorsTheWindowToBothSides() throws Exception {
        try (Lab lab = lab("firewall-mirrors-window");
                Wire wire = Wire.ofClient(lab);
                Wire server = Wire.on(lab, Node.SERVER, "eth0")) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            Decoded.Segment said = wire.sent().stream()
                    .filter(segment -> segment.payloadLength() > 0)
                    .findFirst()
                    .orElseThrow();
            assertEquals(RST_ACK, reset.flags());
            assertEquals(254, reset.ip().ttl());
            assertEquals(said.window(), reset.window());
            assertEquals(said.acknowledgement(), reset.sequence());
            assertFalse(reset.ip().dontFragment());
            assertEquals(said.sequence(), server.awaitReset().sequence());
            assertTrue(server.received().stream().allMatch(segment -> segment.payloadLength() == 0));
        }
    }

    @Test
    void whereMarkingsAreBleachedFiltersLookLikeTheKernel() throws Exception {
        for (String name : List.of("markings-bleached-rejected", "last-router-rejects-bleached")) {
            try (Lab lab = lab(name);
                    Wire wire = Wire.ofClient(lab)) {
                Caller.talk(lab, "");
                boolean router = name.startsWith("last-router");
                Shape.isRefusal(wire, wire.awaitReset(), router ? Shape.ROUTER2_TTL : Shape.SERVER_TTL, 0);
            }
        }
    }

    @Test
    void whereMarkingsAreBleachedAClosedPortReturnsNone() throws Exception {
        try (Lab lab = lab("markings-bleached");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, "");
            Shape.isRefusal(wire, wire.awaitReset(), Shape.SERVER_TTL, 0);
        }
    }
}
