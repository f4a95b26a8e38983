package rstprobe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import rstprobe.analyze.AttributedReset;
import rstprobe.analyze.ResetGroup;
import rstprobe.analyze.ResetGroups;
import rstprobe.analyze.ScannedFile;
import rstprobe.analyze.Standing;
import rstprobe.diagnose.Evidence;
import rstprobe.diagnose.Verdict;
import rstprobe.report.TextPage.Paint;

/// What an engineer reads of the resets in capture files: the worst and surest first, alike ones together, each with
/// its frames, its proof, and the command that shows all of it.
public final class AnalyzeReport {
    /// Groups shown; the rest are counted, and the CSV has them all.
    static final int MOST_SHOWN = 20;

    /// Of those that cut nothing anybody still wanted.
    static final int MOST_HARMLESS = 4;

    /// Problems of one file that are told.
    static final int MOST_PROBLEMS = 8;

    private static final String INDENT = "    ";

    private final TextPage page;
    private final List<ScannedFile> files;
    private final ResetGroups groups;

    private AnalyzeReport(List<ScannedFile> files, ResetGroups groups, boolean colour) {
        this.page = new TextPage(colour);
        this.files = files;
        this.groups = groups;
    }

    /// The report as text.
    ///
    /// @param notAttributed resets that are in the files and not among the groups
    /// @param summary       whether servers, boxes and hours are listed too
    /// @param colour        whether the terminal shows colours
    public static String text(
            List<ScannedFile> files, ResetGroups groups, long notAttributed, boolean summary, boolean colour) {
        AnalyzeReport report = new AnalyzeReport(files, groups, colour);
        report.write(notAttributed);
        if (summary) {
            AnalyzeSummary.write(report.page, groups);
        }
        return report.page.toString();
    }

    /// The first line alone.
    public static String headline(List<ScannedFile> files, ResetGroups groups) {
        TextPage page = new TextPage(false);
        new AnalyzeReport(files, groups, false).headline(page);
        return page.toString();
    }

    /// What is wrong with a file, in one line.
    public static String trouble(ScannedFile file) {
        return file.problems().isEmpty()
                ? file.file() + " cannot be read"
                : AnalyzeWording.problem(file, file.problems().getFirst());
    }

    private void write(long notAttributed) {
        List<ResetGroup> all = groups.worstFirst();
        headline(page);
        problems();
        Standing last = null;
        int shown = 0;
        int harmless = 0;
        long hiddenGroups = 0;
        long hidden = groups.beyond();
        for (ResetGroup group : all) {
            Standing standing = group.surest().standing();
            boolean minor = standing == Standing.BY_CLIENT || standing == Standing.AFTER_END;
            if (minor ? harmless == MOST_HARMLESS || shown == MOST_SHOWN : shown == MOST_SHOWN) {
                hidden += group.resets();
                hiddenGroups++;
                continue;
            }
            if (standing != last) {
                page.heading(heading(standing, all));
                harmless = 0;
            }
            last = standing;
            shown++;
            harmless += minor ? 1 : 0;
            group(group, minor);
        }
        end(hiddenGroups, hidden, notAttributed, all);
    }

    private void headline(TextPage to) {
        List<ResetGroup> all = groups.worstFirst();
        long counted = files.stream().mapToLong(ScannedFile::resets).sum();
        if (all.isEmpty()) {
            String none = counted == 0
                    ? "NO RESETS  "
                    : AnalyzeWording.grouped(counted) + (counted == 1 ? " RESET  " : " RESETS  ");
            to.line("", none, counted == 0 ? Paint.GREEN : Paint.YELLOW, totals());
            return;
        }
        AttributedReset worst = all.getFirst().surest();
        long resets = Math.max(groups.resets(), counted);
        boolean named = worst.verdict() instanceof Verdict.Fault;
        boolean minor = worst.standing() == Standing.BY_CLIENT || worst.standing() == Standing.AFTER_END;
        String word = AnalyzeWording.grouped(resets) + (resets == 1 ? " RESET  " : " RESETS  ");
        to.line("", word, minor ? Paint.PLAIN : named ? Paint.RED : Paint.YELLOW, totals());
    }

    private String totals() {
        long packets = files.stream().mapToLong(ScannedFile::packets).sum();
        long conversations =
                files.stream().mapToLong(ScannedFile::conversations).sum();
        String in = files.size() == 1 ? AnalyzeWording.file(files, 0) : AnalyzeWording.count(files.size(), "file");
        return "in " + in + ": " + AnalyzeWording.count(packets, "frame") + ", "
                + AnalyzeWording.count(conversations, "TCP conversation");
    }

    private void problems() {
        for (ScannedFile file : files) {
            file.problems().stream()
                    .limit(MOST_PROBLEMS)
                    .forEach(problem -> page.line("", "note  ", Paint.YELLOW, AnalyzeWording.problem(file, problem)));
            int left = file.problems().size() - MOST_PROBLEMS;
            if (left > 0) {
                page.line("", "note  ", Paint.YELLOW, file.file() + ": " + AnalyzeWording.count(left, "more note"));
            }
        }
    }

