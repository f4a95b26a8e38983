package rstprobe.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.record.Recording;
import rstprobe.report.Headline.Status;
import rstprobe.report.TextPage.Paint;

/// What an engineer reads at three in the morning: the verdict in the first line, then the proof, then what to
/// do. At most 100 columns wide; nothing in it can move a cursor or change a terminal.
public final class TextReport {
    private static final String INDENT = "  ";
    private static final int LABEL = 16;

    /// Columns of a comparison of algorithms.
    private static final List<Integer> COMPARED = List.of(8, 42, 10, 14, 8, 5, 5);

    /// Columns of the labels beside the verdict.
    private static final int SHORT_LABEL = 11;

    /// Columns of the labels below a command.
    private static final int STEP_LABEL = 10;

    private final TextPage page;
    private final Incident incident;
    private final Recording recording;
    private final Finding finding;
    private final Headline headline;

    private TextReport(Incident incident, boolean colour) {
        this.page = new TextPage(colour);
        this.incident = incident;
        this.recording = incident.recording();
        this.finding = incident.finding();
        this.headline = Headline.of(finding.verdict());
    }

    /// The report.
    ///
    /// @param colour whether the terminal shows colours
    /// @param folder where the incident folder is, empty where none was written
    public static String of(Incident incident, boolean colour, Optional<String> folder) {
        TextReport report = new TextReport(incident, colour);
        if (report.headline.status() == Status.HEALTHY) {
            report.healthy(folder);
        } else {
            report.faulty(folder);
        }
        return report.page.toString();
    }

    /// Ten lines at most where all is well: who was asked, how fast each stage was, what answered. What was measured
    /// stands below them.
    private void healthy(Optional<String> folder) {
        verdictLine(Paint.GREEN);
        warnings();
        page.field("", "target", SHORT_LABEL, shortened(Wording.target(recording)));
        if (!finding.stages().isEmpty()) {
            String stages = finding.stages().stream()
                    .map(stage -> stage.stage().word() + " " + Wording.millis(stage.millis()))
                    .collect(Collectors.joining(", "));
            page.field("", "stages", SHORT_LABEL, stages + " ms");
        }
        for (Said fact : Said.inBrief(finding.server())) {
            page.field("", fact.label(), SHORT_LABEL, shortened(fact.text()));
        }
        page.field("", "capture", SHORT_LABEL, Wording.captured(recording));
        folder.ifPresent(path -> page.field("", "folder", SHORT_LABEL, path));
        compared();
        measured();
    }

    private void faulty(Optional<String> folder) {
        boolean open = headline.status() == Status.UNDETERMINED;
        verdictLine(open ? Paint.YELLOW : Paint.RED);
        if (open) {
            page.field("", "next test", SHORT_LABEL, finding.nextTest().orElse(Wording.NO_TEST));
        }
        whoWhatWhere();
        warnings();
        proof();
        stages();
        compared();
        measured();
        said();
        known();
        ruledOut();
        alternatives();
        if (!open) {
            finding.nextTest().ifPresent(test -> page.heading("next test").text(INDENT, test));
        }
        nextSteps();
        page.gap();
        folder.ifPresent(path -> page.field("", "folder", SHORT_LABEL, path));
        page.field("", "capture", SHORT_LABEL, Wording.captured(recording));
    }

    private void verdictLine(Paint paint) {
        page.line("", headline.status().word().toUpperCase(Locale.ROOT) + "  ", paint, Wording.sentence(headline));
    }

    private void whoWhatWhere() {
        headline.origin()
                .ifPresent(origin -> page.field("", "who", SHORT_LABEL, origin.word() + ": " + Wording.who(origin)));
        String what = headline.cause().map(cause -> cause.id()).orElse("cause open")
                + headline.stage().map(stage -> ", at stage " + stage.word()).orElse("");
        page.field("", "what", SHORT_LABEL, what);
        Wording.place(headline).ifPresent(place -> page.field("", "where", SHORT_LABEL, place));
        page.field("", "target", SHORT_LABEL, Wording.target(recording));
        page.field("", "from", SHORT_LABEL, Wording.vantage(recording));
    }

    private void warnings() {
        for (String warning : Wording.warnings(incident)) {
            page.line("", TextPage.pad("WARNING", SHORT_LABEL), Paint.YELLOW, warning);
        }
    }

