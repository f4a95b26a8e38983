package rstprobe.report;

import java.util.ArrayList;
import java.util.List;

/// Lines of at most [#WIDTH] columns for a terminal. Every text that enters is cleaned here, so nothing gets
/// past.
final class TextPage {
    /// Widest line in display columns.
    static final int WIDTH = 100;

    /// No quote of the shell is open.
    private static final char NONE = 0;

    /// The colours a report uses (ECMA-48 SGR); without colour they are nothing.
    enum Paint {
        PLAIN(""),
        BOLD("1"),
        DIM("2"),
        GREEN("1;32"),
        YELLOW("1;33"),
        RED("1;31");

        private final String code;

        Paint(String code) {
            this.code = code;
        }
    }

    private final boolean colour;
    private final StringBuilder text = new StringBuilder();

    TextPage(boolean colour) {
        this.colour = colour;
    }

    /// An empty line.
    TextPage gap() {
        text.append('\n');
        return this;
    }

    /// A heading on a line of its own, after an empty line.
    TextPage heading(String title) {
        return gap().line("", title, Paint.BOLD, "");
    }

    /// Text after an indent, wrapped under itself.
    TextPage text(String indent, String body) {
        return line(indent, "", Paint.PLAIN, body);
    }

    /// A label padded to a column and a text beside it, wrapped under itself.
    TextPage field(String indent, String label, int labelColumns, String body) {
        return line(indent, pad(Sanitizer.terminal(label), labelColumns), Paint.DIM, body);
    }

    /// A line of a table, as it stands.
    TextPage row(String indent, String cells) {
        text.append(indent).append(Sanitizer.passage(cells).stripTrailing()).append('\n');
        return this;
    }

    /// A painted word, then text wrapped so that it hangs beside the word.
    TextPage line(String indent, String word, Paint paint, String body) {
        String lead = Sanitizer.terminal(word);
        int hang = indent.length() + Glyphs.columns(lead);
        List<String> lines = wrapped(Sanitizer.passage(body), WIDTH - hang);
        text.append(indent).append(painted(lead, paint)).append(lines.getFirst());
        stripLineEnd();
        text.append('\n');
        for (String more : lines.subList(1, lines.size())) {
            text.append(" ".repeat(hang)).append(more).append('\n');
        }
        return this;
    }

    /// A shell command after an indent. One that is too wide continues behind a backslash, so that it can still
    /// be pasted: at a space outside quotes where there is one, else within the word and then without an
    /// indent. A backslash means nothing between single quotes, so these are closed before it and opened behind it.
    TextPage command(String indent, String body) {
        String rest = Sanitizer.passage(body);
        String lead = indent;
        char quote = NONE;
        while (Glyphs.columns(lead) + Glyphs.columns(rest) > WIDTH) {
            int fits = fitting(rest, WIDTH - lead.length() - 3);
            int space = lastSpaceOutsideQuotes(rest, fits, quote);
            int end = space > 0 ? space : fits;
            quote = quoteAfter(rest.substring(0, end), quote);
            String single = quote == '\'' ? "'" : "";
            text.append(lead)
                    .append(rest, 0, end)
                    .append(space > 0 ? " " : single)
                    .append("\\\n");
            rest = single + rest.substring(space > 0 ? space + 1 : end);
            quote = quote == '"' ? quote : NONE;
            lead = space > 0 ? " ".repeat(indent.length() + 2) : "";
        }
        text.append(lead).append(rest).append('\n');
        return this;
    }

    /// The page so far.
    @Override
    public String toString() {
        return text.toString();
    }

    /// A clean text padded with spaces to a number of columns.
    static String pad(String clean, int columns) {
        return clean + " ".repeat(Math.max(0, columns - Glyphs.columns(clean)));
    }

    private String painted(String clean, Paint paint) {
        String shown = clean.stripTrailing();
        boolean paints = colour && paint != Paint.PLAIN && !shown.isEmpty();
        return paints ? "\033[" + paint.code + "m" + shown + "\033[0m" + clean.substring(shown.length()) : clean;
    }

    private void stripLineEnd() {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
    }

    /// A clean text in lines of at most `room` columns, broken at spaces, and inside words that are wider than a
    /// line.
    private static List<String> wrapped(String clean, int room) {
        List<String> lines = new ArrayList<>();
        String rest = clean.strip();
        while (Glyphs.columns(rest) > room) {
            int fits = fitting(rest, room);
            int space = rest.lastIndexOf(' ', fits);
            int end = space > 0 ? space : fits;
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    /// How many characters of a clean text fit into some columns, at least one.
    private static int fitting(String clean, int room) {
        int columns = 0;
        int at = 0;
        while (at < clean.length()) {
            int codePoint = clean.codePointAt(at);
            columns += Glyphs.columns(codePoint);
            if (columns > room && at > 0) {
                return at;
            }
            at += Character.charCount(codePoint);
        }
        return at;
    }

    /// The quote that is open behind a piece of a command, [#NONE] where none is.
    private static char quoteAfter(String piece, char before) {
        char open = before;
        for (char c : piece.toCharArray()) {
            if (open == NONE && (c == '\'' || c == '"')) {
                open = c;
            } else if (c == open) {
                open = NONE;
            }
        }
        return open;
    }

    private static int lastSpaceOutsideQuotes(String command, int limit, char before) {
        int last = 0;
        char open = before;
        for (int i = 0; i < limit; i++) {
            open = quoteAfter(command.substring(i, i + 1), open);
            last = command.charAt(i) == ' ' && open == NONE ? i : last;
        }
        return last;
    }
}
