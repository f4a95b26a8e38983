package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Handshakes with OpenSSH that were recorded once. Our randomness is repeated, so every byte of ours must be too.
class HandshakeTapeTest {
    private static final Input CLOSED = new Input.Closed(9);

    @ParameterizedTest
    @ValueSource(strings = {Tape.MLKEM, Tape.HYBRID, Tape.CLASSIC})
    void turn_by_turn_we_say_the_very_bytes_on_the_tape(String name) throws Exception {
        Tape tape = Tape.load(name);
        Handshake handshake = new Handshake(Tape.PLANS.get(name), new SeededRandom(Tape.SEED));
        Step step = handshake.on(new Input.Connected(0));
        for (Tape.Turn turn : tape.turns()) {
            if (turn.server().length > 0) {
                step = handshake.on(new Input.Received(turn.server(), 1));
            }
            assertArrayEquals(turn.client(), Tape.bytes(step));
        }
        assertInstanceOf(Outcome.Completed.class, step.outcome().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {Tape.MLKEM, Tape.HYBRID, Tape.CLASSIC})
    void one_byte_at_a_time_tells_the_same_story(String name) throws Exception {
        Tape tape = Tape.load(name);
        Story whole = Script.play(Tape.PLANS.get(name), tape.server());
        Story bytewise = Script.playBytewise(Tape.PLANS.get(name), tape.server());
        assertEquals(whole.toString(), bytewise.toString());
        assertArrayEquals(tape.client(), said(bytewise));
        assertTrue(whole.toString().endsWith("Completed"));
    }

    @Test
    void every_cut_in_two_tells_the_same_story() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        String whole = play(server).toString();
        for (int cut = 1; cut < server.length; cut++) {
            assertEquals(whole, play(pieces(server, cut)).toString(), "cut at " + cut);
        }
    }

