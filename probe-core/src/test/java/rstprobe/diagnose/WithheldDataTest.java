package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A reset in the place of bytes that the server sent and nobody got.
class WithheldDataTest {
    private static final String RESET = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 < ACK data=40
            10.3 > ACK data=23 msg=identification
            20.3 < ACK ack=23
            20.4 > ACK data=1448 msg=kexinit
            21.0 < RST,ACK seq=40
            = reset kexinit
            """;

    private static Optional<Evidence> shown(String script) {
        return PacketScript.of(script).finding().evidence().stream()
                .filter(fact -> fact.id().equals(WithheldData.ID))
                .findFirst();
    }

    @Test
    void aServerThatGoesOnBehindTheGapHadSaidSomething() {
        Evidence fact = shown(RESET + "31.0 < ACK seq=1176 ack=1471\n").orElseThrow();
        assertEquals(List.of(8, 9), fact.frames());
        assertEquals(Origin.IN_PATH, fact.supports());
    }

    @Test
    void whereTheDataCameOrNothingFollowsNothingIsMissing() {
        assertEquals(Optional.empty(), shown(RESET));
        assertEquals(Optional.empty(), shown(RESET + "31.0 < ACK seq=40 ack=1471\n"));
        assertEquals(
                Optional.empty(),
                shown(RESET + "31.0 < ACK seq=40 data=1136 ack=1471\n31.1 < ACK seq=1176 ack=1471\n"));
    }
}
