package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A server that is to choose a Diffie-Hellman group and has none that fits.
class GroupExchangeTest {
    private static final String ASKED = """
            talk
            0.0  > SYN
            10.0 < SYN,ACK
            10.1 > ACK
            10.2 > ACK data=23 msg=identification
            20.2 < ACK data=40
            ! identification SSH-2.0-OpenSSH_10.0p2 Debian-7
            20.3 > ACK data=1300 msg=kexinit
            30.3 < ACK data=1000
            ! kex diffie-hellman-group-exchange-sha256
            30.4 > ACK data=24 msg=kex
            """;
    private static final String SILENT = ASKED + """
            40.4 < ACK
            = silent kex
            """;
    private static final String CLOSED = ASKED + """
            40.6 < FIN,ACK
            = closed kex
            """;

    private static String otherwise(String story) {
        return story.replace("diffie-hellman-group-exchange-sha256", "curve25519-sha256");
    }

    private static Optional<Cause> named(String story) {
        return switch (PacketScript.of(story).finding().verdict()) {
            case Verdict.Fault fault -> Optional.of(fault.cause());
            case Verdict.Undetermined open -> open.cause();
            case Verdict.Healthy _ -> Optional.empty();
        };
    }

    /// OpenSSH 10.0: the monitor finds no group and leaves its child without an answer.
    @Test
    void silenceBehindTheRequestForAGroupIsALackOfGroups() {
        Verdict.Fault fault = assertInstanceOf(
                Verdict.Fault.class, PacketScript.of(SILENT).finding().verdict());
        assertEquals(Cause.NO_COMMON_ALGORITHM, fault.cause());
        assertEquals(15, fault.exitCode());
        assertTrue(fault.confidence() <= Weights.ONE_ATTEMPT);
        assertNotEquals(Optional.of(Cause.NO_COMMON_ALGORITHM), named(otherwise(SILENT)));
    }

    @Test
    void aRequestThatWasNotTakenShowsNothing() {
        assertNotEquals(Optional.of(Cause.NO_COMMON_ALGORITHM), named(SILENT.replace("40.4 < ACK\n", "")));
    }

    @Test
    void aCloseBehindItRanksThatFirst() {
        assertEquals(
                Cause.NO_COMMON_ALGORITHM,
                PacketScript.of(CLOSED + CLOSED)
                        .finding()
                        .alternatives()
                        .getFirst()
                        .cause());
        assertNotEquals(
                Cause.NO_COMMON_ALGORITHM,
                PacketScript.of(otherwise(CLOSED + CLOSED))
                        .finding()
                        .alternatives()
                        .getFirst()
                        .cause());
    }
}
