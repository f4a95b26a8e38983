package rstprobe.report;

import java.util.List;

/// Text as GitHub-flavoured Markdown that renders as that text and nothing else.
final class Markdown {
    /// Punctuation that can start markup anywhere in a line.
    private static final String ACTIVE = "\\`*_{}[]()!|~$^";

    /// Punctuation that can start a block where it begins a line.
    private static final String STARTS_BLOCK = "-+=:";

    /// Words before a dot or colon that extended autolinks look for, and the signs that mention people or issues.
    private static final List<String> LINKS = List.of("://", "www.", "@", "#");

    private Markdown() {}

    /// A visible text inside a line. Signs that GitHub turns into links after parsing (`@name`, `#1`, `www.`, `://`)
    /// stand in code spans of their own, the only place it does not look.
    static String escaped(String visible) {
        StringBuilder escaped = new StringBuilder(visible.length() + 16);
        boolean atStart = true;
        for (int at = 0; at < visible.length(); ) {
            int linkEnd = linkEnd(visible, at);
            if (linkEnd > at) {
                escaped.append('`').append(visible, at, linkEnd).append('`');
                at = linkEnd;
                atStart = false;
            } else {
                char c = visible.charAt(at++);
                boolean ends = at == visible.length() || visible.charAt(at) == ' ';
                escaped.append(c == '.' && atStart && ends ? "\\." : escaped(c, atStart));
                atStart = atStart && (c == ' ' || (c >= '0' && c <= '9'));
            }
        }
        return escaped.toString().strip();
    }

    /// One character; a dot is the caller's, who knows whether it makes a list of `1. `.
    private static String escaped(char c, boolean atStart) {
        return switch (c) {
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '&' -> "&amp;";
            default ->
                ACTIVE.indexOf(c) >= 0 || (atStart && STARTS_BLOCK.indexOf(c) >= 0) ? "\\" + c : String.valueOf(c);
        };
    }

    /// Where the signs that would become a link end, `at` itself if none starts there. Neighbours share one code
    /// span,
    /// because two spans side by side would merge their backticks.
    private static int linkEnd(String text, int at) {
        int end = at;
        boolean more = true;
        while (more) {
            more = false;
            for (String link : LINKS) {
                if (text.regionMatches(true, end, link, 0, link.length())) {
                    end += link.length();
                    more = true;
                }
            }
        }
        return end;
    }

    /// A visible text as a code span in a line.
    static String code(String visible) {
        if (visible.isBlank()) {
            return "";
        }
        String ticks = "`".repeat(longestRun(visible) + 1);
        boolean touches = visible.startsWith("`") || visible.endsWith("`") || visible.startsWith(" ");
        return touches ? ticks + " " + visible + " " + ticks : ticks + visible + ticks;
    }

    /// A visible text as a code span in a table cell, where a bar would end the cell even inside a code span.
    static String codeInCell(String visible) {
        return code(visible).replace("|", "\\|");
    }

    /// Visible lines as a fenced block: the fence is longer than any run of backticks inside.
    static String fenced(List<String> visibleLines) {
        int longest = visibleLines.stream().mapToInt(Markdown::longestRun).max().orElse(0);
        String fence = "`".repeat(Math.max(3, longest + 1));
        return fence + "text\n" + String.join("\n", visibleLines) + "\n" + fence + "\n";
    }

    private static int longestRun(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }
}
