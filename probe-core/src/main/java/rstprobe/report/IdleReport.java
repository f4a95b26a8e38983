package rstprobe.report;

import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.IdleFinding;
import rstprobe.diagnose.IdleTimer;
import rstprobe.diagnose.Silence;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.report.TextPage.Paint;

/// What an engineer reads of a search for an idle timer: the timer in the first line, then the proof, then
/// what survives it.
public final class IdleReport {
    private static final String INDENT = "  ";
    private static final int LABEL = 11;
    private static final int SECONDS = 13;

    private final TextPage page;
    private final IdleIncident incident;
    private final Recording recording;
    private final IdleFinding finding;

    private IdleReport(IdleIncident incident, boolean colour) {
        this.page = new TextPage(colour);
        this.incident = incident;
        this.recording = incident.recording();
        this.finding = incident.finding();
    }

    /// The report as text.
    ///
    /// @param colour whether the terminal shows colours
    /// @param folder where the incident folder is, empty where none was written
    public static String text(IdleIncident incident, boolean colour, Optional<String> folder) {
        IdleReport report = new IdleReport(incident, colour);
        report.write(folder);
        return report.page.toString();
    }

    /// The report as Markdown: the text, as it stands, in a block of code.
    public static String markdown(IdleIncident incident) {
        String text = text(incident, false, Optional.empty());
        String fence = "~".repeat(Math.max(3, longestRun(text) + 1));
        return "# " + Sanitizer.markdown(headline(incident.finding())) + "\n\n" + fence + "text\n" + text + fence
                + "\n";
    }