    @Test
    void random_cuts_into_many_pieces_tell_the_same_story() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        String whole = play(server).toString();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            int[] cuts = random.ints(random.nextInt(1, 30), 1, server.length)
                    .sorted()
                    .toArray();
            assertEquals(whole, play(pieces(server, cuts)).toString(), "seed " + seed);
        }
    }

    @Test
    void a_connection_that_ends_anywhere_ends_at_the_stage_it_had_reached() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        Stage before = Stage.IDENTIFICATION;
        List<Stage> seen = new ArrayList<>();
        for (int length = 1; length < server.length; length += 7) {
            byte[] part = Arrays.copyOf(server, length);
            Handshake handshake = new Handshake(Tape.PLANS.get(Tape.CLASSIC), new SeededRandom(Tape.SEED));
            handshake.on(new Input.Connected(0));
            handshake.on(new Input.Received(part, 1));
            Stage stage = handshake.stage();
            assertTrue(stage.compareTo(before) >= 0);
            Optional<Outcome> end = handshake.on(ending(length)).outcome();
            assertEquals(expected(length, stage), end.orElseThrow());
            if (stage != before) {
                seen.add(stage);
                before = stage;
            }
        }
        assertEquals(List.of(Stage.KEXINIT, Stage.KEX, Stage.NEWKEYS, Stage.SERVICE, Stage.USERAUTH), seen);
    }

    private static Input ending(int length) {
        return switch (length % 4) {
            case 0 -> new Input.Reset(9);
            case 1 -> new Input.Closed(9);
            case 2 -> new Input.Silence(9);
            default -> new Input.Failed("ETIMEDOUT", 9);
        };
    }

    private static Outcome expected(int length, Stage stage) {
        return switch (length % 4) {
            case 0 -> new Outcome.ResetAt(stage);
            case 1 -> new Outcome.ClosedAt(stage);
            case 2 -> new Outcome.SilentAt(stage);
            default -> new Outcome.LocallyFailed(stage, "ETIMEDOUT");
        };
    }

    @Test
    void a_bit_flipped_in_the_signature_is_a_host_key_that_does_not_verify() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        int end = endOfKexReply(server);
        for (int back = 1; back <= 64; back += 9) {
            byte[] forged = server.clone();
            forged[end - back] ^= 1;
            Story story = play(forged, CLOSED);
            assertFalse(story.the(Observation.HostKey.class).verified(), "byte " + back + " from the end");
            Outcome.Garbled garbled =
                    assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
            assertEquals("host key signature that does not verify", garbled.what());
            assertEquals("disconnect", story.sends().getLast().name());
        }
    }

    @Test
    void a_bit_flipped_anywhere_is_found_out_unless_nothing_depends_on_it() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        String clean = play(server).toString();
        for (int at = 0; at < server.length; at++) {
            byte[] forged = server.clone();
            forged[at] ^= (byte) (1 << at % 8);
            String story = play(forged, CLOSED).toString();
            // Padding in clear is the one thing RFC 4253 leaves unprotected; then the story is the clean one.
            assertTrue(story.equals(clean) || !story.endsWith("Completed"), () -> "flipped unseen:\n" + story);
        }
    }

    @Test
    void an_ignored_message_before_kexinit_breaks_strict_key_exchange() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        int line = indexAfterLine(server);
        byte[] injected = insert(server, line, ignore());
        Story story = play(injected, CLOSED);
        Outcome.Garbled garbled =
                assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
        assertEquals("strict key exchange violated: kexinit was not the first message", garbled.what());
        assertEquals(Stage.KEXINIT, garbled.stage());
    }

    @Test
    void an_ignored_message_during_the_key_exchange_breaks_strict_key_exchange() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        byte[] injected = insert(server, indexAfterLine(server) + kexInitBytes(server), ignore());
        Outcome.Garbled garbled = assertInstanceOf(
                Outcome.Garbled.class, play(injected, CLOSED).outcome().orElseThrow());
        assertEquals("strict key exchange violated: ignore before newkeys", garbled.what());
        assertEquals(Stage.KEX, garbled.stage());
    }

    @Test
    void a_client_that_listens_says_nothing_and_still_learns_the_offer() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        byte[] clear = Arrays.copyOf(server, indexAfterLine(server) + kexInitBytes(server));
        HandshakePlan plan = Tape.PLANS.get(Tape.CLASSIC).withOpening(Opening.LISTEN);
        Story story = Script.play(plan, clear, new Input.Silence(9));
        assertEquals(List.of(), story.sends());
        assertTrue(story.the(Observation.ServerProposal.class).strict());
        assertEquals(new Outcome.SilentAt(Stage.KEXINIT), story.outcome().orElseThrow());
    }

    @Test
    void after_an_outcome_nothing_follows() throws Exception {
        byte[] server = Tape.load(Tape.CLASSIC).server();
        Handshake handshake = new Handshake(Tape.PLANS.get(Tape.CLASSIC), new SeededRandom(Tape.SEED));
        handshake.on(new Input.Connected(0));
        assertTrue(handshake.on(new Input.Received(server, 1)).outcome().isPresent());
        Step after = handshake.on(CLOSED);
        assertTrue(after.sends().isEmpty()
                && after.observations().isEmpty()
                && after.outcome().isEmpty());
    }

    private static Story play(byte[] server, Input... then) {
        return Script.play(Tape.PLANS.get(Tape.CLASSIC), server, then);
    }

    private static Story play(List<byte[]> pieces) {
        Handshake handshake = new Handshake(Tape.PLANS.get(Tape.CLASSIC), new SeededRandom(Tape.SEED));
        Story story = new Story().add(handshake.on(new Input.Connected(0)));
        pieces.forEach(piece -> story.add(handshake.on(new Input.Received(piece, 1))));
        return story;
    }

    private static List<byte[]> pieces(byte[] whole, int... cuts) {
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            pieces.add(Arrays.copyOfRange(whole, from, cut));
            from = cut;
        }
        pieces.add(Arrays.copyOfRange(whole, from, whole.length));
        return pieces;
    }

    private static byte[] said(Story story) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        story.sends().forEach(message -> said.writeBytes(message.bytes()));
        return said.toByteArray();
    }

    private static int indexAfterLine(byte[] server) {
        int at = 0;
        while (server[at] != '\n') {
            at++;
        }
        return at + 1;
    }

    private static int kexInitBytes(byte[] server) {
        return 4 + (int) WireReader.uint32(server, indexAfterLine(server));
    }

    /// Where the payload of the server's second packet ends, which is its signature's end as well.
    private static int endOfKexReply(byte[] server) {
        int start = indexAfterLine(server) + kexInitBytes(server);
        return start + 4 + (int) WireReader.uint32(server, start) - server[start + 4];
    }

    private static byte[] ignore() {
        byte[] payload = new WireWriter()
                .writeByte(Numbers.IGNORE)
                .writeString(new byte[0])
                .bytes();
        return new Script().packet(payload).bytes();
    }

    private static byte[] insert(byte[] bytes, int at, byte[] more) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, at);
        all.writeBytes(more);
        all.write(bytes, at, bytes.length - at);
        return all.toByteArray();
    }
}
