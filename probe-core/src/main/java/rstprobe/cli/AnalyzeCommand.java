package rstprobe.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import rstprobe.analyze.AccusedConversation;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.Attribution;
import rstprobe.analyze.CaptureScan;
import rstprobe.analyze.CaptureSource;
import rstprobe.analyze.ResetGroups;
import rstprobe.analyze.ScanFailure;
import rstprobe.analyze.ScanPlan;
import rstprobe.analyze.ScanProgress;
import rstprobe.analyze.ScannedFile;
import rstprobe.capture.CaptureFileFailure;
import rstprobe.diagnose.Origin;
import rstprobe.incident.ExtractedConversations;
import rstprobe.report.AnalyzeCsv;
import rstprobe.report.AnalyzeJson;
import rstprobe.report.AnalyzeReport;

/// `rstprobe analyze`: every reset in capture files, and whose it was.
final class AnalyzeCommand implements Callable<Integer> {
    static final String NAME = "analyze";

    private static final String STANDARD_INPUT = "-";

    private final OutputOptions output = new OutputOptions();

    private List<String> names = List.of();
    private boolean csv;
    private boolean summary;
    private Optional<Path> extract = Optional.empty();
    private Optional<String> filter = Optional.empty();

    CommandSpec spec() {
        Vocabulary words = new Vocabulary(
                NAME, this, "Attribute every TCP reset in capture files, offline and without privileges.");
        words.parameters(
                "FILE",
                "1..*",
                Reading.TEXT,
                files -> names = files,
                "Captures, packed or not, as one timeline in the order of their times; - is standard input.");
        words.flag("--csv", given -> csv = given, "Print a table with a line for each reset (RFC 4180).");
        words.flag("--summary", given -> summary = given, "Add counts by server, by sender on the way, and by hour.");
        words.option(
                "--extract",
                "DIR",
                Reading.PATH,
                folder -> extract = Optional.of(folder),
                "Write each conversation with a reset there as a pcapng whose cited frames carry comments.");
        words.option(
                "--filter",
                "EXPRESSION",
                Reading.TEXT,
                expression -> filter = Optional.of(expression),
                "Look only at frames that match this pcap-filter(7) expression.");
        output.addTo(words);
        words.footer(
                "Exit code",
                "  0   no resets",
                " 10 to 15, 19   that of the worst reset, the first of the table: something on the way before the"
                        + " server's side, refusals, the client's own (14) and what came behind a FIN; the surest"
                        + " first",
                "  2   no file could be read, or the words make no sense");
        return words.spec();
    }

    @Override
    public Integer call() throws ScanFailure {
        if (output.json() && csv || summary && (output.json() || csv)) {
            throw new WrongWords("--json, --csv and --summary are three answers: choose one");
        }
        Screen screen = output.screen();
        List<CaptureSource> sources = sources();
        Optional<Path> folder = extract.map(Folders::made);
        ScanPlan everything = ScanPlan.everything();
        ScanProgress progress = progress(screen);
        try (CaptureScan scan = CaptureScan.of(sources, new ScanPlan(filter, everything.threads(), progress))) {
            if (scan.files().stream().allMatch(file -> file.state() == ScannedFile.State.NOT_READ)) {
                scan.files().forEach(file -> screen.warn(AnalyzeReport.trouble(file)));
                return Exit.USAGE;
            }
            return new Answer(scan, screen, folder).give();
        }
    }

    private List<CaptureSource> sources() {
        if (names.stream().filter(STANDARD_INPUT::equals).count() > 1) {
            throw new WrongWords("standard input can be read only once");
        }
        List<CaptureSource> sources = new ArrayList<>(names.size());
        for (String name : names) {
            sources.add(
                    name.equals(STANDARD_INPUT)
                            ? new CaptureSource.OfStream(STANDARD_INPUT, System.in)
                            : new CaptureSource.OfFile(Path.of(name)));
        }
        return sources;
    }

    private static ScanProgress progress(Screen screen) {
        return (done, all) -> screen.overwrite(
                "reading " + (all > 0 ? Math.min(100, 100 * done / all) : 0) + " % of " + (all >> 20) + " MiB");
    }

