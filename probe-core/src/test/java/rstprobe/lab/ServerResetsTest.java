package rstprobe.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.wire.Decoded;
import rstprobe.wire.Flags;

/// The resets of a server's process and kernel have the shapes those have on Linux, seen by a second
/// decoder of the wire and drawn by the kernel's own TCP.
class ServerResetsTest {

    static Lab lab(String name) throws Exception {
        return Lab.build(Labs.named(name).orElseThrow(), Conditions.plain());
    }

    private static Lab lab(String name, boolean ipv6) throws Exception {
        return Lab.build(Labs.named(name).orElseThrow(), new Conditions(0, 0, 1, ipv6, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"closed-port,false", "closed-port,true"})
    void aClosedPortRefusesWithOurTypeOfService(String name, boolean ipv6) throws Exception {
        try (Lab lab = lab(name, ipv6);
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").contains("refused"));
            Decoded.Segment reset = wire.awaitReset();
            Shape.isRefusal(wire, reset, Shape.SERVER_TTL, Caller.TOS);
            assertEquals(ipv6, reset.ip().flowLabel() != 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server-aborts", "server-closes-unread", "socket-destroyed", "session-killed-unread"})
    void anAbortContinuesTheServersSegments(String name) throws Exception {
        try (Lab lab = lab(name);
                Wire wire = Wire.ofClient(lab)) {
            String heard = Caller.talk(lab, Caller.IDENTIFICATION);
            assertTrue(heard.contains("SSH-2.0-") && heard.contains("reset"), heard);
            Decoded.Segment reset = wire.awaitReset();
            Shape.isAbort(wire, reset, Shape.SERVER_TTL);
            assertTrue(
                    wire.received().stream()
                            .noneMatch(segment -> segment.flags().fin()),
                    wire::toString);
        }
    }

    @Test
    void aLateCopyOfTheServersBytesIsOlderThanItsReset() throws Exception {
        try (Lab lab = lab("bytes-after-reset");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            Shape.isAbort(wire, reset, Shape.SERVER_TTL);
            List<Wire.Seen> spoken = wire.await(
                    frame -> frame.isTcp() && !frame.outgoing() && frame.tcp().payloadLength() > 0, 2);
            Decoded.Segment late = spoken.getLast().tcp();
            assertTrue(
                    spoken.getLast().atNanos() > wire.await(Wire.Seen::isReset).atNanos(), wire::toString);
            assertEquals(
                    spoken.getFirst().tcp().ip().identification(), late.ip().identification());
            assertTrue(late.options().timestamps().orElseThrow().value()
                    <= reset.options().timestamps().orElseThrow().value());
        }
    }

    @Test
    void aSessionKilledWhileItWaitsSendsAFinAndThenItsKernelKnowsNoSocket() throws Exception {
        try (Lab lab = lab("session-killed-idle");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            Shape.isNoSocket(wire, reset, Shape.SERVER_TTL);
            assertTrue(
                    wire.received().stream()
                            .takeWhile(segment -> segment != reset)
                            .anyMatch(segment -> segment.flags().fin()),
                    wire::toString);
        }
    }

    @Test
    void aConnectionNobodyAcceptedIsAbortedWithoutAWord() throws Exception {
        try (Lab lab = lab("never-accepted");
                Wire wire = Wire.ofClient(lab)) {
            for (int time = 1; time <= 2; time++) {
                assertEquals("<Connection reset>", Caller.talk(lab, Caller.IDENTIFICATION));
                Decoded.Segment reset = wire.awaitResets(time).getLast();
                Shape.isAbort(wire, reset, Shape.SERVER_TTL);
            }
            assertTrue(wire.received().stream().allMatch(segment -> segment.payloadLength() == 0));
        }
    }

    @Test
    void aRestartedServersKernelKnowsNoSocketAndNoFinWasSent() throws Exception {
        try (Lab lab = lab("server-restarted");
                Wire wire = Wire.ofClient(lab)) {
            for (int time = 1; time <= 2; time++) {
                assertTrue(Caller.talk(lab, Caller.IDENTIFICATION).contains("reset"));
                Shape.isNoSocket(wire, wire.awaitResets(time).getLast(), Shape.SERVER_TTL);
            }
            assertTrue(wire.received().stream()
                    .noneMatch(segment -> segment.flags().fin()));
        }
    }

    @Test
    void aWindowsServersResetAcknowledgesItsOwnNumberAndCountsOn() throws Exception {
        try (Lab lab = lab("windows-restarted");
                Wire wire = Wire.ofClient(lab)) {
            Caller.talk(lab, Caller.IDENTIFICATION);
            Decoded.Segment reset = wire.awaitReset();
            assertEquals(new Flags(Flags.RST), reset.flags());
            assertEquals(reset.sequence(), reset.acknowledgement());
            List<Decoded.Segment> all = wire.received();
            for (int i = 1; i < all.size(); i++) {
                assertEquals(
                        all.get(i - 1).ip().identification().orElseThrow() + 1,
                        all.get(i).ip().identification().orElseThrow(),
                        wire::toString);
            }
            assertTrue(all.stream()
                    .allMatch(segment -> segment.ip().ttl() == 126
                            && segment.options().timestamps().isEmpty()));
        }
    }

    @Test
    void maxStartupsIsSaidInWordsAndEndsInAResetOnlyForThoseWhoSpoke() throws Exception {
        try (Lab lab = lab("max-startups");
                Wire wire = Wire.ofClient(lab)) {
            assertTrue(Caller.talk(lab, "").endsWith("\r\n<end>"));
            assertFalse(
                    wire.received().stream().anyMatch(segment -> segment.flags().rst()), wire::toString);
        }
    }

    /// sshd's words wait for the acknowledgement of its identification, and an abort discards what waits: so it is
    /// heard out first.
    @Test
    void aSpoiledIdentificationIsRefusedInWords() throws Exception {
        try (Lab lab = lab("identification-spoiled");
                Wire wire = Wire.ofClient(lab);
                Caller caller = Caller.connect(lab)) {
            caller.readLine();
            caller.say(Caller.IDENTIFICATION + "and more");
            String heard = caller.readToTheEnd();
            assertTrue(heard.contains("Invalid SSH identification string."), heard);
            Shape.isAbort(wire, wire.awaitReset(), Shape.SERVER_TTL);
        }
    }
}
