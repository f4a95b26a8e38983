package rstprobe.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What may stand where an identification is due (RFC 4253 §4.2).
class IdentificationTest {
    private static final HandshakePlan PLAN = HandshakePlan.standard("nobody");
    private static final Input CLOSED = new Input.Closed(2);

    @Test
    void a_clean_line_has_its_parts_and_no_oddity() {
        Observation.ServerIdentification line = identification("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n");
        assertEquals("2.0", line.protocol());
        assertEquals("OpenSSH_9.2p1", line.software());
        assertEquals("Debian-2+deb12u10", line.comments());
        assertTrue(line.crlf());
        assertEquals(List.of(), line.oddities());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SSH-2.0-old\\n|line feed without carriage return",
                "SSH-2.0-a-b\\r\\n|minus sign in software version",
                "SSH-2.0- comment\\r\\n|empty software version",
                "SSH-2.0-x\\0y\\r\\n|byte 0x00 at 9",
                "SSH-2.0-caf\\u00e9\\r\\n|byte 0xe9 at 11",
                "SSH-2.0-a\\rb\\r\\n|byte 0x0d at 9",
            })
    void what_the_standard_does_not_allow_is_named_and_read_all_the_same(String line, String oddity) {
        assertEquals(List.of(oddity), identification(unescape(line)).oddities());
    }

    @Test
    void a_line_above_255_bytes_is_odd_and_one_above_8192_is_garbled() {
        assertEquals(
                List.of("line of 256 bytes above 255"),
                identification(sized(256)).oddities());
        assertEquals(List.of(), identification(sized(255)).oddities());
        assertEquals(1, identification(sized(8191)).oddities().size());
        Outcome.Garbled garbled = assertInstanceOf(
                Outcome.Garbled.class, play(sized(9000)).outcome().orElseThrow());
        assertEquals(Stage.IDENTIFICATION, garbled.stage());
        assertEquals(256, garbled.sample().length);
    }

    @Test
    void lines_before_the_identification_are_kept() {
        Story story = play("Welcome\r\nto the bastion\n\nSSH-2.0-x\r\n");
        assertEquals(
                List.of("Welcome", "to the bastion", ""),
                story.all(Observation.PreambleLine.class).stream()
                        .map(line -> text(line.line()))
                        .toList());
        assertEquals("x", story.the(Observation.ServerIdentification.class).software());
    }

    @Test
    void version_1_99_goes_on_and_1_5_is_a_version_mismatch() {
        assertEquals("1.99", identification("SSH-1.99-Cisco-1.25\n").protocol());
        Story story = play("SSH-1.5-OpenSSH_2.1\n");
        Outcome.VersionMismatch mismatch =
                assertInstanceOf(Outcome.VersionMismatch.class, story.outcome().orElseThrow());
        assertEquals("SSH-1.5-OpenSSH_2.1", text(mismatch.line()));
    }

    @ParameterizedTest
    @CsvSource({"SSH-\\r\\n", "SSH-2.0\\r\\n", "SSH-2.0-\\r\\n", "SSH-two-x\\r\\n", "SSH-2-x\\n"})
    void a_line_that_only_begins_like_an_identification_is_garbled(String line) {
        assertInstanceOf(Outcome.Garbled.class, play(unescape(line)).outcome().orElseThrow());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "http|HTTP/1.1 400 Bad Request\\r\\nServer: nginx\\r\\n",
                "http|<!DOCTYPE HTML>\\n",
                "smtp|220 mail.example.net ESMTP Postfix\\r\\n",
                "ftp|220 (vsFTPd 3.0.5)\\r\\n",
                "tls|\\u0015\\u0003\\u0001\\0\\u0002\\u0002F",
                "telnet|\\u00ff\\u00fd\\u0018\\u00ff\\u00fd\\u0020",
                "mysql|J\\0\\0\\0\\n8.0.35\\0",
                "mysql|i\\0\\0\\u0001\\u00ffj\\u0004Host blocked",
                "rdp|\\u0003\\0\\0\\u0013\\u000e\\u00d0",
                "pop3|+OK Dovecot ready.\\r\\n",
                "imap|* OK IMAP4rev1 ready\\r\\n",
                "vnc|RFB 003.008\\n",
                "unknown|\\u0001\\0\\0\\u0002abc",
            })
    void another_protocol_is_recognised_however_its_bytes_are_cut(String name, String said) {
        byte[] bytes = unescape(said).getBytes(StandardCharsets.ISO_8859_1);
        Story story = Script.play(PLAN, bytes, CLOSED);
        Outcome.NotSsh other =
                assertInstanceOf(Outcome.NotSsh.class, story.outcome().orElseThrow());
        assertEquals(name, other.looksLike());
        assertEquals(story.toString(), Script.playBytewise(PLAN, bytes, CLOSED).toString());
    }

    @ParameterizedTest
    @CsvSource({"Exceeded MaxStartups\\r\\n", "Not allowed at this time\\r\\n", "Exceeded MaxStartups"})
    void what_a_server_says_before_it_closes_is_kept_whole_or_cut(String said) {
        Story story = Script.play(PLAN, unescape(said).getBytes(StandardCharsets.US_ASCII), CLOSED);
        assertEquals(
                said.replace("\\r\\n", ""),
                text(story.the(Observation.PreambleLine.class).line()));
        assertEquals(new Outcome.ClosedAt(Stage.IDENTIFICATION), story.outcome().orElseThrow());
    }

    @Test
    void a_tarpit_of_endless_lines_ends_within_fixed_memory() {
        byte[] chunk = "some line or other\r\n".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        Handshake handshake = new Handshake(PLAN, new SeededRandom(1));
        Story story = new Story().add(handshake.on(new Input.Connected(0)));
        for (int i = 0; i < 1000; i++) {
            story.add(handshake.on(new Input.Received(chunk, i)));
        }
        assertInstanceOf(Outcome.Garbled.class, story.outcome().orElseThrow());
        assertEquals(
                IdentificationReader.MAXIMUM_PREAMBLE_LINES,
                story.all(Observation.PreambleLine.class).size());
    }

    @Test
    void our_own_line_is_said_at_once_later_or_never_as_the_opening_has_it() {
        byte[] ours = PLAN.identificationLine();
        assertEquals("SSH-2.0-rstprobe_0.1\r\n", text(ours));
        assertArrayEquals(ours, first(Opening.TALK, 0));
        assertArrayEquals(ours, first(Opening.AFTER, 1));
        assertEquals("HELLO-xxxxxxxxxxxxxx\r\n", text(first(Opening.NONSSH, 0)));
    }

    private static byte[] first(Opening opening, int step) {
        Handshake handshake = new Handshake(PLAN.withOpening(opening), new SeededRandom(1));
        List<Step> steps = List.of(
                handshake.on(new Input.Connected(0)),
                handshake.on(new Input.Received(Script.identified().bytes(), 1)));
        assertTrue(step == 0 || steps.getFirst().sends().isEmpty());
        return steps.get(step).sends().getFirst().bytes();
    }

    private static Observation.ServerIdentification identification(String line) {
        Story story = play(line);
        byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(story.toString(), Script.playBytewise(PLAN, bytes).toString());
        return story.the(Observation.ServerIdentification.class);
    }

    private static Story play(String text) {
        return Script.play(PLAN, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String sized(int bytes) {
        char[] filling = new char[bytes - 10];
        Arrays.fill(filling, 'x');
        return "SSH-2.0-" + new String(filling) + "\r\n";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// Java's escapes, and `\0`, which alone cannot be written in an annotation's text block.
    private static String unescape(String escaped) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) != '\\') {
                text.append(escaped.charAt(i));
                continue;
            }
            switch (escaped.charAt(++i)) {
                case 'r' -> text.append('\r');
                case 'n' -> text.append('\n');
                case '0' -> text.append('\0');
                case 'u' -> {
                    text.append((char) Integer.parseInt(escaped.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> throw new IllegalArgumentException(escaped);
            }
        }
        return text.toString();
    }
}
