package rstprobe.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import rstprobe.record.SweepTarget;
import rstprobe.report.SweptPath.Way;
import rstprobe.report.TextPage.Paint;

/// A sweep beside an earlier one: what got worse, what got better, and what cannot be compared.
///
/// Worse is a path MTU that is proven to be lower than it was, or packets that vanish where they did not. A target
/// that answers nothing any more, or whose sizes are open now, is not known and is neither worse nor better.
public final class SweepComparison {
    private static final int LABEL = 11;
    private static final int WORSE = 12;
    private static final int OPEN = 19;
    private static final int UNREACHED = 4;

    private final List<String> worse = new ArrayList<>();
    private final List<String> better = new ArrayList<>();
    private final List<SweptPath> unknown = new ArrayList<>();
    private int same;
    private int added;
    private int absent;

    private SweepComparison() {}

    /// Compares two sweeps, target by target as the user named them.
    public static SweepComparison of(List<SweptPath> before, List<SweptPath> now) {
        Map<SweepTarget, SweptPath> known = new HashMap<>();
        before.forEach(path -> known.put(path.target(), path));
        SweepComparison comparison = new SweepComparison();
        for (SweptPath path : now) {
            SweptPath earlier = known.remove(path.target());
            if (earlier == null) {
                comparison.added++;
            } else {
                comparison.compare(earlier, path);
            }
        }
        comparison.absent = known.size();
        return comparison;
    }

    private void compare(SweptPath before, SweptPath now) {
        int changes = worse.size() + better.size();
        compare(now.name() + " there", before.forward(), now.forward());
        compare(now.name() + " back", before.reverse(), now.reverse());
        if (before.isExact() && !now.isExact()) {
            unknown.add(now);
        } else if (changes == worse.size() + better.size()) {
            same++;
        }
    }

    private void compare(String what, Optional<Way> before, Optional<Way> now) {
        if (before.isEmpty() || now.isEmpty()) {
            return;
        }
        Way earlier = before.get();
        Way today = now.get();
        boolean hole = today.blackHole() && !earlier.blackHole();
        boolean healed = !today.blackHole() && earlier.blackHole() && today.isExact();
        int change = change(earlier, today);
        if (change == 0 && !hole && !healed) {
            return;
        }
        String told = what + ": " + word(earlier) + " before, " + word(today) + " now";
        if (hole || change < 0) {
            worse.add(told);
        } else {
            better.add(told);
        }
    }

    /// Which proof contradicts the other: what is delivered now was not before, or the reverse.
    private static int change(Way before, Way now) {
        if (before.pathMtu().isEmpty() || now.pathMtu().isEmpty()) {
            return 0;
        }
        boolean lower = now.lost().isPresent()
                        && now.lost().getAsInt() <= before.pathMtu().getAsInt()
                || now.isExact() && now.pathMtu().getAsInt() < before.pathMtu().getAsInt();
        boolean higher = before.lost().isPresent()
                        && before.lost().getAsInt() <= now.pathMtu().getAsInt()
                || before.isExact()
                        && before.pathMtu().getAsInt() < now.pathMtu().getAsInt();
        return lower ? -1 : higher ? 1 : 0;
    }

    private static String word(Way way) {
        return SweepTable.size(Optional.of(way)) + (way.blackHole() ? " and a black hole" : "");
    }

    /// What an engineer reads of it.
    public String text(boolean colour) {
        TextPage page = new TextPage(colour);
        page.gap();
        page.line(
                "",
                TextPage.pad("baseline", LABEL),
                worse.isEmpty() ? Paint.GREEN : Paint.RED,
                worse.size() + " worse, " + better.size() + " better, " + same + " targets the same, " + unknown.size()
                        + " not known any more, " + added + " new, " + absent + " not asked this time");
        worse.forEach(what -> page.line("", TextPage.pad("worse", LABEL), Paint.RED, what));
        unknown.forEach(path -> page.line(
                "", TextPage.pad("not known", LABEL), Paint.YELLOW, path.name() + ": " + path.status() + " now"));
        better.forEach(what -> page.line("", TextPage.pad("better", LABEL), Paint.GREEN, what));
        return page.toString();
    }

    /// 12 where something got worse; where nothing did, 19 or 4 for targets that were known and are not any more, and
    /// otherwise 0, whatever else is wrong with them since before.
    public int exitCode() {
        if (!worse.isEmpty()) {
            return WORSE;
        }
        if (unknown.isEmpty()) {
            return 0;
        }
        return unknown.stream().allMatch(SweptPath::isUnreachable) ? UNREACHED : OPEN;
    }
}
