package rstprobe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import rstprobe.analyze.ResetGroup;
import rstprobe.analyze.ResetGroups;
import rstprobe.analyze.Standing;

/// The resets of captures counted: by server, by what sent them on the way, by hour.
final class AnalyzeSummary {
    /// Servers, boxes and hours listed.
    static final int MOST_LISTED = 24;

    private static final long NANOS_AN_HOUR = 3_600_000_000_000L;
    private static final int COLUMN = 11;

    private AnalyzeSummary() {}

    static void write(TextPage page, ResetGroups groups) {
        table(
                page,
                "By server",
                groups.servers().stream()
                        .map(row -> new Row(row.getKey().toString(), row.getValue()))
                        .toList());
        boxes(page, groups);
        table(
                page,
                "By hour (UTC)",
                groups.hours().entrySet().stream()
                        .map(row -> new Row(
                                AnalyzeWording.moment(row.getKey() * NANOS_AN_HOUR)
                                        .replace(":00:00Z", "h"),
                                row.getValue()))
                        .toList());
    }

    /// A line of a table of counts.
    private record Row(String name, Map<Standing, Long> counts) {}

    private static void table(TextPage page, String title, List<Row> rows) {
        if (rows.isEmpty()) {
            return;
        }
        List<Row> shown = rows.subList(0, Math.min(MOST_LISTED, rows.size()));
        List<Standing> columns = new ArrayList<>();
        for (Standing standing : Standing.values()) {
            if (rows.stream().anyMatch(row -> row.counts.containsKey(standing))) {
                columns.add(standing);
            }
        }
        int width = shown.stream().mapToInt(row -> row.name.length()).max().orElse(0) + 2;
        StringBuilder head = new StringBuilder(" ".repeat(width)).append(right("resets"));
        columns.forEach(standing -> head.append(right(AnalyzeWording.brief(standing))));
        page.heading(title);
        page.row("  ", head.toString());
        for (Row row : shown) {
            StringBuilder line = new StringBuilder(TextPage.pad(row.name, width))
                    .append(right(AnalyzeWording.grouped(ResetGroups.sum(row.counts))));
            for (Standing standing : columns) {
                Long count = row.counts.get(standing);
                line.append(right(count == null ? "-" : AnalyzeWording.grouped(count)));
            }
            page.row("  ", line.toString());
        }
        if (rows.size() > shown.size()) {
            page.text("  ", "and " + (rows.size() - shown.size()) + " more");
        }
    }

    private static String right(String cell) {
        return " ".repeat(Math.max(1, COLUMN - cell.length())) + cell;
    }

    private static void boxes(TextPage page, ResetGroups groups) {
        List<Map.Entry<ResetGroups.Box, ResetGroup>> boxes = groups.boxes();
        if (boxes.isEmpty()) {
            return;
        }
        page.heading("By sender on the way, as far as resets show one");
        for (Map.Entry<ResetGroups.Box, ResetGroup> box : boxes.subList(0, Math.min(MOST_LISTED, boxes.size()))) {
            ResetGroup group = box.getValue();
            page.text(
                    "  ",
                    AnalyzeWording.sender(group.surest().header()) + ": "
                            + AnalyzeWording.count(group.resets(), "reset") + " to "
                            + AnalyzeWording.hosts(group.clients(), "client") + ", in the name of "
                            + AnalyzeWording.hosts(group.servers(), "server"));
        }
        if (boxes.size() > MOST_LISTED) {
            page.text("  ", "and " + (boxes.size() - MOST_LISTED) + " more");
        }
    }
}
