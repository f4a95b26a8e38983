package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;
import rstprobe.wire.IpAddress;

/// Filters that answer an opening with ICMP, and those that let it pass and stop what follows, show on the wire what
/// their network says, to a client that knows nothing of the probe.
class MidwayFiltersTest {

    private static Lab lab(String name, boolean ipv6) throws Exception {
        return Lab.build(Labs.named(name).orElseThrow(), new Conditions(0, 0, 1, ipv6, Optional.empty()));
    }

    private static boolean isError(Wire.Seen frame, int type, int code) {
        return !frame.outgoing()
                && frame.decoded() instanceof Decoded.IcmpError error
                && error.type() == type
                && error.code() == code
                && Set.of(IpAddress.parse(Topology.SERVER4), IpAddress.parse(Topology.SERVER6))
                        .contains(error.ip().source());
    }

    @ParameterizedTest
    @CsvSource({
        "server-firewall-says-net-unreachable,false,3,0",
        "server-firewall-says-host-unreachable,false,3,1",
        "server-firewall-says-protocol-unreachable,false,3,2",
        "server-firewall-says-net-prohibited,false,3,9",
        "server-firewall-says-host-prohibited,false,3,10",
        "server-firewall-says-net-prohibited,true,1,5"
    })
    void theServersHostSaysWhyInIcmp(String name, boolean ipv6, int type, int code) throws Exception {
        try (Lab lab = lab(name, ipv6);
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, "");
            wire.await(frame -> isError(frame, type, code));
            assertEquals(List.of(), wire.received());
        }
    }

    @Test
    void theSynAckComesAgainWhereNothingThatFollowsItArrives() throws Exception {
        try (Lab lab = lab("server-firewall-drops-established", false);
                Wire wire = Wire.ofClient(lab);
                Caller caller = Caller.connect(lab)) {
            caller.say(Caller.IDENTIFICATION);
            wire.await(frame -> frame.isTcp() && !frame.outgoing(), 2);
            assertTrue(
                    wire.received().stream().allMatch(segment -> segment.flags().syn()));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFilterThatLooksAtSingleSegmentsIsPassedInTwo(boolean ipv6) throws Exception {
        try (Lab lab = lab("router-resets-our-identification", ipv6);
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            assertEquals(Shape.ROUTER1_TTL, wire.awaitReset().ip().ttl());
            int half = Caller.IDENTIFICATION.length() / 4;
            try (Caller caller = Caller.connect(lab)) {
                caller.say(Caller.IDENTIFICATION.substring(0, half));
                caller.say(Caller.IDENTIFICATION.substring(half));
                assertTrue(caller.readLine().startsWith("SSH-2.0-"));
                wire.await(frame -> frame.isTcp()
                        && !frame.outgoing()
                        && frame.tcp().destinationPort() == caller.port()
                        && frame.tcp().payloadLength() > 0
                        && !frame.tcp().flags().rst());
            }
            assertEquals(1, wire.resets().size());
        }
    }

    @Test
    void aConnectionOpensWhereTheRestOfItIsReset() throws Exception {
        try (Lab lab = lab("server-firewall-resets-established", false);
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, "");
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(new Flags(Flags.RST), reset.flags());
            assertEquals(0, reset.ip().tos());
            assertTrue(wire.received().getFirst().flags().syn());
        }
    }

    @Test
    void theNameHasBothAddresses() throws Exception {
        try (Lab lab = lab("only-ipv6-serves", false)) {
            assertEquals(Topology.SERVER_NAME, lab.serverAddress());
            assertEquals(Set.of(Topology.SERVER4, Topology.SERVER6), addresses(lab));
        }
    }

    private static Set<String> addresses(Lab lab) throws IOException {
        Process asked = lab.inClientWithNames(List.of("/usr/bin/getent", "ahosts", lab.serverAddress()))
                .start();
        return asked.inputReader().lines().map(line -> line.split(" ", 2)[0]).collect(Collectors.toSet());
    }
}
