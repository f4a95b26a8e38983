package rstprobe.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import rstprobe.report.SweptPath.Way;
import rstprobe.report.TextPage.Paint;

/// A sweep as a table for a terminal: the sum first, then what needs somebody, then what works.
public final class SweepTable {
    private static final int MOST_NAME = 40;
    private static final int WORD = 14;
    private static final int SIZE = 9;

    private SweepTable() {}

    /// The sum and one line a target; black holes first, then what is not known, then what works, each in the order
    /// of the list.
    ///
    /// @param wanted how many targets there were to measure
    public static String of(List<SweptPath> paths, int wanted, boolean colour) {
        TextPage page = new TextPage(colour);
        page.line("", headline(paths, wanted), worst(paths), "");
        if (!paths.isEmpty()) {
            table(page, paths);
        }
        return page.toString();
    }

    /// The sum in one line.
    public static String sum(List<SweptPath> paths, int wanted) {
        return headline(paths, wanted) + "\n";
    }

    private static String headline(List<SweptPath> paths, int wanted) {
        long holes = paths.stream().filter(SweptPath::blackHole).count();
        long exact = paths.stream().filter(SweptPath::isExact).count();
        long unreachable = paths.stream().filter(SweptPath::isUnreachable).count();
        long open = paths.size() - exact - unreachable;
        String measured = paths.size() == wanted ? count(wanted) : paths.size() + " of " + count(wanted);
        return String.format(
                Locale.ROOT,
                "%s: %d with a black hole, %d known to the byte both ways, %d not, %d unreachable",
                measured,
                holes,
                exact,
                open,
                unreachable);
    }

    private static String count(int targets) {
        return targets + (targets == 1 ? " target" : " targets");
    }

    private static Paint worst(List<SweptPath> paths) {
        return paths.stream().anyMatch(SweptPath::blackHole)
                ? Paint.RED
                : paths.stream().allMatch(SweptPath::isExact) ? Paint.GREEN : Paint.YELLOW;
    }

    private static void table(TextPage page, List<SweptPath> paths) {
        int name = Math.min(
                MOST_NAME,
                Math.max(
                        "target".length(),
                        paths.stream()
                                .mapToInt(path -> Glyphs.columns(Sanitizer.terminal(path.name())))
                                .max()
                                .orElse(0)));
        page.gap();
        page.line(
                "",
                TextPage.pad("", WORD),
                Paint.DIM,
                TextPage.pad("target", name) + "  " + TextPage.pad("there", SIZE) + TextPage.pad("back", SIZE));
        ToIntFunction<SweptPath> urgency = path -> path.blackHole() ? 0 : path.isExact() ? 2 : 1;
        paths.stream()
                .sorted(Comparator.comparingInt(urgency))
                .forEach(path -> page.line(
                        "",
                        TextPage.pad(path.word(), WORD),
                        path.blackHole() ? Paint.RED : path.isExact() ? Paint.GREEN : Paint.YELLOW,
                        row(path, name)));
    }

    private static String row(SweptPath path, int name) {
        return TextPage.pad(Sanitizer.visible(path.name(), name), name) + "  "
                + TextPage.pad(size(path.forward()), SIZE) + TextPage.pad(size(path.reverse()), SIZE) + remark(path);
    }

    /// A size as a table shows it: at least so many where its end is open, a question mark where nothing is known.
    static String size(Optional<Way> way) {
        return way.filter(known -> known.pathMtu().isPresent())
                .map(known -> (known.isExact() ? "" : ">=") + known.pathMtu().getAsInt())
                .orElse("?");
    }

    /// What else is worth a word.
    static String remark(SweptPath path) {
        if (path.problem().isPresent()) {
            return path.problem().get();
        }
        if (path.isUnreachable()) {
            return "answers no probe of any size";
        }
        Optional<Way> there = path.forward().filter(Way::blackHole);
        Optional<Way> back = path.reverse().filter(Way::blackHole);
        if (there.isPresent()) {
            return "vanish on the way there" + (back.isPresent() ? " and back" : "")
                    + there.get().where().map(hops -> ", between " + hops).orElse("");
        }
        return back.isPresent() ? "vanish on the way back" : "";
    }
}
