package rstprobe.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.record.Recording;
import rstprobe.report.Headline.Status;

/// The report to paste into a ticket: GitHub-flavoured Markdown, in which text from the network stays text.
public final class MarkdownReport {
    private final StringBuilder page = new StringBuilder();
    private final Incident incident;
    private final Recording recording;
    private final Finding finding;
    private final Headline headline;

    private MarkdownReport(Incident incident) {
        this.incident = incident;
        this.recording = incident.recording();
        this.finding = incident.finding();
        this.headline = Headline.of(finding.verdict());
    }

    /// The report, with a final newline.
    public static String of(Incident incident) {
        MarkdownReport report = new MarkdownReport(incident);
        report.verdict();
        report.runNext();
        report.whoWhatWhere();
        report.proof();
        report.stages();
        report.compared();
        report.measured();
        report.said();
        report.known();
        report.ruledOut();
        report.alternatives();
        report.nextTest();
        report.nextSteps();
        report.capture();
        return report.page.toString();
    }

    private void verdict() {
        line("## " + headline.status().word().toUpperCase(Locale.ROOT) + ": " + text(Wording.target(recording)));
        gap();
        line("**" + text(Wording.sentence(headline)) + "**");
        gap();
        for (String warning : Wording.warnings(incident)) {
            line("> **Warning:** " + text(warning));
            gap();
        }
    }

    private void whoWhatWhere() {
        gap();
        table("", "");
        headline.origin().ifPresent(origin -> row("who", code(origin.word()) + " " + text(Wording.who(origin))));
        headline.cause().ifPresent(cause -> row("what", code(cause.id())));
        headline.stage().ifPresent(stage -> row("stage", stage.word()));
        Wording.place(headline).ifPresent(place -> row("where", text(place)));
        row("from", text(Wording.vantage(recording)));
    }

    /// Where the verdict is open, what would close it comes first.
    private void runNext() {
        if (headline.status() == Status.UNDETERMINED) {
            heading("Next test");
            line(text(finding.nextTest().orElse(Wording.NO_TEST)));
        }
    }

    private void nextTest() {
        if (headline.status() != Status.UNDETERMINED && finding.nextTest().isPresent()) {
            heading("Next test");
            line(text(finding.nextTest().get()));
        }
    }

    private void proof() {
        if (finding.evidence().isEmpty()) {
            return;
        }
        heading("Proof");
        table("frames", "fact", "weight", "supports", "rule");
        for (Evidence fact : finding.evidence()) {
            row(
                    numbers(fact.frames()),
                    text(fact.text()),
                    String.valueOf(fact.weight()),
                    fact.supports().word(),
                    code(fact.id()));
        }
    }

    private void stages() {
        if (finding.stages().isEmpty()) {
            return;
        }
        heading("Stages");
        table("stage", "outcome", "ms");
        for (StageReport stage : finding.stages()) {
            row(stage.stage().word(), stage.outcome().word(), Wording.millis(stage.millis()));
        }
    }

    private void measured() {
        finding.mtu().ifPresent(mtu -> {
            heading("Path MTU");
            table("", "");
            MtuWording.measured(mtu, recording.target().contains(":"))
                    .forEach(said -> row(said.label(), text(said.text())));
        });
    }

    private void compared() {
        Compared.of(finding).ifPresent(compared -> {
            heading(Wording.capitalised(compared.title()));
            table(Compared.HEADS.stream().map(head -> head.replace("#", "")).toArray(String[]::new));
            compared.rows()
                    .forEach(row -> row(row.stream().map(MarkdownReport::text).toArray(String[]::new)));
        });
    }

    private void said() {
        List<Said> facts = Said.facts(finding.server());
        if (!facts.isEmpty()) {
            heading("The server said");
            table("", "");
            facts.forEach(fact -> row(text(fact.label()), code(fact.text())));
        }
        fence("In its own words", Said.words(recording.events()));
        fence("No common algorithm", Said.lists(recording.events()));
    }

    private void known() {
        if (headline.status() == Status.HEALTHY) {
            return;
        }
        KnownSoftware.of(finding.server()).ifPresent(known -> {
            heading(Wording.capitalised(known.title()));
            known.sentences().forEach(sentence -> line("- " + text(sentence)));
        });
    }

    private void ruledOut() {
        if (finding.ruledOut().isEmpty()) {
            return;
        }
        heading(Wording.capitalised(Wording.ruledOut(recording)));
        for (RuledOut excluded : finding.ruledOut()) {
            String frames = Wording.frames(excluded.frames());
            line("- " + Markdown.code(Sanitizer.terminal(excluded.cause())) + " "
                    + text(excluded.why() + (frames.isEmpty() ? "" : ", " + frames)));
        }
    }

    private void alternatives() {
        if (finding.alternatives().isEmpty()) {
            return;
        }
        heading("Could also be");
        for (Alternative alternative : finding.alternatives()) {
            line("- " + Wording.confidence(alternative.confidence()) + " "
                    + code(alternative.cause().id()) + ", "
                    + alternative.origin().word());
        }
    }

    private void nextSteps() {
        if (finding.nextSteps().isEmpty()) {
            return;
        }
        heading("Next steps");
        int number = 0;
        for (NextStep step : finding.nextSteps()) {
            number++;
            line("**" + number + ", " + step.where().word() + "**: " + text(step.why()));
            gap();
            page.append(Markdown.fenced(List.of(Sanitizer.passage(step.command()))));
            gap();
            step.lookFor().ifPresent(seen -> line("- Look for: " + text(seen)));
            step.fix().ifPresent(fix -> line("- Fix: " + text(fix)));
            gap();
        }
    }

    private void capture() {
        heading("Capture");
        line(text(Wording.captured(recording)) + ", in " + Markdown.code(Sanitizer.terminal(incident.name())) + ", by "
                + Tool.NAME_AND_VERSION + ".");
    }

    private void fence(String title, List<Said> lines) {
        if (!lines.isEmpty()) {
            heading(title);
            page.append(Markdown.fenced(lines.stream()
                    .map(said -> Sanitizer.passage(said.label() + ": " + said.text()))
                    .toList()));
        }
    }

    private void table(String... heads) {
        row(heads);
        line("|" + " --- |".repeat(heads.length));
    }

    /// A row of cells that are Markdown already.
    private void row(String... cells) {
        line(List.of(cells).stream().map(cell -> " " + cell + " |").collect(Collectors.joining("", "|", "")));
    }

    private void heading(String title) {
        gap();
        line("### " + text(title));
        gap();
    }

    private void line(String markdown) {
        page.append(markdown).append('\n');
    }

    private void gap() {
        boolean blank = page.length() >= 2 && page.charAt(page.length() - 2) == '\n';
        if (!blank) {
            page.append('\n');
        }
    }

    private static String text(String plain) {
        return Sanitizer.markdown(plain);
    }

    private static String code(String plain) {
        return Markdown.codeInCell(Sanitizer.terminal(plain));
    }

    private static String numbers(List<Integer> frames) {
        String listed = Wording.frames(frames);
        return listed.substring(listed.indexOf(' ') + 1);
    }
}
