package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.record.HostFacts;
import rstprobe.record.Recording;

/// One address, two hosts: who answered, and who reset?
class DuplicateAddressTest {
    /// One host answers and the other resets.
    private static final String BETWEEN = """
            talk
            0.0  > SYN
            0.4 < SYN,ACK mac=7
            0.5 > ACK
            0.6 > ACK data=22 msg=identification
            1.0 < RST mac=8
            = reset identification
            """;

    /// The other answers itself.
    private static final String OTHER = """
            talk
            0.0  > SYN
            0.4 < SYN,ACK mac=8
            0.5 > ACK
            0.6 > ACK data=22 msg=identification
            1.0 < RST mac=8
            = reset identification
            """;

    private static Recording recording(String story, Optional<String> gateway) {
        Recording made = PacketScript.of(story).recording();
        HostFacts host = made.host();
        return new Recording(
                made.startedNanos(),
                made.plan(),
                new HostFacts(host.interfaceName(), host.address(), host.mtu(), host.kernel(), gateway, false),
                made.target(),
                made.events(),
                made.frames(),
                made.capture());
    }

    private static Optional<Cause> cause(String story, Optional<String> gateway) {
        return switch (Diagnosis.of(recording(story, gateway)).verdict()) {
            case Verdict.Fault fault -> Optional.of(fault.cause());
            case Verdict.Undetermined open -> open.cause();
            case Verdict.Healthy _ -> Optional.empty();
        };
    }

    @Test
    void onOurLinkTheHardwareAddressTellsWhoReset() {
        Finding finding = Diagnosis.of(recording(BETWEEN + OTHER, Optional.empty()));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.DUPLICATE_ADDRESS, fault.cause());
        assertEquals(10, fault.exitCode());
        assertEquals(Weights.TWO_HOSTS_BY_HARDWARE, fault.confidence());
        Evidence shown = finding.evidence().getFirst();
        assertEquals("answers-of-two-hosts", shown.id());
        assertEquals(List.of(2, 5, 7), shown.frames());
        assertTrue(shown.text().contains("02:00:00:00:00:07 and 02:00:00:00:00:08"), shown.text());
    }

    @Test
    void behindAGatewayEveryFrameHasItsHardwareAddress() {
        assertNotEquals(Optional.of(Cause.DUPLICATE_ADDRESS), cause(BETWEEN + OTHER, Optional.of("198.18.1.1")));
    }

    @Test
    void aHostThatResetsItsOwnConnectionsIsNoOther() {
        assertNotEquals(
                Optional.of(Cause.DUPLICATE_ADDRESS),
                cause(BETWEEN.replace("RST mac=8", "RST mac=7") + OTHER, Optional.empty()));
        assertNotEquals(Optional.of(Cause.DUPLICATE_ADDRESS), cause(OTHER + OTHER, Optional.empty()));
    }

    /// Elsewhere the other stack's distance and the order of its options tell.
    @Test
    void farAwayTwoDifferencesAndTheOthersDistanceTell() {
        String between = BETWEEN.replace("RST mac=8", "RST ttl=126");
        String other = OTHER.replace("SYN,ACK mac=8", "SYN,ACK ttl=126 order").replace("RST mac=8", "RST ttl=126");
        Optional<String> gateway = Optional.of("198.18.1.1");
        Finding finding = Diagnosis.of(recording(between + other, gateway));
        Verdict.Fault fault = assertInstanceOf(Verdict.Fault.class, finding.verdict());
        assertEquals(Cause.DUPLICATE_ADDRESS, fault.cause());
        assertEquals(Weights.ONE_ATTEMPT, fault.confidence());
        assertNotEquals(
                Optional.of(Cause.DUPLICATE_ADDRESS),
                cause(between + other.replace(" order", ""), gateway),
                "another way has another length");
        assertNotEquals(
                Optional.of(Cause.DUPLICATE_ADDRESS),
                cause(between.replace("RST ttl=126", "RST ttl=63") + other, gateway),
                "a reset of neither host");
    }
}
