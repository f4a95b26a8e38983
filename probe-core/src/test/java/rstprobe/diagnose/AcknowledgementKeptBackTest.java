package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A reset that answers a bare acknowledgement: did the server get that acknowledgement?
class AcknowledgementKeptBackTest {
    static final String RESET = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.3 < ACK data=40
            20.4 > ACK
            20.8 < RST tos=0 ttl=64
            = reset kexinit
            """;
    static final String REPEATED = """
            260.0 < ACK seq=0 data=40
            700.0 < ACK seq=0 data=40
            """;

    private static Optional<Evidence> shown(String script) {
        return PacketScript.of(script).finding().evidence().stream()
                .filter(fact -> fact.id().equals("server-never-received-trigger"))
                .findFirst();
    }

    @Test
    void aServerThatRepeatsWhatItCoveredNeverGotIt() {
        Evidence fact = shown(RESET + REPEATED).orElseThrow();
        assertEquals(List.of(6, 8), fact.frames());
        assertEquals(Origin.IN_PATH, fact.supports());
    }

    @Test
    void aServerThatGoesOnMayHaveGotIt() {
        assertEquals(Optional.empty(), shown(RESET));
        assertEquals(Optional.empty(), shown(RESET + REPEATED.replace("seq=0", "seq=40")));
    }

    /// It had not come when the server's timer ran out.
    @Test
    void aRepetitionThatCrossedItShowsNothing() {
        assertEquals(Optional.empty(), shown(RESET + "25.0 < ACK seq=0 data=40\n"));
    }
}
