package rstprobe.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import rstprobe.path.DirectionFinding;
import rstprobe.path.MtuClaim;
import rstprobe.path.Oracle;
import rstprobe.path.SurveyFinding;
import rstprobe.path.SurveyScope;
import rstprobe.record.Event;
import rstprobe.record.Recording;
import rstprobe.report.TextPage.Paint;

/// What an engineer reads of a survey of the path MTU: the answer in the first line, then both directions, then what
/// mends it.
public final class MtuReport {
    private static final int LABEL = 11;
    private static final int WORKS = 0;

    private final TextPage page;
    private final MtuIncident incident;
    private final Recording recording;
    private final SurveyFinding finding;

    private MtuReport(MtuIncident incident, boolean colour) {
        this.page = new TextPage(colour);
        this.incident = incident;
        this.recording = incident.recording();
        this.finding = incident.finding();
    }

    /// The report as text.
    ///
    /// @param colour whether the terminal shows colours
    /// @param folder where the incident folder is, empty where none was written
    public static String text(MtuIncident incident, boolean colour, Optional<String> folder) {
        MtuReport report = new MtuReport(incident, colour);
        report.write(folder);
        return report.page.toString();
    }

    /// The report as Markdown: the text, as it stands, in a block of code.
    public static String markdown(MtuIncident incident) {
        String text = text(incident, false, Optional.empty()).replace("~~~", "~ ~ ~");
        return "# " + Sanitizer.markdown(headline(incident.finding())) + "\n\n~~~text\n" + text + "~~~\n";
    }

    /// The report as HTML.
    public static String html(MtuIncident incident) {
        String summary = MtuWording.summary(incident.finding());
        HtmlPage page = new HtmlPage("rstprobe mtu: " + summary);
        page.open("header", word(incident.finding()).toLowerCase(Locale.ROOT));
        page.element("p", "status", word(incident.finding()).toLowerCase(Locale.ROOT));
        page.element("h1", "", summary);
        page.element("p", "target", Wording.target(incident.recording()));
        page.close();
        text(incident, false, Optional.empty()).lines().forEach(line -> page.element("pre", "", line));
        return page.finish();
    }

    /// What is written into the capture.
    public static FrameComments comments(MtuIncident incident) {
        SortedMap<Integer, String> byFrame = new TreeMap<>();
        for (MtuClaim claim : incident.finding().forward().claims()) {
            byFrame.put(claim.frame(), Sanitizer.passage(MtuWording.claim(claim)));
        }
        String section = Sanitizer.passage(headline(incident.finding())) + "\n"
                + Sanitizer.passage(Wording.target(incident.recording())) + "\n" + Tool.NAME_AND_VERSION;
        return new FrameComments(section, byFrame);
    }

    private static String headline(SurveyFinding finding) {
        return word(finding) + ": " + MtuWording.summary(finding);
    }

    private static String word(SurveyFinding finding) {
        if (finding.forward().blackHole() || finding.reverse().blackHole()) {
            return "FAULT";
        }
        return finding.exitCode() == WORKS ? "HEALTHY" : finding.status().word().toUpperCase(Locale.ROOT);
    }

    private void write(Optional<String> folder) {
        String word = word(finding);
        Paint paint = finding.exitCode() == WORKS ? Paint.GREEN : word.equals("FAULT") ? Paint.RED : Paint.YELLOW;
        page.line("", word + "  ", paint, MtuWording.summary(finding));
        direction("there", finding.forward(), true);
        if (finding.scope() == SurveyScope.THERE) {
            page.field("", "back", LABEL, "not asked about");
        } else {
            direction("back", finding.reverse(), false);
        }
        MtuWording.flows(finding).ifPresent(text -> page.field("", "flows", LABEL, text));
        page.field("", "target", LABEL, Wording.target(recording));
        page.field("", "from", LABEL, Wording.vantage(recording));
        page.field("", "measured", LABEL, MtuWording.effort(finding));
        finding.theirMss()
                .ifPresent(theirs -> page.field(
                        "",
                        "mss",
                        LABEL,
                        "we announce " + finding.ourMss().orElse(0) + ", the server's arrives as " + theirs));
        finding.clamp().ifPresent(clamp -> page.field("", "", LABEL, MtuWording.clamp(clamp)));
        warnings();
        claims();
        fixes();
        page.gap();
        folder.ifPresent(path -> page.field("", "folder", LABEL, path));
        page.field("", "capture", LABEL, Wording.captured(recording));
    }

    private void direction(String label, DirectionFinding direction, boolean forward) {
        page.field("", label, LABEL, MtuWording.proven(direction));
        if (direction.method().isEmpty()) {
            return;
        }
        page.field("", "", LABEL, MtuWording.signal(direction, forward));
        direction.place().ifPresent(place -> page.field("", "", LABEL, MtuWording.where(place)));
        MtuWording.kind(direction).ifPresent(kind -> page.field("", "", LABEL, kind));
        List<String> causes = MtuWording.causes(direction);
        if (!causes.isEmpty()) {
            page.field("", "", LABEL, "known of that size: " + MtuWording.joined(causes));
        }
        page.field(
                "",
                "",
                LABEL,
                "measured by " + direction.method().get() + " ("
                        + direction.oracle().map(Oracle::words).orElseThrow() + "), " + direction.probes() + " probes, "
                        + MtuWording.millis(direction.nanos()) + " ms");
    }

    private void warnings() {
        if (recording.capture().dropped() > 0) {
            warning("the capture lost " + recording.capture().dropped() + " frames: they may have been answers");
        }
        if (recording.has(Event.Interrupted.class)) {
            warning("the survey was interrupted");
        }
        if (recording.has(Event.Mistaken.class)) {
            warning("this run ended with a mistake of rstprobe's own");
        }
        recording.events(Event.Omitted.class).stream().map(Event.Omitted::why).forEach(this::warning);
    }

    private void warning(String text) {
        page.line("", TextPage.pad("WARNING", LABEL), Paint.YELLOW, text);
    }

    private void claims() {
        if (finding.forward().claims().isEmpty()) {
            return;
        }
        page.heading("packet-too-big errors, and what was proven of each");
        for (MtuClaim claim : finding.forward().claims()) {
            page.text("  ", MtuWording.claim(claim) + " (" + claim.count() + " times, frame " + claim.frame() + ")");
        }
    }

    private void fixes() {
        List<String> fixes = MtuWording.fixes(finding, recording.target().contains(":"));
        if (fixes.isEmpty()) {
            return;
        }
        page.heading("what mends it");
        fixes.forEach(fix -> page.text("  ", fix));
    }
}
