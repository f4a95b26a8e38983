package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Servers that say what no decent server says, and what decent ones say rarely.
class ScriptedServerTest {
    private static final HandshakePlan PLAN = HandshakePlan.standard("nobody");
    private static final Algorithms ALL = Algorithms.standard();
    private static final BigInteger PRIME = DHStandardGroups.rfc3526_2048.getP();

    @ParameterizedTest
    @CsvSource({"Invalid SSH identification string.", "Protocol major versions differ.", "HTTP/1.1 400 Bad Request"})
    void text_after_the_identification_is_kept_and_the_close_counts(String complaint) {
        byte[] server = Script.identified().text(complaint + "\r\n").bytes();
        Story story = Script.play(PLAN, server, new Input.Closed(2));
        assertEquals(complaint, text(story.the(Observation.ServerText.class).text()));
        assertEquals(new Outcome.ClosedAt(Stage.KEXINIT), story.outcome().orElseThrow());
        assertEquals(
                story.toString(),
                Script.playBytewise(PLAN, server, new Input.Closed(2)).toString());
    }

    @Test
    void text_without_end_is_garbled_within_fixed_memory() {
        Story story =
                Script.play(PLAN, Script.identified().text("x".repeat(1 << 20)).bytes());
        assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
    }

    @ParameterizedTest(name = "length {0}")
    @CsvSource({"ffffffff", "00040001", "80000000", "00000000", "00000005", "0000000d"})
    void a_packet_length_no_packet_has_is_garbled_at_once(String hex) {
        byte[] length = WireWriter.uint32(Long.parseLong(hex, 16));
        Outcome.Garbled garbled = garbled(Script.identified().raw(length));
        assertEquals(Stage.KEXINIT, garbled.stage());
        assertTrue(garbled.what().startsWith("packet length " + Long.parseLong(hex, 16)), garbled.what());
        assertArrayEquals(length, garbled.sample());
    }

    @Test
    void padding_larger_than_its_packet_is_garbled() {
        byte[] packet = new byte[16];
        packet[3] = 12;
        packet[4] = (byte) 200;
        assertTrue(garbled(Script.identified().raw(packet)).what().startsWith("padding of 200 bytes"));
    }

    @Test
    void a_hundred_thousand_names_are_garbled_and_a_thousand_are_read() {
        assertTrue(garbled(offering(names(100_000))).what().startsWith("packet length"));
        assertTrue(garbled(offering(names(20_000))).what().startsWith("name-list of 1"));
        assertTrue(garbled(offering(Collections.nCopies(1001, ""))).what().startsWith("name-list of more than"));
        Story story = Script.play(PLAN, offering(names(1000)).bytes());
        assertEquals(
                1000, story.the(Observation.ServerProposal.class).offer().kex().size());
    }