    private void proof() {
        page.heading("proof");
        for (Evidence fact : finding.evidence()) {
            page.text(INDENT, fact.text());
            page.text(INDENT + INDENT, joined(Wording.frames(fact.frames()), Wording.weight(fact), fact.id()));
        }
        if (finding.evidence().isEmpty()) {
            page.text(INDENT, "none");
        }
    }

    private void stages() {
        if (finding.stages().isEmpty()) {
            return;
        }
        page.heading("stages");
        for (StageReport stage : finding.stages()) {
            String millis = Wording.millis(stage.millis());
            String ms = millis.equals("-") ? "" : " ".repeat(Math.max(0, 9 - millis.length())) + millis + " ms";
            page.field(
                    INDENT,
                    stage.stage().word(),
                    LABEL,
                    TextPage.pad(stage.outcome().word(), 10) + ms);
        }
    }

    private void compared() {
        Compared.of(finding).ifPresent(compared -> {
            page.heading(compared.title());
            page.text(INDENT, columns(Compared.HEADS));
            compared.rows().forEach(row -> page.text(INDENT, columns(row)));
        });
    }

    private void measured() {
        finding.mtu().ifPresent(mtu -> {
            page.heading("path MTU");
            MtuWording.measured(mtu, recording.target().contains(":")).forEach(this::line);
        });
    }

    private static String columns(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            boolean number = Compared.HEADS.get(i).startsWith("#");
            String cell = shortened(cells.get(i).replaceFirst("^#(.*?)( longest)?$", "$1"), COMPARED.get(i));
            String room = " ".repeat(Math.max(0, COMPARED.get(i) - Glyphs.columns(cell)));
            line.append(number ? room + cell : cell + room).append(' ');
        }
        return line.toString().stripTrailing();
    }

    private void said() {
        List<Said> facts = Said.facts(finding.server());
        List<Said> words = Said.words(recording.events());
        if (!facts.isEmpty() || !words.isEmpty()) {
            page.heading("the server said");
            facts.forEach(this::line);
            words.forEach(this::line);
        }
        List<Said> lists = Said.lists(recording.events());
        if (!lists.isEmpty()) {
            page.heading("no common algorithm");
            lists.forEach(this::line);
        }
    }

    private void known() {
        KnownSoftware.of(finding.server()).ifPresent(known -> {
            page.heading(known.title());
            known.sentences().forEach(sentence -> page.line(INDENT, "- ", Paint.PLAIN, sentence));
        });
    }

    private void line(Said said) {
        page.field(INDENT, shortened(said.label(), 40) + "  ", LABEL, said.text());
    }

    private void ruledOut() {
        if (finding.ruledOut().isEmpty()) {
            return;
        }
        page.heading(Wording.ruledOut(recording));
        for (RuledOut excluded : finding.ruledOut()) {
            String frames = Wording.frames(excluded.frames());
            page.text(INDENT, excluded.cause() + ": " + excluded.why() + (frames.isEmpty() ? "" : " (" + frames + ")"));
        }
    }

    private void alternatives() {
        if (finding.alternatives().isEmpty()) {
            return;
        }
        page.heading("could also be");
        for (Alternative alternative : finding.alternatives()) {
            page.text(
                    INDENT,
                    Wording.confidence(alternative.confidence()) + "  "
                            + alternative.cause().id() + ", "
                            + alternative.origin().word());
        }
    }

    private void nextSteps() {
        if (finding.nextSteps().isEmpty()) {
            return;
        }
        page.heading("next steps");
        String inner = " ".repeat(INDENT.length() + SHORT_LABEL);
        int number = 0;
        for (NextStep step : finding.nextSteps()) {
            number++;
            page.field(INDENT, number + " " + step.where().word(), SHORT_LABEL, step.why());
            page.command(inner + "$ ", step.command());
            step.lookFor().ifPresent(seen -> page.field(inner, "look for", STEP_LABEL, seen));
            step.fix().ifPresent(fix -> page.field(inner, "fix", STEP_LABEL, fix));
        }
    }

    private static String joined(String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining("; "));
    }

    /// A text that stays on one line beside a short label.
    private static String shortened(String text) {
        return shortened(text, TextPage.WIDTH - SHORT_LABEL);
    }

    private static String shortened(String text, int columns) {
        return Sanitizer.visible(text, columns);
    }
}
