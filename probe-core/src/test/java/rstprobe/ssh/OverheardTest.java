package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import rstprobe.ssh.Overheard.Side;

/// Handshakes of real servers, listened to from beside.
class OverheardTest {
    private final List<Observation> seen = new ArrayList<>();
    private final List<String> said = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {Tape.HYBRID, Tape.MLKEM, Tape.CLASSIC})
    void everyMessageInClearIsHeardAndEveryStageFollows(String tape) throws Exception {
        Overheard overheard = play(Tape.load(tape));
        assertTrue(overheard.stage().compareTo(Stage.USERAUTH) >= 0, () -> overheard.stage() + " " + said);
        assertEquals(List.of("identification", "kexinit", "kex-init", "newkeys"), said);
        assertEquals(
                List.of(Stage.IDENTIFICATION, Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS, Stage.SERVICE),
                seen.stream()
                        .filter(Observation.StageCompleted.class::isInstance)
                        .map(each -> ((Observation.StageCompleted) each).stage())
                        .limit(5)
                        .toList());
        assertEquals(
                1,
                seen.stream().filter(Observation.Negotiated.class::isInstance).count());
        assertEquals(
                1,
                seen.stream()
                        .filter(Observation.ServerIdentification.class::isInstance)
                        .count());
        assertFalse(overheard.foreign());
        assertTrue(overheard.clientSpeaksSsh());
    }

    @ParameterizedTest
    @ValueSource(strings = {Tape.HYBRID, Tape.MLKEM, Tape.CLASSIC})
    void howTheBytesAreCutChangesNothing(String name) throws Exception {
        long seed = System.nanoTime();
        System.out.println("OverheardTest seed " + seed);
        Random random = new Random(seed);
        Tape tape = Tape.load(name);
        Overheard whole = play(tape);
        List<Observation> expected = List.copyOf(seen);
        List<String> messages = List.copyOf(said);
        for (int time = 0; time < 20; time++) {
            seen.clear();
            said.clear();
            Overheard cut = new Overheard();
            for (Tape.Turn turn : tape.turns()) {
                inPieces(cut, Side.SERVER, turn.server(), random);
                inPieces(cut, Side.CLIENT, turn.client(), random);
            }
            assertEquals(whole.stage(), cut.stage(), "seed " + seed);
            assertEquals(messages, said, "seed " + seed);
            assertEquals(expected.size(), seen.size(), "seed " + seed);
        }
    }

    @Test
    void whatWasNotCapturedLeavesTheStagesAndTakesTheContent() throws Exception {
        Overheard overheard = new Overheard();
        for (Tape.Turn turn : Tape.load(Tape.HYBRID).turns()) {
            patched(overheard, Side.SERVER, turn.server());
            patched(overheard, Side.CLIENT, turn.client());
        }
        assertTrue(overheard.stage().compareTo(Stage.SERVICE) >= 0, () -> "" + overheard.stage());
        assertTrue(seen.stream().noneMatch(Observation.ServerProposal.class::isInstance));
    }

    @Test
    void bytesThatAreMissingEndTheReading() throws Exception {
        Overheard overheard = new Overheard();
        take(overheard, Side.SERVER, "SSH-2.0-OpenSSH_9.2p1\r\n".getBytes(StandardCharsets.US_ASCII));
        overheard.lost(Side.SERVER);
        take(overheard, Side.SERVER, Tape.load(Tape.HYBRID).server());
        assertEquals(Stage.KEXINIT, overheard.stage());
    }

    @Test
    void otherProtocolsAreToldApart() {
        Overheard http = new Overheard();
        take(http, Side.CLIENT, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(http.foreign());
        take(http, Side.SERVER, "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals("http", http.otherProtocol().orElseThrow());
        Overheard brief = new Overheard();
        take(brief, Side.CLIENT, new byte[] {'S'});
        assertFalse(brief.foreign());
        take(brief, Side.CLIENT, new byte[] {0});
        assertTrue(brief.foreign());
    }

    @Test
    void plainTextInPlaceOfSshIsKept() {
        Overheard overheard = new Overheard();
        take(overheard, Side.CLIENT, "SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
        take(overheard, Side.SERVER, "Exceeded MaxStartups".getBytes(StandardCharsets.US_ASCII));
        assertEquals(Stage.IDENTIFICATION, overheard.stage());
        assertEquals(
                "Exceeded MaxStartups",
                new String(((Observation.PreambleLine) overheard.end().getFirst()).line(), StandardCharsets.US_ASCII));
        take(
                overheard,
                Side.SERVER,
                "\r\nSSH-2.0-y\r\nInvalid SSH identification string.\r\n".getBytes(StandardCharsets.US_ASCII));
        assertTrue(seen.stream().anyMatch(Observation.ServerText.class::isInstance), seen::toString);
    }

    private Overheard play(Tape tape) {
        Overheard overheard = new Overheard();
        for (Tape.Turn turn : tape.turns()) {
            take(overheard, Side.SERVER, turn.server());
            take(overheard, Side.CLIENT, turn.client());
        }
        return overheard;
    }

    private void inPieces(Overheard overheard, Side side, byte[] bytes, Random random) {
        int at = 0;
        while (at < bytes.length) {
            int length = 1 + random.nextInt(bytes.length - at);
            take(overheard, side, Arrays.copyOfRange(bytes, at, at + length));
            at += length;
        }
    }

    /// As a snap length leaves it: the first bytes of what is sent at once.
    private void patched(Overheard overheard, Side side, byte[] bytes) {
        byte[] known = bytes.clone();
        if (bytes.length > 200) {
            Arrays.fill(known, bytes.length - 20, bytes.length, (byte) 0);
        }
        note(overheard.on(side, known, bytes.length <= 200, 0));
    }

    private void take(Overheard overheard, Side side, byte[] bytes) {
        note(overheard.on(side, bytes, true, 0));
    }

    private void note(Overheard.Heard heard) {
        seen.addAll(heard.observations());
        heard.said().forEach(message -> said.add(message.name()));
    }
}