    @Test
    void the_longest_lists_of_like_names_are_read_and_compared() {
        List<String> hostile = Collections.nCopies(500, "a".repeat(63));
        Algorithms offer = new Algorithms(hostile, hostile, hostile, hostile, hostile, hostile, hostile, hostile);
        byte[] server = Script.identified().kexInit(offer, false).bytes();
        assertTrue(server.length < PacketReader.MAXIMUM_PACKET_LENGTH);
        Story story = Script.play(PLAN, server);
        assertEquals(offer, story.the(Observation.ServerProposal.class).offer());
        Outcome.NoCommonAlgorithm apart = assertInstanceOf(
                Outcome.NoCommonAlgorithm.class, story.outcome().orElseThrow());
        assertEquals(new Outcome.NoCommonAlgorithm("kex", ALL.kex(), hostile), apart);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lists")
    void the_first_list_without_a_common_name_is_the_outcome(String list, Algorithms theirs, List<String> ours) {
        Story story =
                Script.play(PLAN, Script.identified().kexInit(theirs, false).bytes());
        Outcome.NoCommonAlgorithm apart = assertInstanceOf(
                Outcome.NoCommonAlgorithm.class, story.outcome().orElseThrow());
        assertEquals(new Outcome.NoCommonAlgorithm(list, ours, List.of("dead")), apart);
        assertEquals("disconnect", story.sends().getLast().name());
    }

    static Stream<Object[]> lists() {
        List<String> dead = List.of("dead");
        List<String> ctr = List.of("aes128-ctr");
        List<String> macs = ALL.macsOut();
        List<String> none = List.of("none");
        return Stream.of(
                new Object[] {"kex", ALL.withKex(dead).withHostKeys(dead), ALL.kex()},
                new Object[] {"host key", ALL.withHostKeys(dead), ALL.hostKeys()},
                new Object[] {"cipher client to server", ALL.withCiphers(dead), ALL.ciphersOut()},
                new Object[] {"mac client to server", ALL.withCiphers(ctr).withMacs(dead), macs},
                new Object[] {"cipher server to client", theirs(ctr, dead, macs, macs, none, none), ALL.ciphersIn()},
                new Object[] {"mac server to client", theirs(ctr, ctr, macs, dead, none, none), macs},
                new Object[] {"compression client to server", theirs(ctr, ctr, macs, macs, dead, none), none},
                new Object[] {"compression server to client", theirs(ctr, ctr, macs, macs, none, dead), none});
    }

    private static Algorithms theirs(
            List<String> out,
            List<String> in,
            List<String> macsOut,
            List<String> macsIn,
            List<String> zipOut,
            List<String> zipIn) {
        return new Algorithms(ALL.kex(), ALL.hostKeys(), out, in, macsOut, macsIn, zipOut, zipIn);
    }

    @Test
    void macs_do_not_matter_to_a_cipher_that_authenticates_itself() {
        Algorithms theirs = ALL.withCiphers(List.of("aes256-gcm@openssh.com")).withMacs(List.of("dead"));
        Story story =
                Script.play(PLAN, Script.identified().kexInit(theirs, false).bytes());
        assertEquals("", story.the(Observation.Negotiated.class).macOut());
        assertTrue(story.outcome().isEmpty());
    }

    @Test
    void a_wrong_guess_of_the_server_is_skipped_and_a_right_one_is_not() {
        byte[] guess = {Numbers.KEX_REPLY, 0};
        Algorithms wrong = ALL.withKex(List.of("dead", "curve25519-sha256"));
        HandshakePlan plan = PLAN.withOffer(ALL.withKex(List.of("curve25519-sha256")));
        byte[] skipped = Script.identified().kexInit(wrong, true).packet(guess).bytes();
        assertTrue(Script.play(plan, skipped).outcome().isEmpty());
        byte[] refused =
                Script.identified().kexInit(wrong, true).disconnect(3, "no").bytes();
        assertInstanceOf(
                Outcome.DisconnectedAt.class,
                Script.play(plan, refused).outcome().orElseThrow());
        Algorithms right = ALL.withKex(List.of("curve25519-sha256"));
        byte[] taken = Script.identified().kexInit(right, true).packet(guess).bytes();
        assertInstanceOf(
                Outcome.Garbled.class, Script.play(plan, taken).outcome().orElseThrow());
    }

    @Test
    void a_goodbye_counts_at_any_stage_with_its_text_as_bytes() {
        Script early = Script.identified().disconnect(12, "Too many connections \u001b[31m");
        Outcome.DisconnectedAt first = disconnected(early);
        assertEquals(Stage.KEXINIT, first.stage());
        assertEquals(12, first.reason());
        assertEquals("Too many connections \u001b[31m", text(first.text()));
        Script late = Script.identified().kexInit(ALL.withKex(List.of("curve25519-sha256")), false);
        assertEquals(Stage.KEX, disconnected(late.disconnect(3, "")).stage());
        HandshakePlan listening = PLAN.withOpening(Opening.LISTEN);
        Story story =
                Script.play(listening, Script.identified().disconnect(2, "no").bytes());
        assertInstanceOf(Outcome.DisconnectedAt.class, story.outcome().orElseThrow());
        assertEquals(List.of(), story.sends());
    }

    @Test
    void messages_that_change_nothing_are_kept_but_not_for_ever() {
        Story story = Script.play(PLAN, Script.identified().debug("hello").bytes());
        assertEquals("hello", text(story.the(Observation.Tolerated.class).text()));
        assertTrue(story.outcome().isEmpty());
        Script flood = Script.identified();
        IntStream.range(0, 1001).forEach(i -> flood.debug("again"));
        assertEquals(
                "more than 1000 messages that change nothing", garbled(flood).what());
    }

    @ParameterizedTest
    @MethodSource("badGroups")
    void a_group_that_is_too_small_or_no_group_is_refused(BigInteger prime, BigInteger generator) {
        HandshakePlan plan = PLAN.withOffer(ALL.withKex(List.of("diffie-hellman-group-exchange-sha256")));
        byte[] group = new WireWriter()
                .writeByte(Numbers.GROUP)
                .writeMpint(prime)
                .writeMpint(generator)
                .bytes();
        byte[] server =
                Script.identified().kexInit(plan.offer(), false).packet(group).bytes();
        Story story = Script.play(plan, server);
        assertEquals("group-request", story.sends().get(2).name());
        Outcome.Garbled garbled =
                assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
        assertEquals(Stage.KEX, garbled.stage());
    }

    static Stream<Object[]> badGroups() {
        return Stream.of(
                new Object[] {DHStandardGroups.rfc2409_1024.getP(), BigInteger.TWO},
                new Object[] {BigInteger.ONE.shiftLeft(8193).setBit(0), BigInteger.TWO},
                new Object[] {PRIME.clearBit(0), BigInteger.TWO},
                new Object[] {PRIME, BigInteger.ONE},
                new Object[] {PRIME, BigInteger.ZERO},
                new Object[] {PRIME, PRIME.subtract(BigInteger.ONE)});
    }

    @ParameterizedTest
    @CsvSource({
        "mlkem768x25519-sha256",
        "sntrup761x25519-sha512",
        "curve25519-sha256",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256"
    })
    void a_worthless_value_of_the_server_is_refused(String kex) throws Exception {
        HandshakePlan plan = PLAN.withOffer(ALL.withKex(List.of(kex)));
        int bytes = KeyShare.of(kex, new SeededRandom(1)).publicValue().length;
        for (byte[] value : List.of(new byte[0], new byte[] {1}, new byte[bytes], PRIME.toByteArray(), ones(bytes))) {
            byte[] reply = new WireWriter()
                    .writeByte(Numbers.KEX_REPLY)
                    .writeString(new byte[0])
                    .writeString(value)
                    .writeString(new byte[0])
                    .bytes();
            Script server = Script.identified().kexInit(plan.offer(), false).packet(reply);
            Outcome end = Script.play(plan, server.bytes()).outcome().orElseThrow();
            assertInstanceOf(Outcome.Garbled.class, end);
        }
    }

    @Test
    void new_keys_before_there_are_any_are_garbled() {
        Script server = Script.identified().packet(new byte[] {Numbers.NEWKEYS});
        assertEquals("message 21 in stage kexinit", garbled(server).what());
    }

    @Test
    void an_offer_of_what_we_do_not_speak_is_our_own_mistake() {
        Algorithms unspoken = ALL.withKex(List.of("diffie-hellman-group1-sha1"));
        assertThrows(IllegalArgumentException.class, () -> PLAN.withOffer(unspoken));
    }

    private static byte[] ones(int bytes) {
        byte[] ones = new byte[bytes];
        Arrays.fill(ones, (byte) 0xff);
        return ones;
    }

    private static List<String> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "name" + i).toList();
    }

    private static Script offering(List<String> kex) {
        return Script.identified().kexInit(ALL.withKex(kex), false);
    }

    private static Outcome.Garbled garbled(Script server) {
        Story story = Script.play(PLAN, server.bytes());
        Outcome.Garbled garbled =
                assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
        assertEquals(story.toString(), Script.playBytewise(PLAN, server.bytes()).toString());
        return garbled;
    }

    private static Outcome.DisconnectedAt disconnected(Script server) {
        Outcome end = Script.play(PLAN, server.bytes()).outcome().orElseThrow();
        return assertInstanceOf(Outcome.DisconnectedAt.class, end);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
