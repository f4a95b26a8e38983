package rstprobe.report;

import java.util.List;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Finding;
import rstprobe.diagnose.Finding.Alternative;
import rstprobe.diagnose.Finding.NextStep;
import rstprobe.diagnose.Finding.RuledOut;
import rstprobe.diagnose.Finding.StageReport;
import rstprobe.record.Recording;
import rstprobe.report.Headline.Status;

/// The report as one HTML file that opens from a disk, prints well, runs nothing and fetches nothing.
public final class HtmlReport {
    private final HtmlPage page;
    private final Incident incident;
    private final Recording recording;
    private final Finding finding;
    private final Headline headline;

    private HtmlReport(Incident incident) {
        this.incident = incident;
        this.recording = incident.recording();
        this.finding = incident.finding();
        this.headline = Headline.of(finding.verdict());
        this.page = new HtmlPage(
                Wording.target(recording) + ": " + headline.status().word());
    }

    /// The document.
    public static String of(Incident incident) {
        HtmlReport report = new HtmlReport(incident);
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
        report.footer();
        return report.page.finish();
    }

    private void verdict() {
        page.open("header", headline.status().word());
        page.element("div", "status", headline.status().word());
        page.element("h1", "", Wording.sentence(headline));
        page.element("div", "target", Wording.target(recording));
        page.close();
        for (String warning : Wording.warnings(incident)) {
            page.element("p", "warning", warning);
        }
    }

    private void whoWhatWhere() {
        page.open("table", "summary");
        headline.origin().ifPresent(origin -> side("who", origin.word() + ": " + Wording.who(origin)));
        headline.cause().ifPresent(cause -> side("what", cause.id()));
        headline.stage().ifPresent(stage -> side("stage", stage.word()));
        Wording.place(headline).ifPresent(place -> side("where", place));
        side("from", Wording.vantage(recording));
        page.close();
    }

    /// Where the verdict is open, what would close it comes first.
    private void runNext() {
        if (headline.status() == Status.UNDETERMINED) {
            page.element("h2", "", "Next test");
            page.element("p", "next", finding.nextTest().orElse(Wording.NO_TEST));
        }
    }

    private void nextTest() {
        if (headline.status() != Status.UNDETERMINED && finding.nextTest().isPresent()) {
            page.element("h2", "", "Next test");
            page.element("p", "", finding.nextTest().get());
        }
    }

    private void proof() {
        if (finding.evidence().isEmpty()) {
            return;
        }
        page.element("h2", "", "Proof");
        table("", "fact", "frames", "#weight", "speaks for");
        for (Evidence fact : finding.evidence()) {
            page.open("tr", "");
            page.open("td", "").text(fact.text());
            page.open("div", "rule").element("code", "", fact.id()).close().close();
            page.element("td", "frames", Wording.frames(fact.frames()).replaceFirst("^frames? ", ""));
            page.element("td", "number", String.valueOf(fact.weight()));
            page.element("td", "", fact.supports().word());
            page.close();
        }
        page.close();
    }

    private void stages() {
        if (finding.stages().isEmpty()) {
            return;
        }
        page.element("h2", "", "Stages");
        table("narrow", "stage", "outcome", "#ms");
        for (StageReport stage : finding.stages()) {
            page.open("tr", "");
            page.element("td", "", stage.stage().word());
            page.element("td", stage.outcome().word(), stage.outcome().word());
            page.element("td", "number", Wording.millis(stage.millis()));
            page.close();
        }
        page.close();
    }

    private void measured() {
        finding.mtu().ifPresent(mtu -> {
            page.element("h2", "", "Path MTU");
            table("", "", "");
            for (Said said : MtuWording.measured(mtu, recording.target().contains(":"))) {
                page.open("tr", "");
                page.element("td", "", said.label());
                page.element("td", "", said.text());
                page.close();
            }
            page.close();
        });
    }