    private static int longestRun(String text) {
        int longest = 0;
        int run = 0;
        for (int i = 0; i < text.length(); i++) {
            run = text.charAt(i) == '~' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        return longest;
    }

    /// The report as HTML.
    public static String html(IdleIncident incident) {
        IdleFinding finding = incident.finding();
        HtmlPage page = new HtmlPage("rstprobe idle: " + finding.summary());
        page.open("header", finding.status().word());
        page.element("p", "status", finding.status().word());
        page.element("h1", "", finding.summary());
        page.element("p", "target", Wording.target(incident.recording()));
        page.close();
        for (String line : text(incident, false, Optional.empty()).lines().toList()) {
            page.element("pre", "", line);
        }
        return page.finish();
    }

    /// What is written into the capture.
    public static FrameComments comments(IdleIncident incident) {
        SortedMap<Integer, String> byFrame = new TreeMap<>();
        for (Evidence fact : incident.finding().evidence()) {
            String said = Sanitizer.passage(fact.id() + ": " + fact.text());
            for (int frame : fact.frames()) {
                byFrame.merge(frame, said, (one, other) -> one.equals(other) ? one : one + "\n" + other);
            }
        }
        byFrame.keySet()
                .removeIf(frame ->
                        frame < 1 || frame > incident.recording().frames().size());
        String section = Sanitizer.passage(headline(incident.finding())) + "\n"
                + Sanitizer.passage(Wording.target(incident.recording())) + "\n" + Tool.NAME_AND_VERSION;
        return new FrameComments(section, byFrame);
    }

    private static String headline(IdleFinding finding) {
        return finding.status().word().toUpperCase(Locale.ROOT) + ": " + sentence(finding);
    }

    private static String sentence(IdleFinding finding) {
        return finding.summary() + " (confidence " + Wording.confidence(finding.confidence()) + ")";
    }

    private void write(Optional<String> folder) {
        Paint paint = switch (finding.status()) {
            case HEALTHY -> Paint.GREEN;
            case FAULT -> Paint.RED;
            case UNDETERMINED -> Paint.YELLOW;
        };
        page.line("", finding.status().word().toUpperCase(Locale.ROOT) + "  ", paint, sentence(finding));
        finding.kind().ifPresent(kind -> page.field("", "what", LABEL, kind.word() + ": " + IdleWording.kind(kind)));
        finding.origin().ifPresent(origin -> page.field("", "who", LABEL, origin.word() + ": " + Wording.who(origin)));
        timer();
        page.field("", "target", LABEL, Wording.target(recording));
        IdleWording.identification(recording).ifPresent(line -> page.field("", "server", LABEL, WireText.reread(line)));
        page.field("", "from", LABEL, Wording.vantage(recording));
        page.field("", "search", LABEL, search());
        warnings();
        finding.nextTest().ifPresent(test -> page.field("", "next test", LABEL, test));
        candidates();
        advice();
        proof();
        silences();
        page.gap();
        folder.ifPresent(path -> page.field("", "folder", LABEL, path));
        page.field("", "capture", LABEL, Wording.captured(recording));
    }

    private void timer() {
        finding.upperNanos()
                .ifPresent(upper -> page.field(
                        "",
                        "timer",
                        LABEL,
                        "between " + IdleWording.seconds(finding.lowerNanos()) + " and " + IdleWording.seconds(upper)
                                + (finding.exact() ? "" : " (bounded: no connection was left to narrow it)")));
    }

    private String search() {
        return IdleWording.connections(recording) + " connections in "
                + IdleWording.seconds(IdleWording.tookNanos(recording)) + ", silences up to "
                + IdleWording.searching(recording)
                        .map(search -> IdleWording.seconds(search.upToMillis() * 1_000_000))
                        .orElse("-")
                + " asked for";
    }

    private void warnings() {
        if (recording.capture().dropped() > 0) {
            warning("the capture lost " + recording.capture().dropped()
                    + " frames: a silence may be shorter than shown");
        }
        if (recording.has(Event.Interrupted.class)) {
            warning("the search was interrupted");
        }
        if (recording.has(Event.Mistaken.class)) {
            warning("this run ended with a mistake of rstprobe's own");
        }
    }

    private void warning(String text) {
        page.line("", TextPage.pad("WARNING", LABEL), Paint.YELLOW, text);
    }

    private void candidates() {
        if (finding.candidates().isEmpty()) {
            return;
        }
        page.heading("whose default that is (candidates; many other devices can be set to it)");
        for (IdleTimer timer : finding.candidates()) {
            page.text(INDENT, timer.seconds() + " s  " + timer.device() + " (" + known(timer) + ")");
        }
    }

    private static String known(IdleTimer timer) {
        return switch (timer.known()) {
            case "D" -> "documented";
            case "L" -> "measured";
            default -> "common knowledge";
        };
    }

    private void advice() {
        if (finding.keepAlive().isEmpty()) {
            return;
        }
        int seconds = finding.keepAlive().getAsInt();
        page.heading("what survives it");
        page.field(INDENT, "client", LABEL, IdleWording.WHY);
        page.command(
                " ".repeat(INDENT.length() + LABEL) + "$ ",
                "ssh -o ServerAliveInterval=" + seconds + " -o ServerAliveCountMax=" + IdleWording.COUNT_MAX + " "
                        + recording.plan().host());
        page.field(INDENT, "server", LABEL, "ClientAliveInterval " + seconds + " in sshd_config does the same for all");
        page.field(
                INDENT,
                "no help",
                LABEL,
                "TCPKeepAlive alone: the kernel sends its first keepalive after 7200 s (net.ipv4.tcp_keepalive_time)");
    }

    private void proof() {
        page.heading("proof");
        for (Evidence fact : finding.evidence()) {
            page.text(INDENT, fact.text());
            page.text(INDENT + INDENT, Wording.frames(fact.frames()) + "; " + fact.id());
        }
        if (finding.evidence().isEmpty()) {
            page.text(INDENT, "none");
        }
    }

    private void silences() {
        if (finding.silences().isEmpty()) {
            return;
        }
        page.heading("every silence that was ended");
        for (Silence silence : finding.silences()) {
            String frames = silence.frames().stream().map(String::valueOf).collect(Collectors.joining(", "));
            String seconds = String.format(Locale.ROOT, "%8.2f s", silence.nanos() / 1e9);
            String said = "connection " + silence.attempt() + ": " + IdleWording.said(silence.end());
            page.field("", seconds, SECONDS, said + " (frames " + frames + ")");
        }
    }
}
