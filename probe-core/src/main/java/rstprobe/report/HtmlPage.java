package rstprobe.report;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;

/// One self-contained HTML document that is well-formed XML as well. Text and attribute values enter only
/// through the sanitizer; element and attribute names are the caller's own words.
final class HtmlPage {
    private static final String STYLE = """
            :root { color: #1a1a1a; background: #fff; font: 15px/1.5 system-ui, sans-serif; }
            body { max-width: 62rem; margin: 0 auto; padding: 1.5rem; overflow-wrap: anywhere; }
            header { border-left: .5rem solid #767676; padding: .25rem 0 .25rem 1rem; margin-bottom: 1.25rem; }
            header.healthy { border-color: #1a7f37; }
            header.fault { border-color: #b42318; }
            header.undetermined { border-color: #b26a00; }
            h1 { font-size: 1.35rem; line-height: 1.35; margin: .1rem 0; text-wrap: balance; }
            h2 { font-size: 1rem; margin: 1.75rem 0 .25rem; padding-bottom: .2rem; border-bottom: 1px solid #bbb; }
            p { margin: .5rem 0; }
            .status { font-weight: 700; letter-spacing: .06em; text-transform: uppercase; font-size: .85rem; }
            .fault .status { color: #b42318; }
            .healthy .status { color: #1a7f37; }
            .undetermined .status { color: #8a5200; }
            .target { color: #444; }
            .warning, .next { border-left: .25rem solid #b26a00; background: #fff6e5; padding: .5rem .75rem; }
            table { border-collapse: collapse; width: 100%; }
            table.summary { margin-top: 1rem; }
            table.narrow { width: auto; min-width: 24rem; }
            th, td { text-align: left; vertical-align: baseline; padding: .3rem 1.25rem .3rem 0; }
            tr + tr > * { border-top: 1px solid #e4e4e4; }
            th { font-weight: 600; font-size: .85rem; color: #555; white-space: nowrap; }
            th.side { width: 8rem; overflow-wrap: normal; }
            td.frames { min-width: 7rem; max-width: 14rem; }
            td:last-child { white-space: nowrap; }
            th.side + td { white-space: normal; }
            th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
            td.reset, td.closed, td.silent, td.garbled, td.refused { color: #b42318; font-weight: 600; }
            .rule { color: #666; font-size: .9rem; }
            ul { margin: .5rem 0; padding-left: 1.25rem; }
            li code { margin-right: .5rem; }
            .step { margin: .5rem 0 1.25rem; }
            ol.steps { margin: .5rem 0; padding-left: 1.5rem; }
            .step strong { margin-right: .75rem; }
            code, pre { font: .9em/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
            pre { background: #f4f4f4; padding: .5rem .75rem; margin: .25rem 0; white-space: pre-wrap; }
            footer { margin-top: 2rem; color: #555; font-size: .85rem; }
            @page { margin: 1.5cm; }
            @media print {
              :root { font-size: 10pt; }
              body { max-width: none; padding: 0; }
              header { print-color-adjust: exact; margin-bottom: .75rem; }
              h2 { margin-top: 1.1rem; }
              th, td { padding-top: .15rem; padding-bottom: .15rem; }
              tr, pre, .warning, .step, li { break-inside: avoid; }
              h2 { break-after: avoid; }
              pre, .warning, .next { background: none; border: 1px solid #999; }
            }
            """;

    private final StringBuilder page = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /// A document whose head is done and whose body is open.
    HtmlPage(String title) {
        this(title, "");
    }

    /// A document with more rules of style than all have.
    ///
    /// @param more rules that are ours: nothing of it is cleaned
    HtmlPage(String title, String more) {
        String style = STYLE + more;
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '")
                .append(hash(style))
                .append("'; base-uri 'none'; form-action 'none'\"/>\n")
                .append("<meta name=\"referrer\" content=\"no-referrer\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>")
                .append(Sanitizer.html(title))
                .append("</title>\n<style>")
                .append(style)
                .append("</style>\n</head>\n<body>\n");
    }

    /// Opens an element with a class; an empty class is left out.
    HtmlPage open(String element, String className) {
        page.append('<').append(element);
        if (!className.isEmpty()) {
            page.append(" class=\"").append(Sanitizer.html(className)).append('"');
        }
        page.append('>');
        open.push(element);
        return this;
    }

    /// Opens an element with a class and a title, which a browser shows beside the pointer.
    HtmlPage open(String element, String className, String title) {
        page.append('<')
                .append(element)
                .append(" class=\"")
                .append(Sanitizer.html(className))
                .append("\" title=\"")
                .append(Sanitizer.html(title))
                .append("\">");
        open.push(element);
        return this;
    }

    /// Closes the element opened last.
    HtmlPage close() {
        page.append("</").append(open.pop()).append(">\n");
        return this;
    }

    /// Text inside the element opened last.
    HtmlPage text(String plain) {
        page.append(Sanitizer.html(plain));
        return this;
    }

    /// A whole element with text alone.
    HtmlPage element(String element, String className, String plain) {
        return open(element, className).text(plain).close();
    }

    /// The finished document.
    String finish() {
        while (!open.isEmpty()) {
            close();
        }
        return page + "</body>\n</html>\n";
    }

    /// The digest by which the content security policy admits our style sheet and no other (CSP 3 §2.3.1).
    private static String hash(String style) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
