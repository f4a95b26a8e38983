package rstprobe.report;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import rstprobe.report.SweptPath.Way;

/// A sweep as a page for a browser: a line a target, a field a direction, coloured by path MTU. Black holes are red,
/// framed and named, so that nobody needs to see colours to find them.
public final class SweepHeatMap {
    /// The lower end of each colour, from the longest on.
    private static final List<Integer> STEPS = List.of(9_000, 1_500, 1_492, 1_460, 1_400, 1_280, 0);

    private static final List<String> SAID = List.of("9000 and more", "1500", "1492", "1460", "1400", "1280", "less");

    private static final String STYLE = """
            table.map { width: auto; border-collapse: separate; border-spacing: 2px; }
            table.map th, table.map td { padding: .1rem .6rem; border: 0; line-height: 1.35; }
            table.map td.name { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; padding-left: 0; }
            table.map td.why { color: #444; font-size: .85rem; white-space: normal; }
            .way { text-align: right; font-variant-numeric: tabular-nums; min-width: 4.5rem; color: #10233d; }
            .s0 { background: #b8d8f0; }
            .s1 { background: #d3ecd8; }
            .s2 { background: #e6f0c4; }
            .s3 { background: #f7eab0; }
            .s4 { background: #fbd9a0; }
            .s5 { background: #f6bd97; }
            .s6 { background: #d9a5b3; }
            .open { background: #ececec; color: #555; font-style: italic; }
            .hole { background: #b42318; color: #fff; font-weight: 700; outline: 3px solid #5c0f09; outline-offset: -3px; }
            ul.key { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; }
            ul.key li { padding: .1rem .6rem; min-width: 0; }
            @media print { .way, ul.key li { print-color-adjust: exact; } }
            """;

    private final HtmlPage page;
    private final List<SweptPath> paths;

    private SweepHeatMap(List<SweptPath> paths, int wanted) {
        this.paths = paths;
        this.page =
                new HtmlPage("rstprobe mtu: " + SweepTable.sum(paths, wanted).strip(), STYLE);
    }

    /// The page.
    ///
    /// @param wanted  how many targets there were to measure
    /// @param atNanos when the sweep ended, nanoseconds since the Unix epoch
    public static String of(List<SweptPath> paths, int wanted, long atNanos) {
        SweepHeatMap map = new SweepHeatMap(paths, wanted);
        map.head(wanted, atNanos);
        map.sizes();
        map.table();
        return map.page.finish();
    }

    private void head(int wanted, long atNanos) {
        boolean hole = paths.stream().anyMatch(SweptPath::blackHole);
        boolean known = paths.stream().allMatch(SweptPath::isExact);
        page.open("header", hole ? "fault" : known ? "healthy" : "undetermined");
        page.element("p", "status", hole ? "black holes" : known ? "healthy" : "not all is known");
        page.element("h1", "", SweepTable.sum(paths, wanted).strip());
        long seconds = Math.floorDiv(atNanos, 1_000_000_000L);
        page.element("p", "target", "measured until " + Instant.ofEpochSecond(seconds));
        page.close();
        page.open("ul", "key");
        for (int i = 0; i < STEPS.size(); i++) {
            page.element("li", "s" + i, SAID.get(i));
        }
        page.element("li", "hole", "black hole");
        page.element("li", "open", "not known");
        page.close();
    }

    /// How many paths have which limit: what a thousand lines have in common.
    private void sizes() {
        Map<Integer, int[]> counts = new TreeMap<>(Comparator.reverseOrder());
        for (SweptPath path : paths) {
            count(counts, path.forward(), 0);
            count(counts, path.reverse(), 1);
        }
        page.element("h2", "", "path MTU in bytes, and how many targets have it");
        page.open("table", "map");
        row("th", "", "there", "back");
        counts.forEach((size, count) -> {
            page.open("tr", "").element("td", "way s" + step(size), String.valueOf(size));
            page.element("td", "way", String.valueOf(count[0])).element("td", "way", String.valueOf(count[1]));
            page.close();
        });
        page.close();
    }

    private static void count(Map<Integer, int[]> counts, Optional<Way> way, int direction) {
        way.filter(Way::isExact)
                .ifPresent(exact -> counts.computeIfAbsent(exact.pathMtu().getAsInt(), _ -> new int[2])[direction]++);
    }

    private void table() {
        page.element("h2", "", "targets");
        page.open("table", "map");
        row("th", "target", "there", "back");
        ToIntFunction<SweptPath> urgency = path -> path.blackHole() ? 0 : path.isExact() ? 2 : 1;
        paths.stream().sorted(Comparator.comparingInt(urgency)).forEach(path -> {
            page.open("tr", "").element("td", "name", path.name());
            way(path.forward());
            way(path.reverse());
            page.element("td", "why", SweepTable.remark(path)).close();
        });
        page.close();
    }

    private void row(String element, String... texts) {
        page.open("tr", "");
        for (String text : texts) {
            page.element(element, "", text);
        }
        page.close();
    }

    private void way(Optional<Way> way) {
        String shown = SweepTable.size(way);
        if (way.filter(Way::blackHole).isPresent()) {
            page.open("td", "way hole", "larger packets vanish")
                    .text("above " + shown)
                    .close();
        } else if (way.filter(Way::isExact).isPresent()) {
            String colour = "way s" + step(way.get().pathMtu().getAsInt());
            page.open("td", colour, way.get().cause().orElse(way.get().signal()))
                    .text(shown)
                    .close();
        } else {
            page.element("td", "way open", shown);
        }
    }

    private static int step(int size) {
        int step = 0;
        while (step < STEPS.size() - 1 && size < STEPS.get(step)) {
            step++;
        }
        return step;
    }
}