    private void compared() {
        Compared.of(finding).ifPresent(compared -> {
            page.element("h2", "", Wording.capitalised(compared.title()));
            table("", Compared.HEADS.toArray(String[]::new));
            for (List<String> row : compared.rows()) {
                page.open("tr", "");
                for (int i = 0; i < row.size(); i++) {
                    page.element("td", Compared.HEADS.get(i).startsWith("#") ? "number" : "", row.get(i));
                }
                page.close();
            }
            page.close();
        });
    }

    private void said() {
        List<Said> facts = Said.facts(finding.server());
        List<Said> words = Said.words(recording.events());
        List<Said> lists = Said.lists(recording.events());
        said("The server said", facts);
        said("In its own words", words);
        said("No common algorithm", lists);
    }

    private void known() {
        if (headline.status() == Headline.Status.HEALTHY) {
            return;
        }
        KnownSoftware.of(finding.server()).ifPresent(known -> {
            page.element("h2", "", Wording.capitalised(known.title()));
            page.open("ul", "");
            known.sentences().forEach(sentence -> page.element("li", "", sentence));
            page.close();
        });
    }

    private void said(String title, List<Said> all) {
        if (all.isEmpty()) {
            return;
        }
        page.element("h2", "", title);
        page.open("table", "");
        for (Said said : all) {
            page.open("tr", "");
            page.element("th", "side", said.label());
            page.open("td", "").element("code", "", said.text()).close();
            page.close();
        }
        page.close();
    }

    private void ruledOut() {
        if (finding.ruledOut().isEmpty()) {
            return;
        }
        page.element("h2", "", Wording.capitalised(Wording.ruledOut(recording)));
        page.open("ul", "");
        for (RuledOut excluded : finding.ruledOut()) {
            String frames = Wording.frames(excluded.frames());
            page.open("li", "").element("code", "", excluded.cause());
            page.text(excluded.why() + (frames.isEmpty() ? "" : " (" + frames + ")"))
                    .close();
        }
        page.close();
    }

    private void alternatives() {
        if (finding.alternatives().isEmpty()) {
            return;
        }
        page.element("h2", "", "Could also be");
        table("narrow", "cause", "who", "#confidence");
        for (Alternative alternative : finding.alternatives()) {
            page.open("tr", "");
            page.open("td", "").element("code", "", alternative.cause().id()).close();
            page.element("td", "", alternative.origin().word());
            page.element(
                    "td", "number", Wording.confidence(alternative.confidence()).toPlainString());
            page.close();
        }
        page.close();
    }

    private void nextSteps() {
        if (finding.nextSteps().isEmpty()) {
            return;
        }
        page.element("h2", "", "Next steps");
        page.open("ol", "steps");
        for (NextStep step : finding.nextSteps()) {
            page.open("li", "step");
            labelled(step.where().word(), step.why());
            page.element("pre", "", step.command());
            step.lookFor().ifPresent(seen -> labelled("look for", seen));
            step.fix().ifPresent(fix -> labelled("fix", fix));
            page.close();
        }
        page.close();
    }

    private void labelled(String label, String text) {
        page.open("div", "").element("strong", "", label).text(text).close();
    }

    private void footer() {
        page.open("footer", "");
        page.element("div", "", Wording.captured(recording) + " in capture.pcapng; frame numbers are Wireshark's.");
        page.element("div", "", incident.name() + ", by " + Tool.NAME_AND_VERSION);
        page.close();
    }

    private void side(String label, String text) {
        page.open("tr", "").element("th", "side", label).element("td", "", text).close();
    }

    /// A table with its heads; one that begins with `#` stands over numbers.
    private void table(String className, String... heads) {
        page.open("table", className).open("tr", "");
        for (String head : heads) {
            boolean number = head.startsWith("#");
            page.element("th", number ? "number" : "", number ? head.substring(1) : head);
        }
        page.close();
    }
}