    /// The resets on their way from the scan to the screen.
    private final class Answer {
        private final CaptureScan scan;
        private final Screen screen;
        private final Optional<ExtractedConversations> extracted;
        private final ResetGroups groups = new ResetGroups();
        private final AnalyzeJson document;
        private long gone;
        private boolean written = true;

        private Answer(CaptureScan scan, Screen screen, Optional<Path> folder) {
            this.scan = scan;
            this.screen = screen;
            this.extracted = folder.map(path -> new ExtractedConversations(path, scan.files()));
            this.document = new AnalyzeJson(scan.files());
        }

        /// The exit code.
        private int give() {
            if (output.json()) {
                screen.answer(document.head());
            } else if (csv) {
                screen.answer(AnalyzeCsv.head());
            }
            scan.judge(this::judged, this::take);
            if (output.json()) {
                screen.answer(document.tail());
            } else if (!csv) {
                screen.answer(text());
            }
            if (output.json() || csv) {
                scan.files().stream()
                        .filter(file -> file.state() != ScannedFile.State.WHOLE)
                        .forEach(file -> screen.warn(AnalyzeReport.trouble(file)));
            }
            extracted.ifPresent(this::told);
            if (gone > 0) {
                screen.warn("a file became shorter while it was read: the resets of " + gone
                        + (gone == 1 ? " conversation" : " conversations") + " are not attributed; analyze a copy");
            }
            return written ? exit() : Exit.CANNOT_PROBE;
        }

        /// Resets that are there, and of which nothing is known, are no answer "none".
        private int exit() {
            return groups.resets() == 0 && counted() > 0 ? Origin.UNKNOWN.exitCode() : groups.exitCode();
        }

        private long counted() {
            return scan.files().stream().mapToLong(ScannedFile::resets).sum();
        }

        private void take(List<Judged> some) {
            StringBuilder text = new StringBuilder();
            for (Judged judged : some) {
                gone += judged.gone ? 1 : 0;
                judged.resets.forEach(groups::add);
                text.append(output.json() ? document.next(judged.rows) : judged.rows);
                written = written && extract(judged);
            }
            screen.answer(text.toString());
        }

        private Judged judged(int index) {
            try {
                AccusedConversation accused = scan.accused(index);
                List<AttributedReset> resets = Attribution.of(accused);
                return new Judged(
                        extracted.isPresent() ? Optional.of(accused) : Optional.empty(), resets, rows(resets), false);
            } catch (InternalError _) {
                // The JVM's word for a mapped page that is no longer there.
                return new Judged(Optional.empty(), List.of(), "", true);
            }
        }

        /// What stands on the screen for each of them; nothing where only their groups do.
        private String rows(List<AttributedReset> resets) {
            if (output.json()) {
                return AnalyzeJson.rows(resets, scan.files());
            }
            StringBuilder lines = new StringBuilder();
            if (csv) {
                resets.forEach(reset -> lines.append(AnalyzeCsv.line(reset, scan.files())));
            }
            return lines.toString();
        }

        private boolean extract(Judged judged) {
            if (extracted.isEmpty() || judged.accused.isEmpty()) {
                return true;
            }
            try {
                extracted.get().write(judged.accused.get(), judged.resets);
                return true;
            } catch (CaptureFileFailure failed) {
                screen.warn(failed.getMessage());
                return false;
            }
        }

        private String text() {
            if (output.quiet()) {
                return AnalyzeReport.headline(scan.files(), groups);
            }
            return AnalyzeReport.text(
                    scan.files(), groups, Math.max(0, counted() - groups.resets()), summary, screen.colour());
        }

        private void told(ExtractedConversations done) {
            screen.announce(done.written() + (done.written() == 1 ? " capture" : " captures") + " written to "
                    + extract.orElseThrow());
            if (done.beyond() > 0) {
                screen.warn(done.beyond() + " conversations were not written: more than "
                        + ExtractedConversations.MOST_WRITTEN);
            }
        }
    }

    /// A conversation with its resets and what is printed of them; its frames only where they are written.
    ///
    /// @param gone whether the file no longer has them
    private record Judged(
            Optional<AccusedConversation> accused, List<AttributedReset> resets, String rows, boolean gone) {}
}
