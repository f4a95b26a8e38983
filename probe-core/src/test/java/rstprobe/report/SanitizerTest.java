package rstprobe.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SanitizerTest {
    private static final Pattern BARE_MARKUP = Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*[\\[\\]*_|~$!<>]");

    @Test
    void whatAReaderSeesStaysAsItIs() {
        for (String plain : List.of(
                "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7",
                "Grüße, 東京, مرحبا, שלום, हिन्दी, e\u0301",
                "C:\\x1b is text",
                "😀")) {
            assertEquals(plain, Sanitizer.terminal(plain));
            assertEquals(plain, Sanitizer.terminal(plain.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void whatATerminalWouldObeyIsSpelledOut() {
        assertEquals("\\x1b[2J\\x07", Sanitizer.terminal("\033[2J\007"));
        assertEquals("a\\x0d\\x0ab\\x09c\\x7f", Sanitizer.terminal("a\r\nb\tc\u007f"));
        assertEquals("\\u{9b}31m", Sanitizer.terminal("\u009b31m"));
        assertEquals("\\u{202e}txt.exe", Sanitizer.terminal("\u202Etxt.exe"));
        assertEquals("\\u{feff}\\u{2028}\\u{2066}", Sanitizer.terminal("\uFEFF\u2028\u2066"));
        assertEquals("\\u{d83d}x\\u{de00}", Sanitizer.terminal("\uD83Dx\uDE00"));
        assertEquals("a\\u{a0}b\\u{e0041}", Sanitizer.terminal("a\u00A0b\uDB40\uDC41"));
    }

    @Test
    void bytesThatAreNotUtf8AreSpelledOutOneByOne() {
        assertEquals("\\x9b\\xff", Sanitizer.terminal(new byte[] {(byte) 0x9b, (byte) 0xff}));
        assertEquals("\\xc0\\xaf", Sanitizer.terminal(new byte[] {(byte) 0xc0, (byte) 0xaf}));
        assertEquals("\\xed\\xa0\\xbd", Sanitizer.terminal(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0xbd}));
        assertEquals("ü\\xc3", Sanitizer.terminal(new byte[] {(byte) 0xc3, (byte) 0xbc, (byte) 0xc3}));
    }

    @Test
    void aFieldIsNeverWiderThanItsLimit() {
        assertEquals("x".repeat(255), Sanitizer.terminal("x".repeat(255)));
        assertEquals("x".repeat(252) + "...", Sanitizer.terminal("x".repeat(256)));
        assertEquals("漢".repeat(126) + "...", Sanitizer.terminal("漢".repeat(200)));
        assertEquals("\\x00".repeat(63) + "...", Sanitizer.terminal("\0".repeat(64)));
    }

    @Test
    void aStackOfMarksIsCutDown() {
        String stacked = Sanitizer.terminal("z" + "\u0301".repeat(50));
        assertTrue(stacked.startsWith("z\u0301\u0301\u0301\u0301\\u{301}"), stacked);
        assertEquals("\\u{301}x", Sanitizer.terminal("\u0301x"), "a mark would sit on our own text before the field");
    }

    @Test
    void formulasQuotesAndTabsAreHarmlessInCsv() {
        for (String formula : List.of("=A1", "+1", "-1", "@x", "\t=A1", "\r=A1", "  =A1", "＝A1", "|x")) {
            assertTrue(Sanitizer.csv(formula).startsWith("\"'"), formula + " became " + Sanitizer.csv(formula));
        }
        assertEquals("plain text", Sanitizer.csv("plain text"));
        assertEquals("\"say \"\"x\"\", y\"", Sanitizer.csv("say \"x\", y"));
    }

    @Test
    void markdownRendersAsText() {
        assertEquals("\\[x\\]\\(javascript:alert\\(1\\)\\)", Sanitizer.markdown("[x](javascript:alert(1))"));
        assertEquals("`@`everyone `#`1 `www.`x `://`y `@#`", Sanitizer.markdown("@everyone #1 www.x ://y @#"));
        assertEquals("1\\. a", Sanitizer.markdown("1. a"));
        assertEquals("\\- a \\| b &lt;i&gt; &amp;amp;", Sanitizer.markdown("- a | b <i> &amp;"));
    }

    @Test
    void aFenceIsLongerThanAnyRunOfBackticksInside() {
        String block = Markdown.fenced(List.of("a", "````` b", "```"));
        assertTrue(block.startsWith("``````text\n") && block.endsWith("\n``````\n"), block);
        assertEquals("```a``b```", Markdown.code("a``b"));
        assertEquals("`` `a ``", Markdown.code("`a"));
    }

    @Test
    void jsonKeepsEveryCharacterAndSpellsOutWhatIsNone() {
        assertEquals("\033\u202E\u0000", Sanitizer.json("\033\u202E\u0000"));
        assertEquals("\\u{d83d}", Sanitizer.json("\uD83D"));
        assertEquals("\\xff\033", Sanitizer.json(new byte[] {(byte) 0xff, 0x1b}));
    }

    @RepeatedTest(20)
    void anyTextIsSafeAndStaysSafe() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            check(random.nextBoolean() ? Hostile.banner(random) : WireText.of(Hostile.bytes(random)), seed);
        }
    }

    @Test
    void aThousandHostileBannersReachNoTerminal() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            String shown = Sanitizer.terminal(Hostile.bytes(random));
            assertEquals(List.of(), Hostile.dangers(shown), "seed " + seed);
            assertTrue(Glyphs.columns(shown) <= Sanitizer.MAX_COLUMNS, "seed " + seed);
        }
        Hostile.TRICKS.forEach(trick -> check(trick, 0));
        check(Hostile.CONTROLS, 0);
    }

    /// What holds of every form of every text.
    static void check(String text, long seed) {
        String shown = Sanitizer.terminal(text);
        assertEquals(List.of(), Hostile.dangers(shown), "seed " + seed);
        assertFalse(shown.contains("\n"), "a field is one line");
        assertEquals(shown, Sanitizer.terminal(shown), "cleaning twice, seed " + seed);
        assertTrue(Glyphs.columns(shown) <= Sanitizer.MAX_COLUMNS, "seed " + seed);
        assertTrue(Glyphs.columns(Sanitizer.passage(text)) <= Sanitizer.MAX_PASSAGE_COLUMNS, "seed " + seed);

        String html = Sanitizer.html(text);
        assertEquals(List.of(), Hostile.dangers(html), "seed " + seed);
        assertFalse(html.matches("(?s).*[<>\"'`].*"), html);
        assertFalse(
                Pattern.compile("&(?!(amp|lt|gt|quot|#39|#96);)").matcher(html).find(), html);

        String markdown = Sanitizer.markdown(text);
        assertEquals(List.of(), Hostile.dangers(markdown), "seed " + seed);
        String outsideCode = markdown.replaceAll("(?<!\\\\)`(://|(?i:www\\.)|[@#])+`", "");
        assertFalse(BARE_MARKUP.matcher(outsideCode).find(), markdown);

        String csv = Sanitizer.csv(text);
        assertEquals(List.of(), Hostile.dangers(csv), "seed " + seed);
        String cell = csv.startsWith("\"") ? csv.substring(1, csv.length() - 1).replace("\"\"", "\"") : csv;
        assertFalse(cell.matches("(?s)\\s*[=+@-].*"), csv);

        assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(Sanitizer.json(text)), "seed " + seed);
    }
}