    private static String heading(Standing standing, List<ResetGroup> all) {
        long resets = all.stream()
                .filter(group -> group.surest().standing() == standing)
                .mapToLong(ResetGroup::resets)
                .sum();
        return Wording.capitalised(standing.words()) + ": " + AnalyzeWording.count(resets, "reset");
    }

    private void group(ResetGroup group, boolean minor) {
        AttributedReset surest = group.surest();
        String sure = surest.verdict() instanceof Verdict.Fault
                ? Wording.confidence(surest.verdict().confidence()).toPlainString()
                : "    ";
        String head = String.format(Locale.ROOT, "%-16s%s  ", AnalyzeWording.word(surest.origin()), sure);
        page.line("  ", head, paint(surest), AnalyzeWording.between(group) + stage(surest) + times(group));
        page.text(INDENT, AnalyzeWording.summary(surest));
        page.text(INDENT, AnalyzeWording.places(group, files) + "; " + when(group));
        if (surest.standing() == Standing.ON_THE_WAY) {
            page.text(INDENT, "sender: " + AnalyzeWording.sender(surest.header()));
        }
        if (minor) {
            return;
        }
        proof(surest)
                .ifPresent(fact -> page.text(
                        INDENT,
                        (surest.verdict() instanceof Verdict.Fault ? "proof: " : "seen: ") + fact.text() + " ("
                                + Wording.frames(fact.frames()) + "; " + fact.id() + ")"));
        if (!(surest.verdict() instanceof Verdict.Fault)) {
            surest.nextTest().get().ifPresent(test -> page.text(INDENT, "next: " + test));
        }
    }

    private static Paint paint(AttributedReset reset) {
        return switch (reset.verdict()) {
            case Verdict.Fault _ -> reset.standing() == Standing.ON_THE_WAY ? Paint.RED : Paint.BOLD;
            case Verdict.Undetermined _, Verdict.Healthy _ -> Paint.YELLOW;
        };
    }

    private static String stage(AttributedReset reset) {
        return reset.stage().map(stage -> ", SSH at " + stage.word()).orElse("");
    }

    private static String times(ResetGroup group) {
        return group.resets() == 1
                ? ""
                : "; " + AnalyzeWording.count(group.resets(), "reset")
                        + (group.conversations() == group.resets()
                                ? ""
                                : " in " + AnalyzeWording.count(group.conversations(), "conversation"));
    }

    private static String when(ResetGroup group) {
        String first = AnalyzeWording.moment(group.firstNanos());
        String last = AnalyzeWording.moment(group.lastNanos());
        return first.equals(last) ? first : first + " to " + last;
    }

    /// The heaviest fact for the origin; of an open verdict the heaviest of all.
    private static Optional<Evidence> proof(AttributedReset reset) {
        return reset.evidence().stream()
                .filter(fact -> fact.weight() > 0
                        && !fact.frames().isEmpty()
                        && (!(reset.verdict() instanceof Verdict.Fault) || fact.supports() == reset.origin()))
                .findFirst()
                .or(() -> reset.evidence().stream()
                        .filter(fact -> fact.weight() > 0 && !fact.frames().isEmpty())
                        .findFirst());
    }

    /// The whole story of the worst, where `rstprobe replay` can read it: from files, packed with gzip or not, and
    /// out of no tunnel.
    private void replay(AttributedReset worst) {
        String file = AnalyzeWording.file(files, worst.file());
        String name = file.toLowerCase(Locale.ROOT);
        if (!worst.unwrapped() && !name.equals("-") && !name.endsWith(".zst") && !name.endsWith(".lz4")) {
            page.command("all about one of them:  ", "rstprobe replay " + quoted(file) + " --frame " + worst.frame());
        }
    }

    /// A word that a POSIX shell takes as it is.
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=@%+,-]+") && !word.startsWith("-")
                ? word
                : "'" + (word.startsWith("-") ? "./" : "") + word.replace("'", "'\\''") + "'";
    }

    private void end(long hiddenGroups, long hidden, long notAttributed, List<ResetGroup> all) {
        List<String> notes = new ArrayList<>();
        if (hidden > 0) {
            notes.add(AnalyzeWording.count(hidden, "more reset") + " in " + AnalyzeWording.count(hiddenGroups, "group")
                    + " not shown here: --csv lists each");
        }
        if (notAttributed > 0) {
            notes.add(AnalyzeWording.count(notAttributed, "reset") + " counted and not attributed: "
                    + "too many in one conversation or in all, or cut too short to be read");
        }
        if (all.stream().anyMatch(group -> speaksOfUs(group.surest().summary()))) {
            notes.add("\"we\" and \"our\" mean the client of the connection");
        }
        if (!all.isEmpty()) {
            notes.add("read from captures, nothing tested: a hop is never named, and no verdict is surer than 0.89");
        }
        if (!notes.isEmpty()) {
            page.gap();
            notes.forEach(note -> page.text("", note));
        }
        all.stream().findFirst().ifPresent(group -> replay(group.surest()));
    }

    private static boolean speaksOfUs(String summary) {
        return summary.matches(".*\\b(we|us|our)\\b.*");
    }
}
