package rstprobe.report;

import java.util.Locale;

/// The one gate through which text from the network reaches a person: identification lines, disconnect texts,
/// names.
///
/// A server chooses these bytes, and a terminal, a browser or a spreadsheet obeys some of them. Every form
/// below starts from the visible form: printable Unicode stays, and whatever a reader would not see as itself
/// is spelled out, a byte as `\xNN`, a code point as `\\u{…}` (with one backslash): C0, DEL, C1, escape
/// sequences, line and paragraph separators, bidi controls (CVE-2021-42574), byte order marks, joiners,
/// unpaired surrogates, invalid UTF-8, stacks of combining marks.
///
/// A backslash stays as it is, so that what is visible already is left alone and cleaning twice changes nothing.
public final class Sanitizer {
    /// Widest field in display columns.
    public static final int MAX_COLUMNS = 255;

    /// Widest sentence or list of names in display columns: eight full fields.
    public static final int MAX_PASSAGE_COLUMNS = 8 * MAX_COLUMNS;

    /// Most combining marks kept on one character; a name in any living script needs fewer.
    public static final int MAX_MARKS = 4;

    /// What stands at the end of a text that was cut.
    private static final String CUT = "...";

    private Sanitizer() {}

    /// The form for a terminal: one line of at most [#MAX_COLUMNS] columns. Cleaning it again gives the same.
    public static String terminal(String text) {
        return visible(text, MAX_COLUMNS);
    }

    /// The form for a terminal of bytes that should be UTF-8.
    public static String terminal(byte[] bytes) {
        return visible(WireText.of(bytes), MAX_COLUMNS);
    }

    /// The form for a terminal of a sentence that may quote the network: one line of at most
    /// [#MAX_PASSAGE_COLUMNS].
    public static String passage(String text) {
        return visible(text, MAX_PASSAGE_COLUMNS);
    }

    /// The form for HTML, as text or inside a quoted attribute that is neither a link, a style nor a script.
    public static String html(String text) {
        return htmlEscaped(passage(text));
    }

    /// The form for HTML of bytes that should be UTF-8.
    public static String html(byte[] bytes) {
        return htmlEscaped(terminal(bytes));
    }

    /// The form for GitHub-flavoured Markdown inside a line or a table cell: it renders as text, never as
    /// markup, link, mention or reference.
    public static String markdown(String text) {
        return Markdown.escaped(passage(text));
    }

    /// The form for Markdown, inside a line or a table cell, of bytes that should be UTF-8.
    public static String markdown(byte[] bytes) {
        return Markdown.escaped(terminal(bytes));
    }

    /// The form for one field of a CSV file (RFC 4180): quoted where it must be, and never a formula (CWE-1236).
    public static String csv(String text) {
        return csvField(passage(text));
    }

    /// The form for one field of a CSV file of bytes that should be UTF-8.
    public static String csv(byte[] bytes) {
        return csvField(terminal(bytes));
    }

    /// The form for a JSON string before JSON's own escapes: whole, valid Unicode; only unpaired surrogates are
    /// spelled out, because UTF-8 has no form for them.
    public static String json(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (WireText.isStray(text.charAt(i))) {
                return spelled(text);
            }
        }
        return text;
    }

    private static String spelled(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            if (WireText.isStray(codePoint)) {
                clean.append(WireText.escape(codePoint));
            } else {
                clean.appendCodePoint(codePoint);
            }
        });
        return clean.toString();
    }

    /// The form for a JSON string of bytes that should be UTF-8; those that are not are spelled out.
    public static String json(byte[] bytes) {
        return json(WireText.of(bytes));
    }

    /// One line of at most `limit` columns, at least as many as the mark of a cut takes.
    static String visible(String text, int limit) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), limit) + CUT.length());
        int columns = 0;
        int marks = MAX_MARKS;
        int lengthWithRoomForCut = 0;
        for (int at = 0; at < text.length(); ) {
            int codePoint = text.codePointAt(at);
            at += Character.charCount(codePoint);
            boolean combines = Glyphs.combines(codePoint);
            boolean keep = Glyphs.shows(codePoint) && !(combines && marks >= MAX_MARKS);
            String shown = keep ? Character.toString(codePoint) : WireText.escape(codePoint);
            columns += keep ? Glyphs.columns(codePoint) : shown.length();
            if (columns > limit) {
                clean.setLength(lengthWithRoomForCut);
                return clean.append(CUT).toString();
            }
            clean.append(shown);
            // A mark may follow a character and other marks, not the start of a field and not an escape.
            marks = combines || !keep ? (keep ? marks + 1 : MAX_MARKS) : 0;
            if (columns <= limit - CUT.length()) {
                lengthWithRoomForCut = clean.length();
            }
        }
        return clean.toString();
    }

    private static String htmlEscaped(String visible) {
        StringBuilder escaped = new StringBuilder(visible.length() + 16);
        for (int i = 0; i < visible.length(); i++) {
            char c = visible.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '`' -> escaped.append("&#96;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static String csvField(String visible) {
        String field = startsFormula(visible) ? "'" + visible : visible;
        boolean plain = field.chars().allMatch(c -> c != '"' && c != ',' && c != '\'') && field.equals(field.strip());
        return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    /// Whether a spreadsheet would calculate: after leading spaces a sign in its plain or its full-width form,
    /// or what was a tab or a carriage return.
    private static boolean startsFormula(String visible) {
        String field = visible.stripLeading().toLowerCase(Locale.ROOT);
        return field.startsWith("\\x09")
                || field.startsWith("\\x0d")
                || (!field.isEmpty() && "=+-@|%＝＋－＠".indexOf(field.charAt(0)) >= 0);
    }
}
